"""Lies about the signature that take no key: there is none, or it is not Telnyx's.

Receivers have fallen for each: :data:`telnyx_mock.provider.MESSAGING_GUIDE`
says what a signature is, and nothing about one that is missing or cannot be decoded.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets
from collections.abc import Callable

from telnyx_mock.attacks.forgeries.forgery import Forgery, Original, replaced
from telnyx_mock.attacks.forgeries.headers import without_headers
from telnyx_mock.payload.request import SIGNATURE_HEADER, Request
from telnyx_mock.severity import Severity

__all__ = ["SIGNATURE_FORGERIES", "raw_signature"]

ORDER = 2**252 + 27742317777372353535851937790883648493
"""The order of Ed25519's group, below which S must be (RFC 8032, 5.1.7)."""

IDENTITY = (1).to_bytes(32, "little")
"""The point that, as R with S = 0, satisfies every public key of small order."""


def raw_signature(request: Request) -> bytes:
    """The 64 bytes of a genuine signature."""
    return base64.b64decode(request.header(SIGNATURE_HEADER) or b"")


def _header(value: bytes | None) -> Callable[[Original], Request]:
    return lambda original: replaced(original.request(), None, (SIGNATURE_HEADER, value))


def _bytes(change: Callable[[bytes], bytes]) -> Callable[[Original], Request]:
    """The genuine signature's 64 bytes, changed."""

    def make(original: Original) -> Request:
        request = original.request()
        changed = base64.b64encode(change(raw_signature(request)))
        return replaced(request, None, (SIGNATURE_HEADER, changed))

    return make


def _non_canonical(signature: bytes) -> bytes:
    s = int.from_bytes(signature[32:], "little")
    return signature[:32] + (s + ORDER).to_bytes(32, "little")


def _of_another_webhook(original: Original) -> Request:
    stolen = original.other_request().header(SIGNATURE_HEADER)
    return replaced(original.request(), None, (SIGNATURE_HEADER, stolen))


def _of_another_second(original: Original) -> Request:
    earlier = original.request(-1).header(SIGNATURE_HEADER)
    return replaced(original.request(), None, (SIGNATURE_HEADER, earlier))


def _hmac(secret: bytes, message: bytes) -> bytes:
    return base64.b64encode(hmac.digest(secret, message, hashlib.sha256))


def _hmac_of_public_key(original: Original) -> Request:
    request = original.request()
    secret = original.key.public_key.encode("ascii")
    return replaced(
        request, None, (SIGNATURE_HEADER, _hmac(secret, original.stamp + b"|" + request.body))
    )


def _standard_webhooks(original: Original) -> Request:
    # As the generated SDKs of some versions verify: HMAC, with the public key for a secret.
    request, message_id = without_headers(original), b"msg_2KWPBgLlAfxdpx2AI54pPJ85f4W"
    secret = base64.b64decode(original.key.public_key)
    signed = b".".join((message_id, original.stamp, request.body))
    return request.with_headers(
        (b"webhook-id", message_id),
        (b"webhook-timestamp", original.stamp),
        (b"webhook-signature", b"v1," + _hmac(secret, signed)),
    )


def _legacy(original: Original) -> Request:
    # The scheme of API v1: HMAC with the profile's secret, which anyone can take the public key for.
    request = without_headers(original)
    signed = original.stamp + b"." + request.body
    hash_ = _hmac(original.key.public_key.encode("ascii"), signed)
    return request.with_headers((b"x-telnyx-signature", b"t=" + original.stamp + b",h=" + hash_))


SIGNATURE_FORGERIES: tuple[Forgery, ...] = (
    Forgery(
        "signature-missing",
        "verifies nothing, or only what happens to be signed",
        _header(None),
    ),
    Forgery(
        "signature-empty",
        "takes an empty signature for none, and none for good",
        _header(b""),
    ),
    Forgery(
        "signature-blank",
        "takes blanks for no signature, or fails at base64 that is not ASCII",
        # Ordinary blanks are stripped on the way; a no-break space is not.
        _header(b"\xa0"),
        plainer="signature-not-base64",
    ),
    Forgery(
        "signature-not-base64",
        "looks for the signature without verifying it, or carries on when it cannot be decoded",
        # Nothing of the genuine signature may be in it: a lenient decoder that skips what it
        # does not know would be right to accept that.
        _header(b"*this is no signature*"),
    ),
    Forgery(
        "signature-truncated",
        "carries on when the signature has not the 64 bytes of Ed25519",
        _bytes(lambda signature: signature[:33]),
    ),
    Forgery(
        "signature-63-bytes",
        "carries on when a byte of the signature is missing",
        _bytes(lambda signature: signature[:63]),
    ),
    Forgery(
        "signature-65-bytes",
        "reads 64 bytes and not the one after them, so one signature has many spellings",
        _bytes(lambda signature: signature + b"\0"),
        Severity.WARNING,
        plainer="signature-truncated",
    ),
    Forgery(
        "signature-extended",
        "reads 64 bytes and takes no notice of the message behind them, as crypto_sign has it",
        _bytes(lambda signature: signature + bytes(32)),
        Severity.WARNING,
        plainer="signature-truncated",
    ),
    Forgery(
        "signature-all-zero",
        "lets a placeholder in that somebody left for tests",
        _bytes(lambda _: bytes(64)),
        plainer="signature-random",
    ),
    Forgery(
        "signature-random",
        "looks whether there is a signature, and never verifies it",
        _bytes(lambda _: secrets.token_bytes(64)),
    ),
    Forgery(
        "signature-by-another-key",
        "does not verify with the account's public key, so anyone's signature will do",
        Original.request_by_stranger,
    ),
    Forgery(
        "signature-of-another-webhook",
        "does not bind the signature to the body: one that was seen once opens the door for all",
        _of_another_webhook,
    ),
    Forgery(
        "signature-of-another-second",
        "does not bind the signature to the timestamp to the second",
        _of_another_second,
        plainer="signature-random",
    ),
    Forgery(
        "signature-small-order",
        "still has a key of zeros for a placeholder, and a verifier that accepts small order",
        _bytes(lambda _: IDENTITY + bytes(32)),
        plainer="signature-random",
    ),
    Forgery(
        "signature-non-canonical",
        "does not check that S is below the group's order, so signatures can be varied",
        _bytes(_non_canonical),
        Severity.WARNING,
        plainer="signature-random",
    ),
    Forgery(
        "signature-hmac-of-public-key",
        "verifies an HMAC, and takes the public key, which is no secret, for its secret",
        _hmac_of_public_key,
        plainer="signature-truncated",
    ),
    Forgery(
        "signature-standard-webhooks",
        "verifies by Standard Webhooks, with the public key, which is no secret, for its secret",
        _standard_webhooks,
        plainer="headers-missing",
    ),
    Forgery(
        "signature-legacy-v1",
        "still takes the signature of API v1, and the public key for its secret",
        _legacy,
        plainer="headers-missing",
    ),
)
"""The forgeries of the signature, in the order in which they are tried."""
