"""Makes the request of an earlier delivery again, with a signature and ids of its own."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from urllib.parse import parse_qsl, quote

from telnyx_mock.attacks.forgeries import forge
from telnyx_mock.attacks.malformed import malform
from telnyx_mock.catalogue.registry import find
from telnyx_mock.errors import UsageError
from telnyx_mock.journal.kept import Kept
from telnyx_mock.payload.request import SIGNATURE_HEADER, TIMESTAMP_HEADER, Request
from telnyx_mock.payload.webhook import Webhook
from telnyx_mock.schema.event import ContentType, Event
from telnyx_mock.schema.json_values import Json
from telnyx_mock.schema.placeholders import IdSource, generate_values
from telnyx_mock.signing.keys import KeyPair
from telnyx_mock.signing.verification import Reason, verify

__all__ = ["again"]

_SIGNED = (Reason.GENUINE, Reason.OLD, Reason.FUTURE)


def again(kept: Kept, key: KeyPair, now: float, *, same_ids: bool = False) -> Request:
    """The request of *kept*, made anew at *now* (Unix seconds).

    What was signed is signed by *key*, as far from now as it was dated then, and written in the
    same bytes but for ids and times; what was forged or malformed is made anew by its name;
    what else was not rightly signed goes out as it did. With *same_ids*, ids and times stay as well. Raises UsageError where
    the journal does not hold the whole body.
    """
    changes = {} if same_ids else _fresh(kept, now)
    if kept.webhook is not None:
        return _anew(kept, kept.webhook, changes, key, now)
    request = kept.request
    if kept.size > len(request.body):
        raise UsageError(
            f"{kept.id} had a body of {kept.size} bytes, of which the journal kept the first "
            f"{len(request.body)}, so it cannot be repeated."
        )
    if request.forgery is not None or not _was_signed(kept):
        return request
    body, query = _changed(request.body, changes), _changed(request.query, changes)
    skew = int(request.header(TIMESTAMP_HEADER) or b"0") - int(kept.at)
    stamp = str(int(now) + skew).encode("ascii")
    values = {TIMESTAMP_HEADER: stamp, SIGNATURE_HEADER: key.sign(stamp, body)}
    headers = tuple((name, values.get(name.lower(), value)) for name, value in request.headers)
    webhook = _read(find(kept.event), body or query) if kept.event else None
    return replace(request, headers=headers, body=body, query=query, webhook=webhook)


def _anew(
    kept: Kept, content: Json, changes: dict[bytes, bytes], key: KeyPair, now: float
) -> Request:
    """A webhook with this *content*, forged or malformed as *kept* was."""
    written = json.dumps(content, ensure_ascii=False).encode(errors="backslashreplace")
    body = json.loads(_changed(written, changes))
    webhook = Webhook(find(kept.event), body, generated=True)
    if kept.request.malformed is not None:
        return malform(kept.request.malformed, webhook, key, now)
    return forge(kept.request.forgery or "", webhook, key, now)


def _read(event: Event, written: bytes) -> Webhook | None:
    """The webhook that was *written*; None for what is none."""
    try:
        if event.content_type is ContentType.FORM:
            form = dict(parse_qsl(written.decode(), keep_blank_values=True))
            return Webhook(event, form, generated=True)
        return Webhook(event, json.loads(written), generated=True)
    except ValueError:
        return None


def _was_signed(kept: Kept) -> bool:
    return any(verify(key, kept.request, now=kept.at).reason in _SIGNED for key in kept.trusted)


def _fresh(kept: Kept, now: float) -> dict[bytes, bytes]:
    """What stands for each id and time in a request made *now*, in every way it is written."""
    renewed: Json = generate_values(list(kept.generated), IdSource().example(), now)
    changes = {}
    for old, new in zip(kept.generated, renewed, strict=True):
        for write in (str, _percent, _lower_percent):
            changes[write(old).encode()] = write(new).encode()
    return changes


def _percent(text: str) -> str:
    return quote(text, safe="")


def _lower_percent(text: str) -> str:
    return re.sub("%[0-9A-F]{2}", lambda match: match[0].lower(), _percent(text))


def _changed(content: bytes, changes: dict[bytes, bytes]) -> bytes:
    """*content* with each of the *changes* made; where several fit, the longest."""
    if not changes:
        return content
    longest_first = sorted(changes, key=len, reverse=True)
    pattern = b"|".join(re.escape(old) for old in longest_first)
    return re.sub(pattern, lambda match: changes[match[0]], content)
