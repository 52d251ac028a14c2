"""Key pairs, signatures, and a verification that explains why not.

Signed is the timestamp as it stands in its header, a ``|``, and the raw body; Ed25519; standard
base64 (https://developers.telnyx.com/docs/messaging/messages/receiving-webhooks). The private
key leaves this module in no form: not in a ``repr``, not in an error.
"""

from __future__ import annotations

import base64
import binascii
import json
import os
from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum
from pathlib import Path
from typing import NoReturn

from nacl.exceptions import BadSignatureError
from nacl.signing import SigningKey, VerifyKey

from telnyx_mock.errors import UsageError
from telnyx_mock.request import SIGNATURE_HEADER, TIMESTAMP_HEADER, Request
from telnyx_mock.webhook import Webhook
from telnyx_mock.wire import JSON_LAYOUTS, encode

__all__ = ["TOLERANCE", "USER_AGENT", "KeyPair", "Reason", "Verdict", "sign", "verify"]

TOLERANCE = 300
"""Seconds between timestamp and receipt that the guides and the official SDKs allow."""

USER_AGENT = b"telnyx-webhooks"
"""What Telnyx calls itself: https://developers.telnyx.com/docs/voice/programmable-voice/voice-api-webhooks"""


class KeyPair:
    """An Ed25519 key pair, like the one behind a Telnyx account's public key."""

    __slots__ = ("_signing", "public_key")

    public_key: str
    """Base64 of the 32 raw bytes, as the Mission Control portal shows it."""

    def __init__(self, seed: bytes) -> None:
        self._signing = SigningKey(seed)
        self.public_key = base64.b64encode(bytes(self._signing.verify_key)).decode("ascii")

    @classmethod
    def generate(cls) -> KeyPair:
        """A new key pair."""
        return cls(bytes(SigningKey.generate()))

    @classmethod
    def load(cls, reference: str) -> KeyPair:
        """The key pair whose private key *reference* leads to: ``env:NAME`` or ``file:PATH``.

        The key is 32 bytes in base64 or hex. It is never given by value, for command lines
        and settings end up in logs. Raises UsageError where there is no such key.
        """
        # No local of a frame that raises holds the text: tracebacks may show locals.
        seed = _seed(_read(reference).strip())
        if seed is None:
            raise UsageError(
                f"What {reference} holds is no Ed25519 private key: 32 bytes in base64 or hex "
                "are wanted."
            )
        return cls(seed)

    def save(self, path: Path) -> None:
        """Write the private key to a new file that only its owner can read.

        Raises UsageError where the file exists already.
        """
        try:
            descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        except FileExistsError:
            raise UsageError(f"{path} exists already; a key is never overwritten.") from None
        except OSError as error:
            raise UsageError(f"The key file {path} cannot be written: {error.strerror}.") from None
        with os.fdopen(descriptor, "wb") as file:
            file.write(base64.b64encode(bytes(self._signing)) + b"\n")

    def sign(self, timestamp: bytes, body: bytes, separator: bytes = b"|") -> bytes:
        """The signature header's value, base64, for *timestamp* as it stands in its header."""
        return base64.b64encode(self.sign_raw(timestamp + separator + body))

    def sign_raw(self, message: bytes) -> bytes:
        """The 64 bytes that sign *message* itself."""
        return self._signing.sign(message).signature

    def __repr__(self) -> str:
        return f"<KeyPair {self.public_key}>"

    def __reduce__(self) -> NoReturn:
        raise TypeError("a KeyPair cannot be pickled or copied, for its private key stays with it")


def _read(reference: str) -> str:
    """The text that *reference* leads to."""
    scheme, _, place = reference.partition(":")
    if scheme == "env" and place:
        if place not in os.environ:
            raise UsageError(f"The environment has no variable {place} to read the key from.")
        return os.environ[place]
    if scheme == "file" and place:
        try:
            return Path(place).read_text(encoding="ascii", errors="replace")
        except OSError as error:
            raise UsageError(f"The key file {place} cannot be read: {error.strerror}.") from None
    raise UsageError(
        "A private key is named by where it is, env:NAME or file:PATH, never by its value."
    )


def _seed(text: str) -> bytes | None:
    """The 32 bytes that *text* stands for, where it is a private key."""
    for decode in (bytes.fromhex, lambda text: base64.b64decode(text, validate=True)):
        try:
            raw = decode(text)
        except (ValueError, binascii.Error):
            continue
        if len(raw) == 32:
            return raw
        if len(raw) == 64 and raw[32:] == bytes(SigningKey(raw[:32]).verify_key):
            return raw[:32]
    return None


