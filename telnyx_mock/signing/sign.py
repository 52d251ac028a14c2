"""Signs a webhook as Telnyx does, and makes the request that carries it.

Telnyx signs the timestamp exactly as its header shows it, a ``|``, and the raw body, with Ed25519.
The header carries the signature in standard base64
(:data:`telnyx_mock.provider_urls.MESSAGING_GUIDE`).
"""

from __future__ import annotations

from telnyx_mock.errors import UsageError
from telnyx_mock.payload.draft import Draft
from telnyx_mock.payload.layouts import encode
from telnyx_mock.payload.request import SIGNATURE_HEADER, TIMESTAMP_HEADER, Headers, Request
from telnyx_mock.payload.webhook import Webhook
from telnyx_mock.signing.keys import KeyPair

USER_AGENT = b"telnyx-webhooks"
"""The User-Agent of Telnyx's requests (:data:`telnyx_mock.provider_urls.VOICE_GUIDE`)."""

_RECASE = {"lower": bytes.lower, "title": bytes.title, "upper": bytes.upper}


def sign(what: Webhook | Draft, key: KeyPair, *, timestamp: int, method: str = "POST") -> Request:
    """Return the request that Telnyx would send for *what* at *timestamp* (Unix seconds).

    A draft decides its layout and headers. A webhook gets the usual layout and headers. With
    ``method="GET"``, the fields are in the query, and the signature covers an empty body, because
    Telnyx does not document how it signs a GET request. Raises UsageError for the few events whose
    signature is not Ed25519.

    >>> from telnyx_mock import Emulator, KeyPair, sign, verify
    >>> key = KeyPair.generate()
    >>> request = sign(Emulator().webhook("call.hangup"), key, timestamp=1_700_000_000)
    >>> request.header(b"telnyx-timestamp")
    b'1700000000'
    >>> verify(key.public_key, request, now=1_700_000_000).ok
    True
    """
    draft = what if isinstance(what, Draft) else Draft(what)
    webhook = draft.webhook
    if not webhook.event.signed:
        raise UsageError(
            f"{webhook.event.name} is not signed with the account's key: events of meetings have a "
            "header X-Meeting-Bot-Signature, made with the secret of a session. telnyx-mock does not "
            "make that signature."
        )
    content = encode(webhook.event, webhook.body, draft.layout)
    stamp = str(timestamp).encode("ascii")
    body, query = (b"", content) if method == "GET" else (content, b"")
    headers: Headers = (
        (b"accept", b"*/*"),
        *(((b"content-type", _content_type(draft)),) if body else ()),
        (b"user-agent", USER_AGENT),
        (TIMESTAMP_HEADER, stamp),
        (SIGNATURE_HEADER, key.sign(stamp, body)),
    )
    if draft.header_case != "lower":
        recase = _RECASE[draft.header_case]
        headers = tuple((recase(name), value) for name, value in headers)
    if draft.reverse_headers:
        headers = headers[::-1]
    return Request(headers, body, method, query, webhook, draft if method == "POST" else None)


def _content_type(draft: Draft) -> bytes:
    media_type = draft.webhook.event.content_type.value.encode("ascii")
    return media_type + b"; charset=utf-8" if draft.charset else media_type
