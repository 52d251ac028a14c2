"""Collects the tracebacks of errors that an app in this process does not show in its answer.

An app may raise an exception after its answer. Flask and Django turn an exception into an answer
and only log it, but send a signal first. This module listens for the signal if the app has loaded
the framework. It imports no framework itself.
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

_log = logging.getLogger("telnyx_mock.transports")

_watchers: list[list[str]] = []

SWALLOWED: contextvars.ContextVar[list[str] | None] = contextvars.ContextVar(
    "telnyx_mock_swallowed", default=None
)
"""Collects the tracebacks of exceptions that a framework handles during the current delivery."""


def traceback_of(error: BaseException, *, skip: int = 0) -> str:
    """Return the traceback of *error* as Python prints it, without the outermost *skip* frames."""
    frames = error.__traceback__
    for _ in range(skip):
        frames = frames.tb_next if frames is not None and frames.tb_next is not None else frames
    return "".join(traceback.format_exception(type(error), error, frames))


@contextlib.contextmanager
def background_errors() -> Iterator[list[str]]:
    """Collect the tracebacks of exceptions that an app in process raises after its answer."""
    seen: list[str] = []
    _watchers.append(seen)
    try:
        yield seen
    finally:
        _watchers[:] = [watcher for watcher in _watchers if watcher is not seen]


def note_background_error(error: BaseException) -> None:
    """Note an *error* that the app raised after its answer.

    Log the error if nobody collects errors.
    """
    if not _watchers:
        _log.error("Exception in the app, after its answer.", exc_info=error)
    for seen in _watchers:
        seen.append(traceback_of(error, skip=1))


def handle_task_error(loop: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
    """Handle an error in a task that nobody awaits, such as a background task of the app."""
    error = context.get("exception")
    if error is None or not _watchers:
        loop.default_exception_handler(context)
        return
    for seen in _watchers:
        seen.append(traceback_of(error))


def watch_frameworks() -> None:
    """Listen for exceptions in the frameworks that the app has loaded so far."""
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
        seen.append(traceback_of(error))
