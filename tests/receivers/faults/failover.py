"""Something is wrong at the failover address, which is another path of the receiver."""

from __future__ import annotations

from typing import Any

from tests.receivers.correct import Acting, Event, Headers, Refused
from tests.receivers.fault import FAILOVER_PATH, breaks

PATH = ":path"
"""By which they find the path among the headers."""


class TwoAddresses(Acting):
    """It knows at which of its addresses a request came."""

    async def __call__(self, scope: dict[str, Any], receive: Any, send: Any) -> None:
        headers = [*scope["headers"], (PATH.encode(), scope["path"].encode())]
        await super().__call__({**scope, "headers": headers}, receive, send)


@breaks("accepts-at-failover")
class FailoverRefuses(TwoAddresses):
    """It refuses everything at the failover address, which was set up once, with another key."""

    def verify(self, headers: Headers, body: bytes) -> None:
        if headers[PATH] == FAILOVER_PATH:
            raise Refused
        super().verify(headers, body)


@breaks("refuses-at-failover")
class FailoverIsOpen(TwoAddresses):
    """It verifies nothing at the failover address."""

    def verify(self, headers: Headers, body: bytes) -> None:
        if headers[PATH] != FAILOVER_PATH:
            super().verify(headers, body)


@breaks("idempotent-after-failover")
class RemembersByAddress(TwoAddresses):
    """It remembers at each address only what came there."""

    path = ""

    def handle(self, headers: Headers, body: bytes) -> int:
        self.path = headers[PATH]
        return super().handle(headers, body)

    def note(self, event: Event) -> str:
        return f"{super().note(event)} {self.path}"
