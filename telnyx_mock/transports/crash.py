"""Where an app failed: tracebacks, also of what a framework swallowed or an answer hid.

Flask and Django turn an exception into an answer and only log it; both send a signal first.
Frameworks are looked up among the loaded modules and never imported.
"""

from __future__ import annotations

import asyncio
import contextlib
import contextvars
import functools
import logging
import sys
import traceback
from collections.abc import Iterator
from typing import Any

__all__ = ["SWALLOWED", "after_answer", "afterwards", "in_a_task", "text_of", "watch_frameworks"]

_log = logging.getLogger("telnyx_mock.transports")

_watchers: list[list[str]] = []

SWALLOWED: contextvars.ContextVar[list[str] | None] = contextvars.ContextVar(
    "telnyx_mock_swallowed", default=None
)
"""Where the current delivery collects the tracebacks of exceptions that a framework handled."""


def text_of(error: BaseException, *, skip: int = 0) -> str:
    """The traceback of *error* as Python prints it, without its outermost *skip* frames."""
    frames = error.__traceback__
    for _ in range(skip):
        frames = frames.tb_next if frames is not None and frames.tb_next is not None else frames
    return "".join(traceback.format_exception(type(error), error, frames))


@contextlib.contextmanager
def afterwards() -> Iterator[list[str]]:
    """Collect the tracebacks of what fails in an app in process after it has answered."""
    seen: list[str] = []
    _watchers.append(seen)
    try:
        yield seen
    finally:
        _watchers[:] = [watcher for watcher in _watchers if watcher is not seen]


def after_answer(error: BaseException) -> None:
    """An *error* left the app when its answer was out. No client learns of it: who watches does."""
    if not _watchers:
        _log.error("Exception in the app, after its answer.", exc_info=error)
    for seen in _watchers:
        seen.append(text_of(error, skip=1))


def in_a_task(loop: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
    """The loop's handler of errors that nobody awaits, as in a task that the app made."""
    error = context.get("exception")
    if error is None or not _watchers:
        loop.default_exception_handler(context)
        return
    for seen in _watchers:
        seen.append(text_of(error))


def watch_frameworks() -> None:
    """Listen for the exceptions of the frameworks that are loaded by now."""
    for module in ("flask.signals", "django.core.signals"):
        if module in sys.modules:
            _listen(module)


@functools.cache
def _listen(module: str) -> None:
    sys.modules[module].got_request_exception.connect(_note, weak=False)


def _note(sender: object = None, exception: BaseException | None = None, **_: Any) -> None:
    seen = SWALLOWED.get()
    error = exception or sys.exception()
    if seen is not None and error is not None:
        seen.append(text_of(error))
