"""The rows of a journal file: how a delivery is written as JSON, and read back."""

from __future__ import annotations

import base64
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from telnyx_mock.delivery import Attempt
from telnyx_mock.hidden import bytes_without_secrets
from telnyx_mock.journal.untrusted import Damaged, member, texts
from telnyx_mock.payload.request import Headers, Request
from telnyx_mock.schema.json_values import Json
from telnyx_mock.schema.placeholders import GeneratedId, GeneratedTime, TimeStyle

MOST_OF_A_REQUEST = 256 << 10
MOST_OF_AN_ANSWER = 10_000
"""How many bytes of a body are recorded. Telnyx's own log of deliveries keeps 10 kB of an
answer."""

MASKED = b"(masked)"
"""The text that replaces the value of a header if the value may be a secret."""

FAILOVER, MADE_FOR_RULE = "failover", "made for a rule"
"""Destinations other than the receiver of the run: the receiver at the failover address, and an app
that one rule has started for itself."""

_METHOD = re.compile("[A-Z]{1,20}")

_FARTHEST = 10.0**10
"""The largest distance of a time from its event, in seconds; some 300 years."""

_SECRET = re.compile(rb"authorization|cookie|secret|password|token|api-?key", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class RecordedDelivery:
    """A delivery that a journal has recorded.

    *at* is in Unix seconds, *elapsed* in seconds. *answer* describes the answer in a few words; it
    is empty if the process ended before there was one. *size* is how many bytes the body had;
    ``request.body`` may hold only the first bytes. *generated* are the ids and times that were made
    for this delivery. *webhook* is the genuine body from which a forged or malformed request was
    made. *to* is the destination; it is empty for the receiver of the run. The destination verifies
    signatures with the public keys *trusted*.
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
    def read(
        cls, sent: Mapping[str, Json], answered: Mapping[str, Json], public_key: str
    ) -> RecordedDelivery:
        """Read a delivery from its two rows.

        *answered* is empty if the delivery has no second row. Raises Damaged for rows that no
        journal of this version writes.
        """
        method = member(sent, "method", str)
        if _METHOD.fullmatch(method) is None:
            raise Damaged("method")
        request = Request(
            _read_headers(member(sent, "headers", list)),
            _read_bytes(sent.get("body")),
            method,
            _read_bytes(sent.get("query", "")),
            forgery=member(sent, "forgery", str, None),
            malformed=member(sent, "malformed", str, None),
        )
        return cls(
            member(sent, "sent", str),
            member(sent, "at", float),
            member(sent, "about", str),
            member(sent, "event", str),
            member(sent, "url", str),
            request,
            member(sent, "size", int, len(request.body)),
            texts(sent, "trusted", [public_key]),
            tuple(_read_generated(row) for row in member(sent, "generated", list, [])),
            member(sent, "webhook", dict, None),
            member(answered, "answer", str, ""),
            member(answered, "status", int, None),
            member(answered, "elapsed", float, 0.0),
            member(sent, "to", str, ""),
        )


def sent_row(
    id_: str,
    request: Request,
    url: str,
    *,
    about: str,
    at: float,
    to: str = "",
    trusted: Iterable[str] | None = None,
) -> dict[str, Json]:
    """Return the row for a *request* that goes out to *url*. *at* is the time in Unix seconds.

    *to* is empty for the receiver of the run, and FAILOVER or MADE_FOR_RULE for another
    destination. *trusted* are the public keys of the destination, if they differ from those of the
    run. The row contains the ids and times that were generated for the request, so that a replay
    can generate new ones. For a forged or malformed request the row contains the webhook, because a
    replay makes the request anew.
    """
    row: dict[str, Json] = {
        "sent": id_,
        "at": at,
        "about": about,
        "event": request.event,
        "url": url,
        "method": request.method,
        "headers": _headers(request.headers),
        "body": _text(request.body[:MOST_OF_A_REQUEST]),
    }
    if to:
        row["to"] = to
    if trusted is not None:
        row["trusted"] = list(trusted)
    if len(request.body) > MOST_OF_A_REQUEST:
        row["size"] = len(request.body)
    if request.query:
        row["query"] = _text(request.query)
    if request.webhook is not None:
        generated = {str(value): value for value in _generated_in(request.webhook.body)}
        row["generated"] = [_generated(value) for value in generated.values()]
    if request.forgery is not None:
        row["forgery"] = request.forgery
    if request.malformed is not None:
        row["malformed"] = request.malformed
    if request.webhook is not None and (request.forgery or request.malformed):
        row["webhook"] = request.webhook.body
    return row


def answered_row(id_: str, attempt: Attempt) -> dict[str, Json]:
    """Return the row with the answer to a delivery, or with the reason why there is no answer."""
    row: dict[str, Json] = {
        "answered": id_,
        "elapsed": round(attempt.elapsed, 6),
        "answer": attempt.answer(),
    }
    response = attempt.response
    if response is not None:
        row["status"] = response.status
        row["headers"] = _headers(response.headers)
        row["body"] = _text(bytes_without_secrets(response.body)[:MOST_OF_AN_ANSWER])
        if response.truncated or len(response.body) > MOST_OF_AN_ANSWER:
            row["cut"] = True
        if response.crash:
            row["crash"] = response.crash
        if response.logged:
            row["logged"] = response.logged
    return row


def _text(content: bytes) -> Json:
    """Return *content* as text, so that a user can search it, or as base64 if it is not text."""
    try:
        return content.decode()
    except UnicodeDecodeError:
        return {"base64": base64.b64encode(content).decode("ascii")}


def _read_bytes(written: Json) -> bytes:
    """Return the bytes that :func:`_text` has written. Raises Damaged for anything else."""
    try:
        if isinstance(written, dict):
            return base64.b64decode(member(written, "base64", str), validate=True)
        if isinstance(written, str):
            return written.encode(errors="surrogatepass")
    except ValueError:
        pass
    raise Damaged("bytes")


def _headers(headers: Headers) -> list[list[str]]:
    return [
        [
            name.decode("latin-1"),
            (MASKED if _SECRET.search(name) else value).decode("latin-1"),
        ]
        for name, value in headers
    ]


def _read_headers(written: list[Json]) -> Headers:
    """Return the headers that :func:`_headers` has written, except the masked headers.

    Raises Damaged for anything else.
    """
    try:
        pairs = [(name.encode("latin-1"), value.encode("latin-1")) for name, value in written]
    except (TypeError, ValueError, AttributeError):
        raise Damaged("headers") from None
    return tuple((name, value) for name, value in pairs if value != MASKED)


def _generated_in(value: Json) -> Iterator[GeneratedId | GeneratedTime]:
    """Return the generated ids and times in *value*. Names of members may hold them, too."""
    if isinstance(value, GeneratedId | GeneratedTime):
        yield value
    elif isinstance(value, dict):
        for name, member in value.items():
            yield from _generated_in(name)
            yield from _generated_in(member)
    elif isinstance(value, list):
        for item in value:
            yield from _generated_in(item)


def _generated(value: GeneratedId | GeneratedTime) -> list[Json]:
    if isinstance(value, GeneratedId):
        return [str(value), value.role, value.template, value.number]
    return [str(value), value.style.name, value.offset]


def _read_generated(row: Json) -> GeneratedId | GeneratedTime:
    """Return the id or time that :func:`_generated` has written. Raises Damaged for anything else."""
    match row:
        case [str(text), str(role), str(template), int(number)] if text and text.isprintable():
            return GeneratedId(text, role, template, number)
        case [str(text), str(style), int() | float() as offset] if text and text.isprintable():
            if style in TimeStyle.__members__ and abs(offset) < _FARTHEST:
                return GeneratedTime(text, TimeStyle[style], offset)
    raise Damaged("generated")
