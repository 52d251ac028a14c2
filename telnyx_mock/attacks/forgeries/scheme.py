"""Signatures by the right key over the wrong bytes.

Signed is ``timestamp|body``, raw (:data:`telnyx_mock.provider.MESSAGING_GUIDE`).
A receiver that verifies something else is not open to strangers, for all but one of these take
the key; but it does not verify what it acts on.
"""

from __future__ import annotations

import json
from functools import partial
from urllib.parse import unquote_plus

from telnyx_mock.attacks.forgeries.forgery import Forgery, Original
from telnyx_mock.payload.layouts import encode
from telnyx_mock.payload.request import Request
from telnyx_mock.schema.event import ContentType
from telnyx_mock.severity import Severity

__all__ = ["SCHEME_FORGERIES"]


def _body_only(original: Original) -> Request:
    return original.signed_over(original.request().body)


def _timestamp_only(original: Original) -> Request:
    return original.signed_over(original.stamp)


def _no_separator(original: Original) -> Request:
    return original.signed_over(original.stamp + original.request().body)


def _dot(original: Original) -> Request:
    return original.signed_over(original.stamp + b"." + original.request().body)


def _rewritten(original: Original) -> Request:
    """Signed compact, and written in another layout on its way: needs no key, but a recording."""
    event, body = original.webhook.event, original.webhook.body
    is_form = event.content_type is ContentType.FORM
    signed = encode(event, body, "plus" if is_form else "compact")
    sent = (
        encode(event, body, "lower-hex") + b"&"
        if is_form
        else encode(event, body, "spaced") + b"\n"
    )
    return original.signed_over(original.stamp + b"|" + signed, sent)


def _decoded(original: Original) -> Request:
    """Signed as text: a form without its percent signs, JSON as Python shows what it parsed."""
    raw = original.request().body
    if original.webhook.event.content_type is ContentType.FORM:
        text = unquote_plus(raw.decode("ascii"))
    else:
        text = str(json.loads(raw))
    if text.encode(errors="replace") == raw:  # nothing in it needed encoding
        text = repr(raw)
    return original.signed_over(original.stamp + b"|" + text.encode(errors="backslashreplace"))


_by_the_key = partial(Forgery, severity=Severity.ADVICE, needs_key=True, plainer="signature-random")

SCHEME_FORGERIES: tuple[Forgery, ...] = (
    _by_the_key(
        "signature-over-body-only",
        "verifies the body without its timestamp, so that a recording never grows old",
        _body_only,
    ),
    _by_the_key(
        "signature-over-timestamp-only",
        "verifies the timestamp without the body, so that any body will do",
        _timestamp_only,
    ),
    _by_the_key(
        "signature-without-separator",
        "verifies timestamp and body without the | between, so that digits can change sides",
        _no_separator,
    ),
    _by_the_key(
        "signature-with-dot",
        "verifies timestamp.body too, as other providers have it",
        _dot,
    ),
    Forgery(
        "signature-over-rewritten-body",
        "verifies what it parsed and wrote anew, and not the bytes that came",
        _rewritten,
        plainer="signature-random",
    ),
    _by_the_key(
        "signature-over-decoded-body",
        "verifies what it decoded, and not the bytes that came",
        _decoded,
    ),
)
"""The forgeries of what is signed, in the order in which they are tried."""
