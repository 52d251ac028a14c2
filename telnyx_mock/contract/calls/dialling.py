"""Lets an app dial that begins calls itself: by a function of its own, or by a request to it."""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable
from typing import Any

from telnyx_mock.contract.calls.invariants import OutOfBudget
from telnyx_mock.emulator import Emulator
from telnyx_mock.errors import BudgetSpent, ReceiverFailure, UsageError
from telnyx_mock.payload.request import Request
from telnyx_mock.transports.event_loop import session_loop
from telnyx_mock.transports.loading import load
from telnyx_mock.transports.receiver import at_path

_ROUTE = re.compile(r"([A-Z]+) (/\S*)(?: (.+))?", re.DOTALL)


def dialler(how: str | Callable[[], Any], emulator: Emulator) -> Callable[[], None]:
    """Return a function that lets the app dial, after having tried it once.

    *how* is a function without arguments, or names one (``MODULE:FUNCTION``), or is a request to the app:
    ``POST /call``, with a JSON body if need be: ``POST /call {"to": "+13125550142"}``. The function may be
    async. Raises UsageError if this does not make the app dial.
    """
    dial = _request(how, emulator) if isinstance(how, str) and _ROUTE.fullmatch(how) else _call(how)
    before = len(emulator.api.memory.dialled)
    try:
        dial()
    except BudgetSpent as spent:
        raise OutOfBudget(spent) from None
    except UsageError:
        raise
    except Exception as error:
        raise UsageError(f"{how} is to let the app dial, but raised {error!r:.200}.") from error
    try:  # a thread, a task or a server elsewhere may do it
        emulator.wait_for(lambda: len(emulator.api.memory.dialled) > before)
    except ReceiverFailure:
        raise UsageError(
            f"{how} is to let the app dial, but the app did not send POST /v2/calls to the fake API."
        ) from None

    def again() -> None:
        try:
            dial()
        except BudgetSpent as spent:
            raise OutOfBudget(spent) from None
        except Exception:  # the API may fail now, and nobody asks the app to call again
            return

    return again


def _call(how: str | Callable[[], Any]) -> Callable[[], None]:
    function: Any = load(how.removesuffix("()")) if isinstance(how, str) else how
    if not callable(function):
        raise UsageError(f"{how} is not a function, so it cannot let the app dial.")

    def dial() -> None:
        result = function()
        if inspect.iscoroutine(result):
            session_loop().call(lambda loop: loop.create_task(result), patience=10.0)

    return dial


def _request(how: str, emulator: Emulator) -> Callable[[], None]:
    match = _ROUTE.fullmatch(how)
    assert match is not None
    method, path, body = match.groups()
    headers = ((b"content-type", b"application/json"),) if body else ()
    request = Request(headers, (body or "").encode(), method)
    receiver = at_path(emulator.receiver, path)

    def dial() -> None:
        answer = receiver.send(request, timeout=emulator.patience.answer)
        if answer.status >= 400:
            raise UsageError(f"{how} is to let the app dial, but was answered {answer.status}.")

    return dial
