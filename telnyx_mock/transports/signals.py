"""Tells an exception of the app apart from one that a signal raised while the app was running.

An app may raise KeyboardInterrupt or ``pytest.skip.Exception`` like any other exception, and then the
app is at fault. But the user's Ctrl-C and the time limit of a test runner raise the same exceptions,
and they must end the run. A signal handler written in Python leaves its frame in the traceback.
"""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import CodeType, FrameType, TracebackType


@contextmanager
def showing_interrupts() -> Iterator[None]:
    """Let Ctrl-C in the ``with`` block raise KeyboardInterrupt from a handler in Python.

    The usual handler is written in C, and leaves no frame. Only the main thread can have handlers.
    """
    if (
        threading.current_thread() is not threading.main_thread()
        or signal.getsignal(signal.SIGINT) is not signal.default_int_handler
    ):
        yield
        return
    signal.signal(signal.SIGINT, _interrupt)
    try:
        yield
    finally:
        if signal.getsignal(signal.SIGINT) is _interrupt:  # else it is the app's own handler
            signal.signal(signal.SIGINT, signal.default_int_handler)


def interrupt_once() -> None:
    """From now on, let only the first Ctrl-C raise KeyboardInterrupt: the cleaning up goes on."""
    interrupted = False

    def interrupt(number: int, frame: FrameType | None) -> None:
        nonlocal interrupted
        if not interrupted:
            interrupted = True
            raise KeyboardInterrupt

    if signal.getsignal(signal.SIGINT) is signal.default_int_handler:
        signal.signal(signal.SIGINT, interrupt)


def is_signal(error: BaseException) -> bool:
    """Whether a signal raised *error*, which must then end the run.

    An Exception never does: an app may limit its own work by a signal.
    """
    return not isinstance(error, Exception) and _is_from(error, _handlers())


def _interrupt(number: int, frame: FrameType | None) -> None:
    raise KeyboardInterrupt


def _handlers() -> set[CodeType]:
    codes = {_interrupt.__code__}
    for number in signal.valid_signals():
        handler = signal.getsignal(number)
        for function in (handler, getattr(handler, "func", None), type(handler).__call__):
            code = getattr(function, "__code__", None)
            if code is not None:
                codes.add(code)
    return codes


def _is_from(error: BaseException, handlers: set[CodeType]) -> bool:
    step: TracebackType | None = error.__traceback__
    while step is not None:
        if step.tb_frame.f_code in handlers:
            return True
        step = step.tb_next
    return isinstance(error, BaseExceptionGroup) and any(
        _is_from(each, handlers) for each in error.exceptions
    )
