"""Forged signatures that need no key: missing, damaged, stolen, or made by somebody else.

Telnyx documents what a signature is (:data:`telnyx_mock.provider_urls.MESSAGING_GUIDE`). It does
not document what to do when the signature is missing or cannot be decoded.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets
from collections.abc import Callable

from telnyx_mock.attacks.forgeries.forgery import Forgery
from telnyx_mock.attacks.forgeries.missing_headers import without_headers
from telnyx_mock.attacks.original import Original
from telnyx_mock.payload.request import SIGNATURE_HEADER, Request
from telnyx_mock.severity import Severity
from telnyx_mock.signing.keys import KeyPair
from telnyx_mock.signing.sign import sign

ORDER = 2**252 + 27742317777372353535851937790883648493
"""The order of Ed25519's group; S must be smaller (RFC 8032, section 5.1.7)."""

IDENTITY = (1).to_bytes(32, "little")
"""With this point as R and S = 0, a signature is valid for every public key of small order."""

MESSAGE_ID = b"msg_2KWPBgLlAfxdpx2AI54pPJ85f4W"


def _header(value: bytes | None) -> Callable[[Original], Request]:
    """Return a forger that puts *value* in place of the signature."""
    return lambda original: original.with_signature(value)


def _bytes(change: Callable[[bytes], bytes]) -> Callable[[Original], Request]:
    """Return a forger that changes the 64 bytes of the genuine signature."""
    return lambda original: original.with_signature(base64.b64encode(change(original.signature())))


def _non_canonical(signature: bytes) -> bytes:
    s = int.from_bytes(signature[32:], "little")
    return signature[:32] + (s + ORDER).to_bytes(32, "little")


def _by_another_key(original: Original) -> Request:
    return sign(original.webhook, KeyPair.generate(), timestamp=int(original.now))


def _of_another_webhook(original: Original) -> Request:
    return original.with_signature(original.other_request().header(SIGNATURE_HEADER))


def _of_another_second(original: Original) -> Request:
    return original.with_signature(original.request(-1).header(SIGNATURE_HEADER))


def _hmac(secret: bytes, message: bytes) -> bytes:
    return base64.b64encode(hmac.digest(secret, message, hashlib.sha256))


def _hmac_of_public_key(original: Original) -> Request:
    secret = original.key.public_key.encode("ascii")
    signed = original.stamp + b"|" + original.request().body
    return original.with_signature(_hmac(secret, signed))


def _hmac_of_key_bytes(original: Original) -> Request:
    secret = base64.b64decode(original.key.public_key)
    signed = original.stamp + b"|" + original.request().body
    return original.with_signature(_hmac(secret, signed))


def _standard_webhooks(original: Original) -> Request:
    # Some versions of the generated SDKs verify an HMAC with the public key as its secret.
    secret = base64.b64decode(original.key.public_key)
    signed = b".".join((MESSAGE_ID, original.stamp, original.request().body))
    return without_headers(
        original,
        (b"webhook-id", MESSAGE_ID),
        (b"webhook-timestamp", original.stamp),
        (b"webhook-signature", b"v1," + _hmac(secret, signed)),
    )


def _legacy(original: Original) -> Request:
    # API v1 signs an HMAC with a secret of the profile. A receiver may be set up with the public
    # key in its place.
    signed = original.stamp + b"." + original.request().body
    digest = _hmac(original.key.public_key.encode("ascii"), signed)
    value = b"t=" + original.stamp + b",h=" + digest
    return without_headers(original, (b"x-telnyx-signature", value))


SIGNATURE_FORGERIES: tuple[Forgery, ...] = (
    Forgery(
        "signature-missing",
        "verifies nothing, or only requests that carry a signature",
        _header(None),
    ),
    Forgery(
        "signature-empty",
        "treats an empty signature as missing, and accepts requests without a signature",
        _header(b""),
    ),
    Forgery(
        "signature-blank",
        "treats a blank signature as missing, or fails at characters that are not ASCII",
        # Servers strip an ordinary space. They keep a no-break space.
        _header(b"\xa0"),
        plainer="signature-not-base64",
    ),
    Forgery(
        "signature-not-base64",
        "checks only that a signature is present, or continues if it cannot decode the signature",
        # No part of the genuine signature may be in it: a lenient decoder skips characters that
        # it does not know, and would rightly accept the rest.
        _header(b"*this is no signature*"),
    ),
    Forgery(
        "signature-truncated",
        "continues if the signature is not 64 bytes long",
        _bytes(lambda signature: signature[:33]),
    ),
    Forgery(
        "signature-63-bytes",
        "continues if the last byte of the signature is missing",
        _bytes(lambda signature: signature[:63]),
    ),
    Forgery(
        "signature-65-bytes",
        "ignores a 65th byte, so one signature can be written in many ways",
        _bytes(lambda signature: signature + b"\0"),
        Severity.WARNING,
        plainer="signature-truncated",
    ),
    Forgery(
        "signature-extended",
        "verifies the first 64 bytes of the signature and ignores the rest",
        _bytes(lambda signature: signature + bytes(32)),
        Severity.WARNING,
        plainer="signature-truncated",
    ),
    Forgery(
        "signature-all-zero",
        "accepts a signature of zeros, a placeholder from tests that nobody removed",
        _bytes(lambda _: bytes(64)),
        plainer="signature-random",
    ),
    Forgery(
        "signature-random",
        "checks that a signature is present, but never verifies it",
        _bytes(lambda _: secrets.token_bytes(64)),
    ),
    Forgery(
        "signature-by-another-key",
        "does not verify with the account's public key, so it accepts anyone's signature",
        _by_another_key,
    ),
    Forgery(
        "signature-of-another-webhook",
        "verifies the signature without the body, so one recorded signature is valid for any body",
        _of_another_webhook,
    ),
    Forgery(
        "signature-of-another-second",
        "verifies the signature without the exact timestamp",
        _of_another_second,
        plainer="signature-random",
    ),
    Forgery(
        "signature-small-order",
        "uses a key of zeros as a placeholder, and its verifier accepts points of small order",
        _bytes(lambda _: IDENTITY + bytes(32)),
        plainer="signature-random",
    ),
    Forgery(
        "signature-non-canonical",
        "does not check that S is below the order of the group, so one signature has several "
        "valid forms",
        _bytes(_non_canonical),
        Severity.WARNING,
        plainer="signature-random",
    ),
    Forgery(
        "signature-hmac-of-public-key",
        "verifies an HMAC whose secret is the public key, which anyone knows",
        _hmac_of_public_key,
        plainer="signature-truncated",
    ),
    Forgery(
        "signature-hmac-of-key-bytes",
        "verifies an HMAC whose secret is the decoded public key, which anyone knows",
        _hmac_of_key_bytes,
        plainer="signature-truncated",
    ),
    Forgery(
        "signature-standard-webhooks",
        "verifies as Standard Webhooks does, with the public key, which anyone knows, as the "
        "secret",
        _standard_webhooks,
        plainer="headers-missing",
    ),
    Forgery(
        "signature-legacy-v1",
        "still accepts the signature of API v1, which has the public key as its secret",
        _legacy,
        plainer="headers-missing",
    ),
)
"""The forgeries of the signature, in the order in which they are tried."""
