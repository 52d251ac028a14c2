"""Forgeries without both of Telnyx's headers, as a plain curl command sends them.

Some receivers accept such requests as manual tests, for every content type or only for some.
"""

from __future__ import annotations

from functools import partial

from telnyx_mock.attacks.forgeries.forgery import Forgery
from telnyx_mock.attacks.original import Original
from telnyx_mock.payload.request import SIGNATURE_HEADER, TIMESTAMP_HEADER, Request
from telnyx_mock.schema.event import ContentType


def without_headers(original: Original, *others: tuple[bytes, bytes | None]) -> Request:
    """Return the request without Telnyx's two headers, and with *others* set or removed."""
    removed = ((SIGNATURE_HEADER, None), (TIMESTAMP_HEADER, None))
    return original.request().with_headers(*removed, *others)


def _mistyped(original: Original) -> Request:
    other = ContentType.JSON if original.is_form else ContentType.FORM
    return without_headers(original, (b"content-type", other.value.encode()))


_finer = partial(Forgery, plainer="headers-missing-as-text")

HEADER_FORGERIES: tuple[Forgery, ...] = (
    Forgery(
        "headers-missing",
        "treats a request without both headers as a manual test, so anyone can send one with curl",
        without_headers,
    ),
    Forgery(
        "headers-missing-as-text",
        "verifies only JSON and forms, and processes a body declared as text unverified",
        lambda original: without_headers(original, (b"content-type", b"text/plain")),
        plainer="headers-missing",
    ),
    _finer(
        "headers-missing-mistyped",
        "skips the verification of JSON declared as a form, or of a form declared as JSON",
        _mistyped,
    ),
    _finer(
        "headers-missing-untyped",
        "verifies only requests with a content type, and processes the others unverified",
        lambda original: without_headers(original, (b"content-type", None)),
    ),
)
"""The forgeries without headers, in the order in which they are tried."""
