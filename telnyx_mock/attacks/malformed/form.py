"""Forms that are none, or hold what no form of Telnyx's holds."""

from __future__ import annotations

import json
from collections.abc import Callable

from telnyx_mock.attacks.malformed.case import Malformed
from telnyx_mock.payload.layouts import encode
from telnyx_mock.payload.webhook import Webhook

__all__ = ["FORM_CASES"]


def _body(body: bytes) -> Callable[[Webhook], bytes]:
    return lambda _: body


def _genuine(webhook: Webhook) -> bytes:
    return encode(webhook.event, webhook.body)


def _with(more: bytes) -> Callable[[Webhook], bytes]:
    return lambda webhook: _genuine(webhook) + b"&" + more


def _values(value: bytes) -> Callable[[Webhook], bytes]:
    """Each field has *value*, as it stands."""
    return lambda webhook: b"&".join(
        field.partition(b"=")[0] + b"=" + value for field in _genuine(webhook).split(b"&")
    )


FORM_CASES: tuple[Malformed, ...] = (
    Malformed("form-empty", "takes it for granted that there are fields", _body(b"")),
    Malformed(
        "form-json",
        "parses JSON for a form",
        lambda webhook: json.dumps(dict(webhook.body)).encode(),
    ),
    Malformed(
        "form-as-json",
        "parses JSON where the content type says so, and finds none",
        _genuine,
        b"application/json",
    ),
    Malformed("form-untyped", "takes it for granted that there is a content type", _genuine, None),
    Malformed(
        "form-multipart",
        "takes it for granted that a multipart body names its boundary",
        _genuine,
        b"multipart/form-data",
    ),
    Malformed("form-blank-values", "takes it for granted that fields are not blank", _values(b"")),
    Malformed(
        "form-no-values",
        "takes it for granted that each name has a value",
        lambda webhook: _values(b"")(webhook).replace(b"=", b""),
    ),
    Malformed(
        "form-repeated",
        "takes it for granted that each field is there once",
        lambda webhook: _genuine(webhook) + b"&" + _genuine(webhook),
    ),
    Malformed("form-bad-escapes", "undoes percent signs that escape nothing", _values(b"%zz%")),
    Malformed("form-not-utf-8", "decodes fields that are not UTF-8", _values(b"%ff%fe")),
    Malformed("form-nul", "stores texts that hold NUL", _values(b"nul%00")),
    Malformed(
        "form-brackets",
        "makes objects of names with brackets, prototypes included",
        _with(b"__proto__[polluted]=1&a[b][c]=1&a[]=2&constructor[prototype][polluted]=1"),
    ),
    Malformed(
        "form-10000-fields",
        "takes it for granted that there are not too many fields",
        lambda webhook: _with(b"&".join(b"Field%d=1" % n for n in range(10_000)))(webhook),
    ),
    Malformed(
        "form-1-mb",
        "takes it for granted that a body is small",
        lambda webhook: _with(b"Big=" + b"x" * 1_000_000)(webhook),
    ),
)
"""The cases of forms, in the order in which they are tried."""
