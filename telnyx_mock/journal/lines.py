"""What the journal's lines hold of a request and of its answer, written and read."""

from __future__ import annotations

import base64
import re
from collections.abc import Iterable, Iterator

from telnyx_mock.delivery import Attempt
from telnyx_mock.payload.request import Headers, Request
from telnyx_mock.schema.json_values import Json
from telnyx_mock.schema.placeholders import GeneratedId, GeneratedTime, TimeStyle

__all__ = [
    "FAILOVER",
    "MADE_FOR_IT",
    "MASKED",
    "answered",
    "bytes_of",
    "headers_of",
    "sent",
    "symbols_of",
]

MOST_OF_A_REQUEST = 256 << 10
MOST_OF_AN_ANSWER = 10_000
"""Bytes of a body that are kept. Telnyx's own record of deliveries keeps 10 kB of an answer."""

MASKED = b"(masked)"
"""What stands in the place of a header's value that may be a secret."""

FAILOVER, MADE_FOR_IT = "failover", "made for it"
"""Where a delivery went that did not go to the receiver of its run: to the one at the failover
address, or to an app that was made for its check."""

_SECRET = re.compile(rb"authorization|cookie|secret|password|token|api-?key", re.IGNORECASE)


def sent(
    id_: str,
    request: Request,
    url: str,
    *,
    about: str,
    moment: float,
    to: str = "",
    trusted: Iterable[str] | None = None,
) -> dict[str, Json]:
    """The line of a *request* that goes out to *url* at *moment* (Unix seconds).

    *to* is FAILOVER or MADE_FOR_IT where that is not the receiver of the run, *trusted* are the
    public keys that it was given where those are others. The line has the ids and times that were
    minted for it, so that a replay can mint others; and of what is forged or malformed the webhook,
    since it will be made anew.
    """
    line: dict[str, Json] = {
        "sent": id_,
        "at": moment,
        "about": about,
        "event": request.event,
        "url": url,
        "method": request.method,
        "headers": _headers(request.headers),
        "body": _text(request.body[:MOST_OF_A_REQUEST]),
    }
    if to:
        line["to"] = to
    if trusted is not None:
        line["trusted"] = list(trusted)
    if len(request.body) > MOST_OF_A_REQUEST:
        line["size"] = len(request.body)
    if request.query:
        line["query"] = _text(request.query)
    if request.webhook is not None:
        generated = {str(value): value for value in _minted(request.webhook.body)}
        line["minted"] = [_described(value) for value in generated.values()]
    if request.forgery is not None:
        line["forgery"] = request.forgery
    if request.malformed is not None:
        line["malformed"] = request.malformed
    if request.webhook is not None and (request.forgery or request.malformed):
        line["webhook"] = request.webhook.body
    return line


def answered(id_: str, attempt: Attempt) -> dict[str, Json]:
    """The line of what came of a delivery."""
    line: dict[str, Json] = {
        "answered": id_,
        "elapsed": round(attempt.elapsed, 6),
        "answer": attempt.answer(),
    }
    response = attempt.response
    if response is not None:
        line["status"] = response.status
        line["headers"] = _headers(response.headers)
        line["body"] = _text(response.body[:MOST_OF_AN_ANSWER])
        if response.truncated or len(response.body) > MOST_OF_AN_ANSWER:
            line["cut"] = True
        if response.crash:
            line["crash"] = response.crash
    return line


def _text(content: bytes) -> Json:
    """*content* as text, so that it can be searched; as base64 where it is none."""
    try:
        return content.decode()
    except UnicodeDecodeError:
        return {"base64": base64.b64encode(content).decode("ascii")}


def bytes_of(written: Json) -> bytes:
    """The bytes that a line holds as text or as base64."""
    if isinstance(written, dict):
        return base64.b64decode(written["base64"])
    return str(written).encode(errors="surrogatepass")


def _headers(headers: Headers) -> list[list[str]]:
    return [
        [
            name.decode("latin-1"),
            (MASKED if _SECRET.search(name) else value).decode("latin-1"),
        ]
        for name, value in headers
    ]


def headers_of(written: Iterable[Iterable[str]]) -> Headers:
    """The headers that a line holds; those without which their values are left out."""
    pairs = ((name.encode("latin-1"), value.encode("latin-1")) for name, value in written)
    return tuple((name, value) for name, value in pairs if value != MASKED)


def _minted(value: Json) -> Iterator[GeneratedId | GeneratedTime]:
    """The ids and times in a body."""
    if isinstance(value, dict):
        for name, member in value.items():
            if isinstance(name, GeneratedId):
                yield name
            if isinstance(member, dict | list):
                yield from _minted(member)
            elif isinstance(member, GeneratedId | GeneratedTime):
                yield member
    elif isinstance(value, list):
        for item in value:
            yield from _minted(item)
    elif isinstance(value, GeneratedId | GeneratedTime):
        yield value


def _described(value: GeneratedId | GeneratedTime) -> list[Json]:
    if isinstance(value, GeneratedId):
        return [str(value), value.role, value.template, value.number]
    return [str(value), value.style.name, value.offset]


def symbols_of(written: Iterable[list[Json]]) -> list[GeneratedId | GeneratedTime]:
    """The ids and times that a line holds."""
    return [
        GeneratedId(*row) if len(row) == 4 else GeneratedTime(row[0], TimeStyle[row[1]], row[2])
        for row in written
    ]
