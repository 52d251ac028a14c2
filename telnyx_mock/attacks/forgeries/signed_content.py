"""Signatures made with the right key over the wrong bytes.

Telnyx signs ``timestamp|body``, raw (:data:`telnyx_mock.provider_urls.MESSAGING_GUIDE`). All but
one of these forgeries need the key, so strangers cannot use them against a receiver. But a receiver
that accepts one does not verify the bytes that it processes.
"""

from __future__ import annotations

import json
from functools import partial
from urllib.parse import unquote_plus

from telnyx_mock.attacks.forgeries.forgery import Forgery
from telnyx_mock.attacks.original import Original
from telnyx_mock.payload.layouts import encode
from telnyx_mock.payload.request import Request
from telnyx_mock.severity import Severity


def _rewritten(original: Original) -> Request:
    """Sign one layout and send another; an attacker needs only a recording, and no key."""
    event, body = original.webhook.event, original.webhook.body
    if original.is_form:
        signed, sent = encode(event, body, "plus"), encode(event, body, "lower-hex") + b"&"
    else:
        signed, sent = encode(event, body, "compact"), encode(event, body, "spaced") + b"\n"
    return original.signed_over(original.stamp + b"|" + signed, sent)


def _decoded(original: Original) -> Request:
    """Sign the decoded text: a form without percent signs, parsed JSON as Python prints it."""
    raw = original.request().body
    text = unquote_plus(raw.decode("ascii")) if original.is_form else str(json.loads(raw))
    if text.encode(errors="replace") == raw:  # the body has nothing to decode
        text = repr(raw)
    return original.signed_over(original.stamp + b"|" + text.encode(errors="backslashreplace"))


_by_the_key = partial(Forgery, severity=Severity.ADVICE, needs_key=True, plainer="signature-random")

SIGNED_CONTENT_FORGERIES: tuple[Forgery, ...] = (
    _by_the_key(
        "signature-over-body-only",
        "verifies the body without the timestamp, so that a recorded webhook never expires",
        lambda original: original.signed_over(original.request().body),
    ),
    _by_the_key(
        "signature-over-timestamp-only",
        "verifies the timestamp without the body, so that any body is accepted",
        lambda original: original.signed_over(original.stamp),
    ),
    _by_the_key(
        "signature-without-separator",
        "verifies timestamp and body without the | between them, so digits can move across",
        lambda original: original.signed_over(original.stamp + original.request().body),
    ),
    _by_the_key(
        "signature-with-dot",
        "also accepts a signature over timestamp.body, as other providers sign",
        lambda original: original.signed_over(original.stamp + b"." + original.request().body),
    ),
    Forgery(
        "signature-over-rewritten-body",
        "parses the body, writes it again and verifies the result instead of the bytes that "
        "arrived",
        _rewritten,
        plainer="signature-random",
    ),
    _by_the_key(
        "signature-over-decoded-body",
        "verifies the decoded body instead of the bytes that arrived",
        _decoded,
    ),
)
"""The forgeries of the signed bytes, in the order in which they are tried."""
