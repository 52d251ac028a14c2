"""The genuine signature in another spelling, or beside a false one.

Nobody gets in by these: what is signed is as Telnyx signed it, so accepting them is legal. Failing
is not, and a cache of replays that is keyed on the header's text does not know them again.
"""

from __future__ import annotations

import base64
from collections.abc import Callable
from dataclasses import replace
from functools import partial

from telnyx_mock.attacks.forgeries.forgery import Expected, Forgery, Original, replaced
from telnyx_mock.attacks.forgeries.signature import raw_signature
from telnyx_mock.payload.request import SIGNATURE_HEADER, Request
from telnyx_mock.severity import Severity

__all__ = ["ENCODING_FORGERIES"]

ALPHABET = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
"""Base64's: https://www.rfc-editor.org/rfc/rfc4648#section-4."""


def _spelled(change: Callable[[bytes], bytes]) -> Callable[[Original], Request]:
    """The genuine signature's text, changed."""

    def make(original: Original) -> Request:
        request = original.request()
        text = request.header(SIGNATURE_HEADER) or b""
        return replaced(request, None, (SIGNATURE_HEADER, change(text)))

    return make


def _spare_bits(text: bytes) -> bytes:
    """The last sextet of 64 bytes has four bits to spare (RFC 4648, 3.5)."""
    last = ALPHABET.index(text[85:86])
    return text[:85] + ALPHABET[last + 1 : last + 2] + text[86:]


def _url_safe(original: Original) -> Request:
    # 7 % of signatures look the same in both alphabets, so another second is taken for those.
    requests = (original.request(-seconds) for seconds in range(60))
    for request in requests:
        text = base64.urlsafe_b64encode(raw_signature(request))
        if text != request.header(SIGNATURE_HEADER):
            break
    return replaced(request, None, (SIGNATURE_HEADER, text))


def _hex(original: Original) -> Request:
    request = original.request()
    text = raw_signature(request).hex().encode("ascii")
    return replaced(request, None, (SIGNATURE_HEADER, text))


def _twice(*, genuine_first: bool) -> Callable[[Original], Request]:
    def make(original: Original) -> Request:
        request = original.request()
        false = (SIGNATURE_HEADER, base64.b64encode(bytes(range(64))))
        headers = (*request.headers, false) if genuine_first else (false, *request.headers)
        return replace(request, headers=headers)

    return make


_legal = partial(Forgery, expected=Expected.SURVIVED, plainer="signature-not-base64")

ENCODING_FORGERIES: tuple[Forgery, ...] = (
    _legal(
        "signature-url-safe",
        "fails at the characters of base64's URL-safe alphabet",
        _url_safe,
    ),
    _legal(
        "signature-hex",
        "fails at a signature in hex, which is base64 of 96 bytes too",
        _hex,
    ),
    _legal(
        "signature-without-padding",
        "fails at base64 without its padding",
        _spelled(lambda text: text.rstrip(b"=")),
    ),
    _legal(
        "signature-with-spare-bits",
        "fails at base64 whose spare bits are set, which few decoders mind",
        _spelled(_spare_bits),
    ),
    _legal(
        "signature-with-spaces",
        "fails at base64 with a space in it",
        _spelled(lambda text: text[:44] + b" " + text[44:]),
    ),
    _legal(
        "signature-with-newline",
        "fails at base64 with a line break in it",
        _spelled(lambda text: text[:44] + b"\n" + text[44:]),
        severity=Severity.ADVICE,
        in_process_only=True,
    ),
    _legal(
        "signature-with-tail",
        "fails at what stands behind the padding of base64",
        _spelled(lambda text: text + b"tail"),
    ),
    _legal(
        "signature-good-then-bad",
        "fails where the signature's header stands twice, the genuine one first",
        _twice(genuine_first=True),
    ),
    _legal(
        "signature-bad-then-good",
        "fails where the signature's header stands twice, the genuine one last",
        _twice(genuine_first=False),
    ),
)
"""The other spellings of a genuine signature, in the order in which they are tried."""
