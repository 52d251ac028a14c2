"""Ends an app that blocks the thread which delivers to it, by a signal, and tells where it was.

Only the main thread can be interrupted, and only where nobody else uses the alarm of the process: a test
runner that limits the time of a test may. While a debugger is at work, nothing is interrupted.
"""

from __future__ import annotations

import signal
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType

from telnyx_mock.transports.own_code import is_library, shown_path
from telnyx_mock.transports.receiver import NoAnswer, NoAnswerReason

_AGAIN = 1.0
"""After so many seconds, an app that has caught the exception is interrupted again."""

_DEBUGGERS = ("bdb", "pdb", "pydevd", "_pydevd", "debugpy")
"""The beginnings of the names of the modules in which debuggers trace."""


class Blocks(BaseException):
    """The app has blocked its thread for *seconds*, last at *place*, and was interrupted.

    An app that catches each Exception does not catch it.
    """

    def __init__(self, seconds: float, place: str) -> None:
        super().__init__(f"the app blocks at {place}" if place else "the app blocks")
        self.seconds = seconds

    def no_answer(self) -> NoAnswer:
        """Return the reason why the app gives no answer."""
        return NoAnswer(NoAnswerReason.BLOCKED, str(self), self.seconds)


def is_interruption(error: BaseException) -> bool:
    """Whether *error* is Blocks, or a group with it, such as a task group of the app raises."""
    if isinstance(error, BaseExceptionGroup):
        return error.subgroup(Blocks) is not None
    return isinstance(error, Blocks)


@contextmanager
def not_longer_than(seconds: float) -> Iterator[None]:
    """Interrupt the ``with`` block after real *seconds*, and then raise Blocks."""
    if not hasattr(signal, "SIGALRM") or threading.current_thread() is not threading.main_thread():
        yield
        return
    found: list[Blocks] = []

    def interrupt(number: int, frame: FrameType | None) -> None:
        if not _is_debugged():
            found.append(Blocks(seconds, _place(frame)))
            raise found[-1]

    if not _take_alarm(interrupt, seconds):
        yield
        return
    try:
        yield
    except BaseException:
        if found:
            raise found[0] from None  # whatever the app made of it
        raise
    finally:
        _give_alarm_back(interrupt)


def _take_alarm(handler: Callable[[int, FrameType | None], None], seconds: float) -> bool:
    """Let *handler* be called after *seconds*, and again, unless somebody else uses the alarm."""
    if signal.getsignal(signal.SIGALRM) is not signal.SIG_DFL:
        return False
    timer = signal.setitimer(signal.ITIMER_REAL, seconds, _AGAIN)
    if timer != (0.0, 0.0):
        signal.setitimer(signal.ITIMER_REAL, *timer)
        return False
    signal.signal(signal.SIGALRM, handler)
    return True


def _give_alarm_back(handler: Callable[[int, FrameType | None], None]) -> None:
    """Call *handler* no more. If the app has set a handler of its own meanwhile, leave the alarm to that."""
    timer = signal.setitimer(signal.ITIMER_REAL, 0.0)
    others = signal.signal(signal.SIGALRM, signal.SIG_DFL)
    if others is not handler and others is not None:
        signal.signal(signal.SIGALRM, others)
        signal.setitimer(signal.ITIMER_REAL, *timer)


def _is_debugged() -> bool:
    traces = sys.gettrace()
    module = getattr(traces, "__module__", None) or type(traces).__module__
    if module.startswith(_DEBUGGERS):
        return True
    monitoring = getattr(sys, "monitoring", None)  # since Python 3.12
    return monitoring is not None and monitoring.get_tool(monitoring.DEBUGGER_ID) is not None


def _place(frame: FrameType | None) -> str:
    """Return where the app is in *frame*: the last line outside of libraries; empty if there is none."""
    while frame is not None and is_library(frame.f_code.co_filename):
        frame = frame.f_back
    return "" if frame is None else f"{shown_path(frame.f_code.co_filename)}:{frame.f_lineno}"
