"""Does the work that an app puts into a queue, whenever telnyx-mock waits for the app to be idle."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from telnyx_mock.errors import UsageError
from telnyx_mock.transports.app_errors import note_background_error
from telnyx_mock.transports.loading import load
from telnyx_mock.transports.receiver import Receiver, Wrapped
from telnyx_mock.transports.signals import is_signal, showing_interrupts


def drained(receiver: Receiver, drain: Any) -> Receiver:
    """Return *receiver* with *drain*: a function, ``module:function``, or nothing.

    Raises UsageError for any other value.
    """
    if drain is None or drain == "":
        return receiver
    function = load(drain) if isinstance(drain, str) else drain
    if not callable(function):
        raise UsageError(
            f"The drain {drain!r} is not a function. Give a function without arguments that does the "
            "work in the queue."
        )
    return _Drained(receiver, function)


@dataclass(frozen=True, slots=True)
class _Drained(Wrapped):
    """The receiver of an *app* whose queue the function *drain* empties.

    An exception in the work is an error in the background of the app.
    """

    drain: Callable[[], object]

    def wait_until_idle(self, timeout: float) -> bool:
        is_idle = self.app.wait_until_idle(timeout)
        try:
            with showing_interrupts():
                self.drain()
        except BaseException as error:
            if is_signal(error):
                raise
            note_background_error(error)
        return self.app.wait_until_idle(timeout) and is_idle
