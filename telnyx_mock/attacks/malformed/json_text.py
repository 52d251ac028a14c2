"""Bodies that are not a JSON object, or that have a wrong encoding or content type for JSON."""

from __future__ import annotations

from telnyx_mock.attacks.malformed.json_writers import always, genuine
from telnyx_mock.attacks.malformed.malformed_request import Malformed

DEEP = 100_000
"""The number of nested levels, more than any parser handles by recursion."""

JSON_TEXT: tuple[Malformed, ...] = (
    Malformed("json-empty", "assumes that the body is not empty", always(b"")),
    Malformed("json-cut", "assumes that the JSON is complete", genuine(lambda body: body[:-20])),
    Malformed("json-words", "assumes that the body is JSON", always(b"not JSON")),
    Malformed("json-null", "assumes that the JSON is not null", always(b"null")),
    Malformed("json-number", "assumes that the JSON is an object, not a number", always(b"1")),
    Malformed(
        "json-string",
        "assumes that the JSON is an object, not a string",
        always(b'"call.initiated"'),
    ),
    Malformed("json-list", "assumes that the JSON is an object, not a list", always(b"[]")),
    Malformed(
        "json-batch",
        "assumes that one request holds one event",
        genuine(lambda body: b"[" + body + b"]"),
    ),
    Malformed(
        "json-deep",
        "parses by recursion without a depth limit",
        always(b"[" * DEEP + b"]" * DEEP),
    ),
    Malformed(
        "json-not-utf-8",
        "decodes the body without handling bytes that are not UTF-8",
        genuine(lambda body: body.replace(b'"', b'"\xff\xfe', 1)),
    ),
    Malformed(
        "json-utf-16",
        "assumes that JSON is encoded in UTF-8",
        genuine(lambda body: body.decode(errors="replace").encode("utf-16")),
    ),
    Malformed(
        "json-with-bom",
        "parses the byte order mark as part of the text",
        genuine(lambda body: b"\xef\xbb\xbf" + body),
    ),
    Malformed(
        "json-as-text",
        "assumes that JSON arrives as application/json",
        genuine(),
        b"text/plain",
    ),
    Malformed(
        "json-as-form",
        "parses the body as a form because the content type says so, and finds no fields",
        genuine(),
        b"application/x-www-form-urlencoded",
    ),
    Malformed("json-untyped", "assumes that the request has a content type", genuine(), None),
    Malformed(
        "json-odd-type",
        "assumes that the content type can be parsed",
        genuine(),
        b";;charset=;/",
    ),
    Malformed(
        "json-odd-charset",
        "decodes with any charset that the content type names",
        genuine(),
        b"application/json; charset=none-such",
    ),
)
"""The malformed requests whose whole body is wrong, in the order in which they are tried."""
