"""Forged bodies: the content was changed after it was signed.

For all but the last forgery, an attacker needs a recorded webhook and no key. Where possible, the
changed body is well formed and keeps its layout, so that only the signature reveals the change.
"""

from __future__ import annotations

import copy
import json
import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import partial
from typing import Any
from urllib.parse import quote_plus

from telnyx_mock.attacks.forgeries.forgery import Expected, Forgery
from telnyx_mock.attacks.original import Original
from telnyx_mock.payload.layouts import encode
from telnyx_mock.payload.request import Request
from telnyx_mock.severity import Severity
from telnyx_mock.signing.sign import sign

_PHONE_NUMBER = re.compile(r"\+[0-9]{7,15}")
_LAST_DIGIT = re.compile(r"[0-9](?=[^0-9]*\Z)")
_LAST_LETTER = re.compile(rb"[G-Zg-z](?=[\"&])(?!.*[G-Zg-z][\"&])", re.DOTALL)


def _changed(original: Original) -> Request:
    """Change one digit: of a phone number if there is one, else of the first text with a digit."""
    body = copy.deepcopy(dict(original.webhook.body))
    places = list(_texts_with_digits(body))
    numbers = [place for place in places if _PHONE_NUMBER.fullmatch(place[0][place[1]])]
    for holder, key in (numbers or places)[:1]:
        holder[key] = _LAST_DIGIT.sub(lambda digit: str((int(digit[0]) + 1) % 10), holder[key])
    if not places:
        body["forged"] = "1"
    return replace(original.request(), body=encode(original.webhook.event, body))


def _texts_with_digits(holder: Any) -> Iterator[tuple[Any, Any]]:
    """Yield each text with a digit in *holder*: the object or list around it, and its key."""
    members = holder.items() if isinstance(holder, dict) else enumerate(holder)
    for key, value in members:
        if isinstance(value, dict | list):
            yield from _texts_with_digits(value)
        elif isinstance(value, str) and _LAST_DIGIT.search(value):
            yield holder, key


def _rewritten(
    json_body: Callable[[bytes], bytes], form_body: Callable[[bytes], bytes]
) -> Callable[[Original], Request]:
    """Return a forger that changes a JSON body with *json_body*, and a form with *form_body*."""

    def make(original: Original) -> Request:
        request = original.request()
        change = form_body if original.is_form else json_body
        return replace(request, body=change(request.body))

    return make


def _either(change: Callable[[bytes], bytes]) -> Callable[[Original], Request]:
    return _rewritten(change, change)


def _one_byte(body: bytes) -> bytes:
    """Change the case of a letter; if there is no letter, add a space."""
    changed = _LAST_LETTER.sub(lambda letter: letter[0].swapcase(), body)
    return changed if changed != body else body + b" "


def _with_member(body: bytes) -> bytes:
    inner = body.rstrip()[1:-1].rstrip()
    return b"{" + inner + (b"," if inner else b"") + b'"forged":true}'


def _with_member_twice(body: bytes) -> bytes:
    """Write the first member twice, first as null; most parsers keep the second."""
    names = list(json.loads(body)) or ["forged"]
    return b"{" + json.dumps(names[0]).encode() + b":null," + body.lstrip()[1:]


def _with_field_twice(body: bytes) -> bytes:
    return (body.partition(b"=")[0] or b"Forged") + b"=&" + body


def _swapped(original: Original) -> Request:
    return replace(original.request(), body=original.other_request().body)


def _query_added(original: Original) -> Request:
    """Return a GET request: the event is in the query, and the signature covers an empty body."""
    request = sign(original.webhook, original.key, timestamp=int(original.now), method="GET")
    query = request.query
    if not original.is_form:
        fields = (
            f"{quote_plus(name)}={quote_plus(json.dumps(value))}"
            for name, value in original.webhook.body.items()
        )
        query = "&".join(fields).encode("ascii")
    return replace(request, query=query + b"&Forged=1")


_finer = partial(Forgery, plainer="signature-random")

BODY_FORGERIES: tuple[Forgery, ...] = (
    Forgery(
        "body-changed",
        "does not verify the body that it uses, so an attacker can change who called",
        _changed,
    ),
    Forgery(
        "body-one-byte",
        "does not verify every byte of the body",
        _either(_one_byte),
    ),
    _finer(
        "body-member-twice",
        "parses the body before it verifies it, and so misses one of two members with the same "
        "name",
        _rewritten(_with_member_twice, _with_field_twice),
    ),
    _finer(
        "body-member-added",
        "verifies the fields that it knows, and not the whole body",
        _rewritten(_with_member, lambda body: body + b"&Forged=1"),
    ),
    _finer(
        "body-blank-added",
        "trims the body before it verifies it, so it does not verify the bytes that arrived",
        _rewritten(lambda body: body + b"\n", lambda body: body + b"&"),
    ),
    _finer(
        "body-with-bom",
        "decodes the body before it verifies it, or fails at a byte order mark",
        _either(lambda body: b"\xef\xbb\xbf" + body),
    ),
    _finer(
        "body-truncated",
        "parses the body before it verifies it, or does not verify the end of the body",
        _either(lambda body: body[: len(body) // 2]),
    ),
    _finer(
        "body-empty",
        "does not verify an empty body, or fails at it",
        _either(lambda _: b""),
    ),
    Forgery(
        "body-swapped",
        "accepts the body of another webhook if it comes with a signature that was valid before",
        _swapped,
        after_original=True,
    ),
    Forgery(
        "body-query-added",
        "uses the query of a GET request, although no signature covers it",
        _query_added,
        Severity.WARNING,
        Expected.IGNORED,
        needs_key=True,  # or a recorded GET request, which few receivers ever get
    ),
)
"""The forgeries of the body, in the order in which they are tried."""
