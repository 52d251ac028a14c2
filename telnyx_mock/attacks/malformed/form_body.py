"""Bodies sent as forms that are not valid, or whose content occurs in no form of Telnyx."""

from __future__ import annotations

import json

from telnyx_mock.attacks.malformed.json_writers import Writer, always, genuine
from telnyx_mock.attacks.malformed.malformed_request import Malformed

BRACKETS = b"__proto__[polluted]=1&a[b][c]=1&a[]=2&constructor[prototype][polluted]=1"


def _values(value: bytes, equals: bytes = b"=") -> Writer:
    """Return a writer that gives each field the same *value*, without encoding it."""
    return genuine(
        lambda body: b"&".join(
            field.partition(b"=")[0] + equals + value for field in body.split(b"&")
        )
    )


FORM_BODY: tuple[Malformed, ...] = (
    Malformed("form-empty", "assumes that the form has fields", always(b"")),
    Malformed(
        "form-json",
        "parses JSON as if it were a form",
        lambda webhook: json.dumps(dict(webhook.body)).encode(),
    ),
    Malformed(
        "form-as-json",
        "parses the body as JSON because the content type says so, and finds no JSON",
        genuine(),
        b"application/json",
    ),
    Malformed("form-untyped", "assumes that the request has a content type", genuine(), None),
    Malformed(
        "form-multipart",
        "assumes that a multipart body declares its boundary",
        genuine(),
        b"multipart/form-data",
    ),
    Malformed("form-blank-values", "assumes that no field is blank", _values(b"")),
    Malformed(
        "form-no-values", "assumes that each field name has a value", _values(b"", equals=b"")
    ),
    Malformed(
        "form-repeated",
        "assumes that each field occurs once",
        genuine(lambda body: body + b"&" + body),
    ),
    Malformed(
        "form-bad-escapes", "decodes percent signs that do not begin an escape", _values(b"%zz%")
    ),
    Malformed("form-not-utf-8", "decodes fields that are not UTF-8", _values(b"%ff%fe")),
    Malformed("form-nul", "stores text with NUL in it", _values(b"nul%00")),
    Malformed(
        "form-brackets",
        "builds objects from names with brackets, prototypes included",
        genuine(lambda body: body + b"&" + BRACKETS),
    ),
    Malformed(
        "form-10000-fields",
        "assumes that a form has few fields",
        genuine(lambda body: b"&".join([body, *(b"Field%d=1" % n for n in range(10_000))])),
    ),
    Malformed(
        "form-1-mb",
        "assumes that a body is small",
        genuine(lambda body: body + b"&Big=" + b"x" * 1_000_000),
    ),
)
"""The malformed forms, in the order in which they are tried."""
