"""Collects the tracebacks of errors that an app in this process does not show in its answer.

An app may raise an exception after its answer. Flask and Django turn an exception into an answer
and only log it, but send a signal first. This module listens for the signal if the app has loaded
the framework. It imports no framework itself. Other apps catch an exception themselves, log it and
answer 4xx or 5xx. So this module also sees each record of the log.
"""

from __future__ import annotations

import asyncio
import contextlib
import contextvars
import functools
import logging
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

from telnyx_mock.transports.crash_text import traceback_of

_log = logging.getLogger("telnyx_mock.transports")

_MOST = 20
"""The most exceptions of one delivery that are kept."""

_watchers: list[list[str]] = []


@dataclass(slots=True)
class Caught:
    """The exceptions of one delivery that the app or its framework caught, as tracebacks.

    The framework handled those that are *unhandled* by the app. The app *logged* the others.
    """

    unhandled: list[str] = field(default_factory=list)
    logged: list[str] = field(default_factory=list)
    _earlier: BaseException | None = field(default_factory=sys.exception)

    def note_logged(self, error: BaseException | None) -> None:
        """Note an *error* that was logged, unless our own code handled it before the delivery."""
        if error is not None and error is not self._earlier:
            text = traceback_of(error)
            if len(self.logged) < _MOST and text not in (*self.unhandled, *self.logged):
                self.logged.append(text)


CAUGHT: contextvars.ContextVar[Caught | None] = contextvars.ContextVar(
    "telnyx_mock_caught", default=None
)
"""Collects the exceptions that are caught during the current delivery."""


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


def watch() -> None:
    """Listen for exceptions in the log, and in the frameworks that the app has loaded so far."""
    _listen_to_log()
    for module in ("flask.signals", "django.core.signals"):
        if module in sys.modules:
            _listen(module)


@functools.cache
def _listen(module: str) -> None:
    sys.modules[module].got_request_exception.connect(_note, weak=False)


def _note(sender: object = None, exception: BaseException | None = None, **_: Any) -> None:
    caught = CAUGHT.get()
    error = exception or sys.exception()
    if caught is not None and error is not None:
        caught.unhandled.append(traceback_of(error))


class _RecordFactory:
    """Makes the records of the log as *make* does, and notes the exceptions in them.

    A handler would change what the app does: basicConfig() does nothing if a handler exists.
    """

    def __init__(self, make: Callable[..., logging.LogRecord]) -> None:
        self._make = make

    def __call__(self, *args: Any, **kwargs: Any) -> logging.LogRecord:
        record = self._make(*args, **kwargs)
        caught = CAUGHT.get()
        if caught is not None and record.levelno >= logging.WARNING:
            # Many apps log an exception in words alone: logger.error("It failed: %s", error).
            caught.note_logged(record.exc_info[1] if record.exc_info else sys.exception())
        return record


def _listen_to_log() -> None:
    make = logging.getLogRecordFactory()
    if not isinstance(make, _RecordFactory):
        logging.setLogRecordFactory(_RecordFactory(make))
