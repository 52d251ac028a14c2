"""Known-bad receivers that go wrong at the failover address, which is another path of theirs."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tests.receivers.correct import Acting, Event, Headers, Refused

FAILOVER_PATH = "/failover"
"""Where their failover address is."""

PATH = ":path"
"""By which they find the path among the headers."""


class TwoAddresses(Acting):
    """It knows at which of its addresses a request came."""

    async def __call__(self, scope: dict[str, Any], receive: Any, send: Any) -> None:
        headers = [*scope["headers"], (PATH.encode(), scope["path"].encode())]
        await super().__call__({**scope, "headers": headers}, receive, send)


class FailoverRefuses(TwoAddresses):
    """Its failover address was set up once, with another key, and never tried."""

    def verify(self, headers: Headers, body: bytes) -> None:
        if headers[PATH] == FAILOVER_PATH:
            raise Refused
        super().verify(headers, body)


class FailoverIsOpen(TwoAddresses):
    """Its failover address verifies nothing."""

    def verify(self, headers: Headers, body: bytes) -> None:
        if headers[PATH] != FAILOVER_PATH:
            super().verify(headers, body)


class RemembersByAddress(TwoAddresses):
    """Each of its addresses remembers what came there."""

    path = ""

    def handle(self, headers: Headers, body: bytes) -> int:
        self.path = headers[PATH]
        return super().handle(headers, body)

    def note(self, event: Event) -> str:
        return f"{super().note(event)} {self.path}"


BAD_FAILOVER: Mapping[str, type[Any]] = {
    "accepts-at-failover": FailoverRefuses,
    "refuses-at-failover": FailoverIsOpen,
    "idempotent-after-failover": RemembersByAddress,
}
"""A receiver that breaks the rule, by the id of the check that finds it."""
