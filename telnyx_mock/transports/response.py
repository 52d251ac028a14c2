"""What every way of reaching a receiver answers with."""

from __future__ import annotations

from dataclasses import dataclass

from telnyx_mock.payload.request import Headers

__all__ = ["BODY_LIMIT", "Response"]

BODY_LIMIT = 1 << 20
"""Bytes of an answer's body that are read; the rest is left, and ``truncated`` says so."""


@dataclass(frozen=True, slots=True)
class Response:
    """An answer to one request.

    *elapsed* is in seconds, from the first byte out to the last byte of the answer. *crash* is the
    traceback where an exception left an app in process: the status is then 500, as a server would
    answer. *body* holds at most :data:`BODY_LIMIT` bytes; *truncated* tells that there were more.
    """

    status: int
    headers: Headers
    body: bytes
    elapsed: float
    crash: str | None = None
    truncated: bool = False

    def header(self, name: bytes) -> bytes | None:
        """The first value of the header *name*, in any casing; None where it is missing."""
        wanted = name.lower()
        return next((value for known, value in self.headers if known.lower() == wanted), None)