def sign(
    webhook: Webhook,
    key: KeyPair,
    *,
    timestamp: int,
    layout: str | None = None,
    method: str = "POST",
) -> Request:
    """*webhook* as Telnyx would send it at *timestamp* (Unix seconds).

    With ``method="GET"`` the fields go into the query, and the empty body is signed; how Telnyx
    itself signs a GET is not documented. Raises UsageError for the few events that carry another
    signature than Ed25519.
    """
    if not webhook.event.signed:
        raise UsageError(
            f"{webhook.event.name} is not signed with the account's key: events of meetings carry "
            "X-Meeting-Bot-Signature, made with a secret of their session, which telnyx-mock does "
            "not make."
        )
    content = encode(webhook.event, webhook.body, layout)
    stamp = str(timestamp).encode("ascii")
    body, query = (b"", content) if method == "GET" else (content, b"")
    content_type = webhook.event.content_type.value.encode("ascii")
    headers = (
        (b"accept", b"*/*"),
        *(((b"content-type", content_type),) if body else ()),
        (b"user-agent", USER_AGENT),
        (TIMESTAMP_HEADER, stamp),
        (SIGNATURE_HEADER, key.sign(stamp, body)),
    )
    return Request(headers, body, method, query, webhook)


class Reason(Enum):
    """Why a request does or does not verify."""

    GENUINE = "genuine"
    NO_SIGNATURE = "no signature"
    NO_TIMESTAMP = "no timestamp"
    REPEATED_HEADER = "repeated header"
    BAD_TIMESTAMP = "bad timestamp"
    NOT_BASE64 = "not base64"
    WRONG_LENGTH = "wrong length"
    OLD = "old"
    FUTURE = "from the future"
    RESERIALISED = "body written anew"
    OTHER_SEPARATOR = "signed differently"
    MISMATCH = "mismatch"


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether a request is genuine, and a sentence that says why not."""

    reason: Reason
    explanation: str

    @property
    def ok(self) -> bool:
        return self.reason is Reason.GENUINE


def verify(
    public_key: str, request: Request, *, now: float, tolerance: float = TOLERANCE
) -> Verdict:
    """Verify *request* as a careful receiver does, at *now* (Unix seconds).

    Raises UsageError if *public_key* is not base64 of 32 bytes.
    """
    verify_key = _verify_key(public_key)
    for name, reason in (
        (SIGNATURE_HEADER, Reason.NO_SIGNATURE),
        (TIMESTAMP_HEADER, Reason.NO_TIMESTAMP),
    ):
        shown = name.decode()
        values = [value for known, value in request.headers if known.lower() == name]
        if not values or not values[0].strip():
            return Verdict(reason, f"The header {shown} is {'empty' if values else 'missing'}.")
        if len(values) > 1:
            return Verdict(Reason.REPEATED_HEADER, f"The header {shown} stands there twice.")
    stamp = request.header(TIMESTAMP_HEADER) or b""
    if not stamp.isdigit() or len(stamp) > 20:
        shown = stamp[:40].decode("ascii", "replace")
        return Verdict(
            Reason.BAD_TIMESTAMP, f"The timestamp {shown!r} is no number of Unix seconds."
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
            Reason.OLD, f"It was signed {age:.0f} s ago, and {tolerance:.0f} s are allowed."
        )
    if age < -tolerance:
        return Verdict(
            Reason.FUTURE,
            f"It was signed {-age:.0f} s in the future, and {tolerance:.0f} s are allowed.",
        )
    return Verdict(Reason.GENUINE, "The signature matches, and the timestamp is recent.")


def _why_mismatch(key: VerifyKey, stamp: bytes, body: bytes, signature: bytes) -> Verdict:
    for layout, rewritten in _rewritings(body):
        if _matches(key, stamp + b"|" + rewritten, signature):
            return Verdict(
                Reason.RESERIALISED,
                f"The signature fits the same JSON in another layout ({layout}): "
                "the body was parsed and written anew on its way. Verify the raw bytes.",
            )
    for message, description in (
        (stamp + b"." + body, "the timestamp, a dot and the body"),
        (stamp + body, "the timestamp and the body without a separator"),
        (body, "the body alone"),
    ):
        if _matches(key, message, signature):
            return Verdict(
                Reason.OTHER_SEPARATOR,
                f"The signature is over {description}, not over timestamp|body.",
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
        return  # no JSON, or nested more deeply than anyone would write it anew


def _matches(key: VerifyKey, message: bytes, signature: bytes) -> bool:
    try:
        key.verify(message, signature)
    except BadSignatureError:
        return False
    return True


def _verify_key(public_key: str) -> VerifyKey:
    try:
        raw = base64.b64decode(public_key.strip(), validate=True)
    except (binascii.Error, ValueError):
        raw = b""
    if len(raw) != 32:
        raise UsageError(
            "The public key must be base64 of 32 bytes (44 characters), as the portal shows it "
            "under Keys & Credentials."
        )
    return VerifyKey(raw)
