"""A probe: what the user gives so that the effects of webhooks can be seen where they show."""

from __future__ import annotations

import copy
import inspect
from collections.abc import Callable, Collection
from typing import Any, TypeAlias

from telnyx_mock.errors import UsageError
from telnyx_mock.receivers.http import HttpReceiver
from telnyx_mock.receivers.receiver import NoAnswer
from telnyx_mock.receivers.target import is_address, load
from telnyx_mock.request import Request

__all__ = ["Probe", "open_probe", "snapshot"]

Probe: TypeAlias = Callable[[], object]
"""Reads back the state that the receiver's work shows in; snapshots are compared with ``==``."""

TIMEOUT = 10.0
"""Seconds that the address of a probe may take to answer."""


def open_probe(given: object, allowed_hosts: Collection[str] = ()) -> Probe | None:
    """The probe that *given* stands for: a function, ``module:function`` or an address; None for none.

    Raises UsageError for anything else, and for an address that must not be asked.
    """
    if given is None or given == "":
        return None
    if isinstance(given, str) and is_address(given):
        return _Address(given, allowed_hosts)
    probe: Any = load(given) if isinstance(given, str) else given
    if not callable(probe) or inspect.iscoroutinefunction(probe):
        raise UsageError(
            f"The probe {given!r} is no plain function; it must return a snapshot that can be "
            "compared when it is called without arguments."
        )
    known: Probe = probe
    return known


class _Address:
    """Reads an address back, with GET; the snapshot is the body."""

    def __init__(self, url: str, allowed_hosts: Collection[str]) -> None:
        self._receiver = HttpReceiver(url, allowed_hosts)

    def __call__(self) -> bytes:
        try:
            response = self._receiver.send(Request((), b"", method="GET"), timeout=TIMEOUT)
        except NoAnswer as problem:
            raise UsageError(f"The probe {self._receiver.url} gave no answer: {problem}.") from None
        if response.status != 200:
            raise UsageError(f"The probe {self._receiver.url} was answered {response.status}.")
        return response.body


def snapshot(probe: Probe | None) -> object:
    """What *probe* reads now; None without a probe. Raises UsageError where it fails."""
    if probe is None:
        return None
    try:
        return copy.deepcopy(probe())
    except UsageError:
        raise
    except Exception as error:
        raise UsageError(f"The probe failed: {type(error).__name__}: {error}") from error
