"""A probe: what the user gives so that the effects of webhooks can be seen where they show."""

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

__all__ = ["Probe", "is_elsewhere", "open_probe", "snapshot"]

Probe: TypeAlias = Callable[[], object]
"""Reads back the state that the receiver's work shows in; snapshots are compared with ``==``.

What it returns may be awaited, as with ``async def``: that is done on the event loop that ASGI apps
under test run on, so that a pool of connections may be theirs. It is one loop for the whole run.
"""

TIMEOUT = 10.0
"""Seconds that an address may take to answer, and that what is awaited may take."""


def open_probe(given: object, reach: Callable[[str], Receiver]) -> Probe | None:
    """The probe that *given* stands for: a function, ``module:function`` or an address; None for none.

    *reach* opens an address; what is asked of it counts as the requests of a run do. Raises
    UsageError for anything else, and for an address that must not be asked.
    """
    if given is None or given == "":
        return None
    if isinstance(given, str) and is_address(given):
        return _Address(reach(given))
    if isinstance(given, str) and ":" not in given:
        raise UsageError(
            f"The probe {given!r} is neither a function, as in shop:rows, nor an address, as in "
            "http://localhost:8000/rows."
        )
    probe: Any = load(given) if isinstance(given, str) else given
    if not callable(probe):
        raise UsageError(
            f"The probe {given!r} is no function; it must return a snapshot that can be compared "
            "when it is called without arguments."
        )
    known: Probe = probe
    return known


class _Address:
    """Reads an address back, with GET; the snapshot is the body."""

    def __init__(self, receiver: Receiver) -> None:
        self._receiver = receiver

    def __call__(self) -> bytes:
        try:
            response = self._receiver.send(Request((), b"", method="GET"), timeout=TIMEOUT)
        except DeliveryError as problem:
            raise UsageError(f"The probe {problem}") from None
        except NoAnswer as problem:
            raise UsageError(f"The probe {self._receiver.url} gave no answer: {problem}.") from None
        if response.status != 200:
            raise UsageError(f"The probe {self._receiver.url} was answered {response.status}.")
        return response.body


def is_elsewhere(probe: Probe) -> bool:
    """Whether *probe* reads an address, so that it can be read before the app has started."""
    return isinstance(probe, _Address)


def snapshot(probe: Probe | None) -> object:
    """What *probe* reads now; None without a probe.

    Raises UsageError where it fails, and BudgetSpent where its address may not be asked any more.
    """
    if probe is None:
        return None
    try:
        state = probe()
        return copy.deepcopy(_awaited(state) if inspect.isawaitable(state) else state)
    except (UsageError, BudgetSpent):
        raise
    except Exception as error:  # the user's own
        raise UsageError(f"The probe failed: {type(error).__name__}: {error}") from error


def _awaited(state: Awaitable[object]) -> object:
    """What comes of *state*, on the loop of the apps."""

    async def wait() -> object:
        return await asyncio.wait_for(state, TIMEOUT)

    try:
        return session_loop().call(lambda loop: loop.create_task(wait()), patience=TIMEOUT + 1)
    except (LoopBusy, TimeoutError):
        raise UsageError(f"The probe returned nothing within {TIMEOUT:g} s.") from None
