"""The genuine signature in another encoding, or beside a false one.

An attacker gains nothing here, because Telnyx signed the content: a receiver may accept these
requests, but must not fail at them. Still, a replay cache whose key is the text of the header does
not recognise the signature in another encoding.
"""

from __future__ import annotations

import base64
from collections.abc import Callable
from functools import partial

from telnyx_mock.attacks.forgeries.forgery import Expected, Forgery
from telnyx_mock.attacks.original import FALSE_SIGNATURE, Original, with_second
from telnyx_mock.payload.request import SIGNATURE_HEADER, Request
from telnyx_mock.severity import Severity

ALPHABET = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
"""Base64's alphabet: https://www.rfc-editor.org/rfc/rfc4648#section-4."""


def _text(change: Callable[[bytes], bytes]) -> Callable[[Original], Request]:
    """Return a forger that changes the text of the genuine signature."""
    return lambda original: original.with_signature(change(base64.b64encode(original.signature())))


def _with_spare_bits(text: bytes) -> bytes:
    """Set the four spare bits in the last sextet of 64 bytes (RFC 4648, section 3.5)."""
    last = ALPHABET.index(text[85:86])
    return text[:85] + ALPHABET[last + 1 : last + 2] + text[86:]


def _url_safe(original: Original) -> Request:
    # 7 % of signatures look the same in both alphabets. An earlier second replaces those.
    for seconds in range(60):
        request = original.request(-seconds)
        text = request.header(SIGNATURE_HEADER) or b""
        url_safe = text.translate(bytes.maketrans(b"+/", b"-_"))
        if url_safe != text:
            break
    return request.with_headers((SIGNATURE_HEADER, url_safe))


def _repeated(*, genuine_first: bool) -> Callable[[Original], Request]:
    return lambda original: with_second(
        original.request(), SIGNATURE_HEADER, FALSE_SIGNATURE, genuine_first=genuine_first
    )


_legal = partial(Forgery, expected=Expected.SURVIVED, plainer="signature-not-base64")

SIGNATURE_ENCODING_FORGERIES: tuple[Forgery, ...] = (
    _legal(
        "signature-url-safe",
        "fails at base64 in the URL-safe alphabet",
        _url_safe,
    ),
    _legal(
        "signature-hex",
        "fails at a signature in hex, which can also be read as base64 of 96 bytes",
        lambda original: original.with_signature(original.signature().hex().encode("ascii")),
    ),
    _legal(
        "signature-without-padding",
        "fails at base64 without padding",
        _text(lambda text: text.rstrip(b"=")),
    ),
    _legal(
        "signature-with-spare-bits",
        "fails at base64 whose spare bits are set, which most decoders ignore",
        _text(_with_spare_bits),
    ),
    _legal(
        "signature-with-spaces",
        "fails at base64 with a space in it",
        _text(lambda text: text[:44] + b" " + text[44:]),
    ),
    _legal(
        "signature-with-newline",
        "fails at base64 with a line break in it",
        _text(lambda text: text[:44] + b"\n" + text[44:]),
        severity=Severity.ADVICE,
        in_process_only=True,
    ),
    _legal(
        "signature-with-tail",
        "fails at characters after the padding of base64",
        _text(lambda text: text + b"tail"),
    ),
    _legal(
        "signature-good-then-bad",
        "fails if the signature header comes twice, the genuine one first",
        _repeated(genuine_first=True),
    ),
    _legal(
        "signature-bad-then-good",
        "fails if the signature header comes twice, the genuine one last",
        _repeated(genuine_first=False),
    ),
)
"""The other encodings of a genuine signature, in the order in which they are tried."""
