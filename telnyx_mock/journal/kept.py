"""One delivery as the journal kept it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from telnyx_mock.journal.lines import bytes_of, headers_of, symbols_of
from telnyx_mock.payload.request import Request
from telnyx_mock.schema.json_values import Json
from telnyx_mock.schema.placeholders import GeneratedId, GeneratedTime

__all__ = ["Kept"]


@dataclass(frozen=True, slots=True)
class Kept:
    """A delivery of the past.

    *at* is in Unix seconds, *elapsed* in seconds. *answer* says in a few words what came back; it
    is empty if nothing did before the process ended. *size* is how many bytes the body had, of
    which ``request.body`` may hold the first only. *minted* are the ids and times that were made
    for it, *webhook* is the body that a forged or malformed request was made of. *trusted* are the
    public keys that its receiver verified with; *to* is empty if that was the receiver of the run,
    or else what :mod:`telnyx_mock.journal.lines` calls it.
    """

    id: str
    at: float
    about: str
    event: str
    url: str
    request: Request
    size: int
    trusted: tuple[str, ...]
    generated: tuple[GeneratedId | GeneratedTime, ...] = ()
    webhook: Mapping[str, Json] | None = None
    answer: str = ""
    status: int | None = None
    elapsed: float = 0.0
    to: str = ""

    @classmethod
    def of(cls, sent: Mapping[str, Json], answered: Mapping[str, Json], public_key: str) -> Kept:
        """The delivery that two lines tell of; the second is empty if there is none."""
        request = Request(
            headers_of(sent["headers"]),
            bytes_of(sent["body"]),
            sent["method"],
            bytes_of(sent.get("query", "")),
            forgery=sent.get("forgery"),
            malformed=sent.get("malformed"),
        )
        return cls(
            sent["sent"],
            sent["at"],
            sent["about"],
            sent["event"],
            sent["url"],
            request,
            sent.get("size", len(request.body)),
            tuple(sent.get("trusted", [public_key])),
            tuple(symbols_of(sent.get("minted", ()))),
            sent.get("webhook"),
            answered.get("answer", ""),
            answered.get("status"),
            answered.get("elapsed", 0.0),
            sent.get("to", ""),
        )
