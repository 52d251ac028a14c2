"""Lies that are not even dressed up: neither of Telnyx's headers is there, as from a plain curl.

Some receivers take that for a test by hand and let it in, at every content type or at some.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from telnyx_mock.attacks.forgeries.forgery import Forgery, Original
from telnyx_mock.payload.request import SIGNATURE_HEADER, TIMESTAMP_HEADER, Request
from telnyx_mock.schema.event import ContentType

__all__ = ["HEADER_FORGERIES", "without_headers"]


def without_headers(original: Original) -> Request:
    """The webhook without either of Telnyx's headers."""
    return original.request().with_headers((SIGNATURE_HEADER, None), (TIMESTAMP_HEADER, None))


def _typed(content_type: bytes | None) -> Callable[[Original], Request]:
    return lambda original: without_headers(original).with_headers((b"content-type", content_type))


def _mistyped(original: Original) -> Request:
    is_form = original.webhook.event.content_type is ContentType.FORM
    return _typed((ContentType.JSON if is_form else ContentType.FORM).value.encode())(original)


_finer = partial(Forgery, plainer="headers-missing-as-text")

HEADER_FORGERIES: tuple[Forgery, ...] = (
    Forgery(
        "headers-missing",
        "takes what has neither header for a test by hand, so that anyone's plain curl gets in",
        without_headers,
    ),
    Forgery(
        "headers-missing-as-text",
        "verifies JSON and forms alone, and handles what calls itself text all the same",
        _typed(b"text/plain"),
        plainer="headers-missing",
    ),
    _finer(
        "headers-missing-mistyped",
        "verifies by content type, and handles JSON that is called a form, or a form called JSON",
        _mistyped,
    ),
    _finer(
        "headers-missing-untyped",
        "verifies what has a content type, and handles what has none all the same",
        _typed(None),
    ),
)
"""The forgeries without headers, in the order in which they are tried."""
