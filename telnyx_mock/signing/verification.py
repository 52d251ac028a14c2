"""Verifies the signature of a request, and explains why it is not valid."""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum

from nacl.exceptions import BadSignatureError
from nacl.signing import VerifyKey

from telnyx_mock.errors import UsageError
from telnyx_mock.payload.layouts import JSON_LAYOUTS
from telnyx_mock.payload.request import SIGNATURE_HEADER, TIMESTAMP_HEADER, Request
from telnyx_mock.signing.pem import public_key_in

TOLERANCE = 300
"""The number of seconds between timestamp and arrival that the guides and the official SDKs allow."""


class Reason(Enum):
    """The reason why a signature is valid or invalid."""

    GENUINE = "genuine"
    NO_SIGNATURE = "no signature"
    NO_TIMESTAMP = "no timestamp"
    REPEATED_HEADER = "repeated header"
    BAD_TIMESTAMP = "bad timestamp"
    NOT_BASE64 = "not base64"
    WRONG_LENGTH = "wrong length"
    OLD = "old"
    FUTURE = "from the future"
    RESERIALISED = "body serialised again"
    OTHER_SEPARATOR = "signed differently"
    MISMATCH = "mismatch"


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether a request is genuine, and a sentence that explains it."""

    reason: Reason
    explanation: str

    @property
    def ok(self) -> bool:
        return self.reason is Reason.GENUINE


def verify(
    public_key: str, request: Request, *, now: float, tolerance: float = TOLERANCE
) -> Verdict:
    """Verify *request* as a careful receiver does, at *now* (Unix seconds).

    Raises UsageError if *public_key* is neither base64 of 32 bytes nor PEM.

    >>> from telnyx_mock import Emulator, KeyPair, verify
    >>> key = KeyPair.generate()
    >>> forged = Emulator(key=key).request("call.hangup", forge="timestamp-missing")
    >>> verify(key.public_key, forged, now=1_700_000_000).explanation
    'The header telnyx-timestamp is missing.'
    """
    verify_key = _verify_key(public_key)
    for name, reason in (
        (SIGNATURE_HEADER, Reason.NO_SIGNATURE),
        (TIMESTAMP_HEADER, Reason.NO_TIMESTAMP),
    ):
        shown = name.decode()
        values = [value for known, value in request.headers if known.lower() == name]
        if len(values) > 1:
            return Verdict(Reason.REPEATED_HEADER, f"The request has two headers {shown}.")
        if not b"".join(values).strip():
            return Verdict(reason, f"The header {shown} is {'empty' if values else 'missing'}.")
    stamp = request.header(TIMESTAMP_HEADER) or b""
    if not stamp.isdigit() or len(stamp) > 20:
        shown = stamp[:40].decode("ascii", "replace")
        return Verdict(
            Reason.BAD_TIMESTAMP, f"The timestamp {shown!r} is not a number of Unix seconds."
        )
    try:
        signature = base64.b64decode(request.header(SIGNATURE_HEADER) or b"", validate=True)
    except binascii.Error:
        return Verdict(Reason.NOT_BASE64, "The signature is not standard base64.")
    if len(signature) != 64:
        return Verdict(
            Reason.WRONG_LENGTH, f"The signature has {len(signature)} bytes, not the 64 of Ed25519."
        )
    if not _matches(verify_key, stamp + b"|" + request.body, signature):
        return _why_mismatch(verify_key, stamp, request.body, signature)
    age = now - int(stamp)
    if age > tolerance:
        return Verdict(
            Reason.OLD,
            f"The request was signed {age:.0f} s ago; at most {tolerance:.0f} s are allowed.",
        )
    if age < -tolerance:
        return Verdict(
            Reason.FUTURE,
            f"The request was signed {-age:.0f} s in the future; at most {tolerance:.0f} s are allowed.",
        )
    return Verdict(Reason.GENUINE, "The signature matches, and the timestamp is recent.")


def _why_mismatch(key: VerifyKey, stamp: bytes, body: bytes, signature: bytes) -> Verdict:
    for layout, rewritten in _rewritings(body):
        if _matches(key, stamp + b"|" + rewritten, signature):
            return Verdict(
                Reason.RESERIALISED,
                f"The signature matches the same JSON in another layout ({layout}): the body was parsed "
                "and serialised again on its way. Verify the raw bytes.",
            )
    for message, description in (
        (stamp + b"." + body, "the timestamp, a dot and the body"),
        (stamp + body, "the timestamp and the body without a separator"),
        (body, "the body alone"),
    ):
        if _matches(key, message, signature):
            return Verdict(
                Reason.OTHER_SEPARATOR,
                f"The signature covers {description} instead of timestamp|body.",
            )
    return Verdict(
        Reason.MISMATCH,
        "The signature does not match: another key made it, "
        "or the timestamp or the body was changed after signing.",
    )


def _rewritings(body: bytes) -> Iterator[tuple[str, bytes]]:
    try:
        content = json.loads(body)
        for layout in JSON_LAYOUTS.values():
            yield layout.name, layout.write(content)
    except (ValueError, RecursionError):
        return  # no JSON, or nested too deeply for anyone to serialise it again


def _matches(key: VerifyKey, message: bytes, signature: bytes) -> bool:
    try:
        key.verify(message, signature)
    except BadSignatureError:
        return False
    return True


def _verify_key(public_key: str) -> VerifyKey:
    try:
        raw = public_key_in(public_key) or base64.b64decode(public_key.strip(), validate=True)
    except (binascii.Error, ValueError):
        raw = b""
    if len(raw) != 32:
        raise UsageError(
            "The public key must be base64 of 32 bytes (44 characters), as the portal shows it "
            "under Keys & Credentials, or PEM with the label PUBLIC KEY."
        )
    return VerifyKey(raw)
