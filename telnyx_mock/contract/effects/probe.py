"""Opens and reads the probe: the user's function or address that shows the effects of webhooks."""

from __future__ import annotations

import asyncio
import copy
import inspect
from collections.abc import Awaitable, Callable
from typing import Any, TypeAlias

from telnyx_mock.errors import BudgetSpent, DeliveryError, UsageError
from telnyx_mock.payload.request import Request
from telnyx_mock.transports.event_loop import LoopBusy, session_loop
from telnyx_mock.transports.loading import is_address, load
from telnyx_mock.transports.receiver import NoAnswer, Receiver
from telnyx_mock.transports.signals import is_signal, showing_interrupts

Probe: TypeAlias = Callable[[], object]
"""Returns data that the receiver's work changes; snapshots are compared with ``==``.

It may be a coroutine function. It is awaited on the one event loop of the run, which also runs ASGI
apps, so it may share their pool of connections.
"""


def open_probe(given: object, reach: Callable[[str], Receiver], timeout: float) -> Probe | None:
    """Return the probe, or None. *given* is a function, a ``module:function`` or an address.

    *reach* opens an address. An answer of the address may take *timeout* seconds. Requests to the
    address count as requests of the run. Raises UsageError for any other object, and for an address
    that is not allowed.
    """
    if given is None or given == "":
        return None
    if isinstance(given, str) and is_address(given):
        return _Address(reach(given), timeout)
    if isinstance(given, str) and ":" not in given:
        raise UsageError(
            f"The probe {given!r} is neither a function, as in shop:rows, nor an address, as in "
            "http://localhost:8000/rows."
        )
    probe: Any = load(given) if isinstance(given, str) else given
    if not callable(probe):
        raise UsageError(
            f"The probe {given!r} is not a function. Give a function without arguments that "
            "returns a snapshot; snapshots are compared with ==."
        )
    known: Probe = probe
    return known


class _Address:
    """Reads an address with GET: the snapshot is the body of the answer."""

    def __init__(self, receiver: Receiver, timeout: float) -> None:
        self._receiver = receiver
        self._timeout = timeout

    def __call__(self) -> bytes:
        try:
            response = self._receiver.send(Request((), b"", method="GET"), timeout=self._timeout)
        except DeliveryError as problem:
            raise UsageError(f"The probe {problem}") from None
        except NoAnswer as problem:
            raise UsageError(f"The probe {self._receiver.url} did not answer: {problem}.") from None
        if response.status != 200:
            raise UsageError(f"The probe {self._receiver.url} answered {response.status}.")
        return response.body


def reads_address(probe: Probe) -> bool:
    """Whether *probe* reads an address. Such a probe can be read before the app has started."""
    return isinstance(probe, _Address)


def snapshot(probe: Probe | None, timeout: float) -> object:
    """Return the snapshot of *probe*, or None if there is no probe.

    A coroutine may take *timeout* seconds. Raises UsageError if the probe fails, and BudgetSpent if
    the request budget of its address is spent.
    """
    if probe is None:
        return None
    try:
        with showing_interrupts():
            state = probe()
        return copy.deepcopy(_awaited(state, timeout) if inspect.isawaitable(state) else state)
    except (UsageError, BudgetSpent):
        raise
    except BaseException as error:  # raised by the user's own function
        if is_signal(error):
            raise
        raise UsageError(f"The probe failed: {type(error).__name__}: {error}") from error


def _awaited(state: Awaitable[object], timeout: float) -> object:
    """Return the result of *state*, awaited on the event loop of the apps."""

    async def wait() -> object:
        return await asyncio.wait_for(state, timeout)

    try:
        return session_loop().call(lambda loop: loop.create_task(wait()), patience=timeout + 1)
    except (LoopBusy, TimeoutError):
        raise UsageError(f"The probe returned nothing within {timeout:g} s.") from None
