"""Bodies that are no JSON object at all, or in bytes that JSON is not written in."""

from __future__ import annotations

from collections.abc import Callable

from telnyx_mock.attacks.malformed.case import Malformed
from telnyx_mock.payload.layouts import encode
from telnyx_mock.payload.webhook import Webhook

__all__ = ["TEXT_CASES"]

DEEP = 100_000
"""Levels of nesting: beyond what the parser of any language follows by recursion."""


def _body(body: bytes) -> Callable[[Webhook], bytes]:
    return lambda _: body


def _genuine(webhook: Webhook) -> bytes:
    return encode(webhook.event, webhook.body, "compact")


def _escaped(webhook: Webhook) -> bytes:
    return encode(webhook.event, webhook.body, "escaped")


TEXT_CASES: tuple[Malformed, ...] = (
    Malformed("json-empty", "takes it for granted that there is a body", _body(b"")),
    Malformed("json-cut", "takes it for granted that JSON is whole", lambda w: _genuine(w)[:-20]),
    Malformed("json-words", "takes it for granted that the body is JSON", _body(b"not JSON")),
    Malformed("json-null", "takes it for granted that JSON is not null", _body(b"null")),
    Malformed(
        "json-number", "takes it for granted that JSON is an object, not a number", _body(b"1")
    ),
    Malformed(
        "json-string",
        "takes it for granted that JSON is an object, not a string",
        _body(b'"call.initiated"'),
    ),
    Malformed("json-list", "takes it for granted that JSON is an object, not a list", _body(b"[]")),
    Malformed(
        "json-batch",
        "takes it for granted that one request brings one event",
        lambda webhook: b"[" + _genuine(webhook) + b"]",
    ),
    Malformed(
        "json-deep",
        "parses by recursion without a limit to how deep",
        _body(b"[" * DEEP + b"]" * DEEP),
    ),
    Malformed(
        "json-not-utf-8",
        "decodes the body without a thought of bytes that are not UTF-8",
        lambda webhook: _genuine(webhook).replace(b'"', b'"\xff\xfe', 1),
    ),
    Malformed(
        "json-utf-16",
        "takes it for granted that JSON comes in UTF-8",
        lambda webhook: _genuine(webhook).decode(errors="replace").encode("utf-16"),
    ),
    Malformed(
        "json-with-bom",
        "parses the text behind a byte order mark, and the mark",
        lambda webhook: b"\xef\xbb\xbf" + _genuine(webhook),
    ),
    Malformed(
        "json-as-text",
        "takes it for granted that JSON comes as application/json",
        _genuine,
        b"text/plain",
    ),
    Malformed(
        "json-as-form",
        "parses a form where the content type says so, and finds none",
        _genuine,
        b"application/x-www-form-urlencoded",
    ),
    Malformed("json-untyped", "takes it for granted that there is a content type", _genuine, None),
    Malformed(
        "json-odd-type",
        "takes it for granted that a content type can be parsed",
        _genuine,
        b";;charset=;/",
    ),
    Malformed(
        "json-odd-charset",
        "decodes by whatever charset the content type names",
        _genuine,
        b"application/json; charset=none-such",
    ),
)
"""The cases of the whole body, in the order in which they are tried."""
