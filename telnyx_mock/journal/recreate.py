"""Recreates the request of a recorded delivery, with a new signature and new ids."""

from __future__ import annotations

import json
import re
from contextlib import suppress
from dataclasses import replace
from urllib.parse import parse_qsl, quote

from telnyx_mock.attacks.forgeries import FORGERIES, forge
from telnyx_mock.attacks.malformed import MALFORMED, malform
from telnyx_mock.catalogue.registry import find
from telnyx_mock.errors import UsageError
from telnyx_mock.journal.rows import RecordedDelivery
from telnyx_mock.journal.untrusted import Damaged
from telnyx_mock.payload.request import SIGNATURE_HEADER, TIMESTAMP_HEADER, Request
from telnyx_mock.payload.webhook import Webhook
from telnyx_mock.schema.event import ContentType, Event
from telnyx_mock.schema.json_values import Json
from telnyx_mock.schema.placeholders import IdSource, generate_values
from telnyx_mock.signing.keys import KeyPair
from telnyx_mock.signing.verification import Reason, verify

_SIGNED = (Reason.GENUINE, Reason.OLD, Reason.FUTURE)


def recreate(
    recorded: RecordedDelivery, key: KeyPair, now: float, *, same_ids: bool = False
) -> Request:
    """Return the request of *recorded*, made anew at *now* (Unix seconds).

    A request with a valid signature is signed again by *key*. The difference between its timestamp
    and *now* is the same as when it was recorded, and only ids and times in its body change. A
    forged or malformed request is made anew by the name of its forgery or fault. Any other request
    without a valid signature does not change. With *same_ids*, ids and times do not change. Raises
    UsageError if the journal holds only a part of the body, or what no journal of this version has.
    """
    try:
        return _recreated(recorded, key, now, {} if same_ids else _fresh(recorded, now))
    except (LookupError, TypeError, ValueError, ArithmeticError, AttributeError, RecursionError):
        raise UsageError(
            f"{recorded.id} cannot be sent again: its row in the journal is damaged, or another "
            "version of telnyx-mock wrote it."
        ) from None


def _recreated(
    recorded: RecordedDelivery, key: KeyPair, now: float, changes: dict[bytes, bytes]
) -> Request:
    if recorded.webhook is not None:
        return _attack_again(recorded, recorded.webhook, changes, key, now)
    request = recorded.request
    if recorded.size > len(request.body):
        raise UsageError(
            f"{recorded.id} had a body of {recorded.size} bytes, of which the journal kept the first "
            f"{len(request.body)}, so it cannot be sent again."
        )
    if {request.forgery, request.malformed} - {None, *FORGERIES, *MALFORMED}:
        raise Damaged("forgery")
    if request.forgery is not None or not _was_signed(recorded):
        return request
    body, query = _changed(request.body, changes), _changed(request.query, changes)
    skew = int(request.header(TIMESTAMP_HEADER) or b"0") - int(recorded.at)
    stamp = str(int(now) + skew).encode("ascii")
    values = {TIMESTAMP_HEADER: stamp, SIGNATURE_HEADER: key.sign(stamp, body)}
    headers = tuple((name, values.get(name.lower(), value)) for name, value in request.headers)
    webhook = _read(find(recorded.event), body or query) if recorded.event else None
    return replace(request, headers=headers, body=body, query=query, webhook=webhook)


def _attack_again(
    recorded: RecordedDelivery, content: Json, changes: dict[bytes, bytes], key: KeyPair, now: float
) -> Request:
    """Return a request for a webhook with this *content*, forged or malformed like *recorded*."""
    written = json.dumps(content, ensure_ascii=False).encode(errors="backslashreplace")
    body = json.loads(_changed(written, changes))
    webhook = Webhook(find(recorded.event), body, generated=True)
    if recorded.request.malformed is not None:
        return malform(recorded.request.malformed, webhook, key, now)
    return forge(recorded.request.forgery or "", webhook, key, now)


def _read(event: Event, written: bytes) -> Webhook | None:
    """Return the webhook in these bytes, or None if they hold no webhook."""
    try:
        if event.content_type is ContentType.FORM:
            form = dict(parse_qsl(written.decode(), keep_blank_values=True))
            return Webhook(event, form, generated=True)
        return Webhook(event, json.loads(written), generated=True)
    except ValueError:
        return None


def _was_signed(recorded: RecordedDelivery) -> bool:
    for key in recorded.trusted:
        with suppress(UsageError):  # not a key
            if verify(key, recorded.request, now=recorded.at).reason in _SIGNED:
                return True
    return False


def _fresh(recorded: RecordedDelivery, now: float) -> dict[bytes, bytes]:
    """Map each id and time in *recorded* to a new one, in plain and in percent-encoded form."""
    renewed: Json = generate_values(list(recorded.generated), IdSource().example(), now)
    changes = {}
    for old, new in zip(recorded.generated, renewed, strict=True):
        for write in (str, _percent, _lower_percent):
            changes[write(old).encode()] = write(new).encode()
    return changes


def _percent(text: str) -> str:
    return quote(text, safe="")


def _lower_percent(text: str) -> str:
    return re.sub("%[0-9A-F]{2}", lambda match: match[0].lower(), _percent(text))


def _changed(content: bytes, changes: dict[bytes, bytes]) -> bytes:
    """Return *content* after all *changes*.

    Where several changes match, the longest match counts.
    """
    if not changes:
        return content
    longest_first = sorted(changes, key=len, reverse=True)
    pattern = b"|".join(re.escape(old) for old in longest_first)
    return re.sub(pattern, lambda match: changes[match[0]], content)
