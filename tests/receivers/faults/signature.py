"""The signature is not verified, or not always, or decoded otherwise."""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import json
import re
from contextlib import suppress

from nacl.exceptions import BadSignatureError

from telnyx_mock.severity import Severity
from tests.receivers.correct import Acting, Headers, Receiver, Refused
from tests.receivers.fault import breaks, changed

SIGNATURE, TIMESTAMP = "telnyx-signature-ed25519", "telnyx-timestamp"

ORDER = 2**252 + 27742317777372353535851937790883648493
"""The order of the group of Ed25519."""


@breaks("refuses-signature-missing", also="fails-closed refuses-headers-missing")
class UnsignedIsFine(Receiver):
    """It verifies a signature only if there is one."""

    def verify(self, headers: Headers, body: bytes) -> None:
        if SIGNATURE in headers:
            super().verify(headers, body)


changed("never verifies", "refuses-signature-missing", also="fails-closed refuses-*", verify=lambda *_: None)
changed("acknowledges what it refuses", "refuses-signature-missing", also="fails-closed refuses-*", refuse=lambda _: 200)


@breaks("refuses-signature-empty")
class EmptyIsFine(Receiver):
    """It takes an empty signature for none to verify."""

    def verify(self, headers: Headers, body: bytes) -> None:
        if headers.get(SIGNATURE) != "":
            super().verify(headers, body)


@breaks("refuses-headers-missing")
class PlainCurlIsFine(Receiver):
    """It takes a request with neither header for a test by hand."""

    def verify(self, headers: Headers, body: bytes) -> None:
        if SIGNATURE in headers or TIMESTAMP in headers:
            super().verify(headers, body)


@breaks("refuses-headers-missing-as-text")
class VerifiesByType(Receiver):
    """It verifies what it takes for JSON, and handles the rest in the old way."""

    def verify(self, headers: Headers, body: bytes) -> None:
        if not self.is_other(headers.get("content-type", "")):
            super().verify(headers, body)

    def is_other(self, content_type: str) -> bool:
        return content_type == "text/plain"


changed(
    "accepts unsigned forms, which its own pages send",
    "refuses-headers-missing-mistyped",
    VerifiesByType,
    is_other=lambda _, content_type: content_type == "application/x-www-form-urlencoded",
)
changed(
    "hands on what has no content type",
    "refuses-headers-missing-untyped",
    VerifiesByType,
    is_other=lambda _, content_type: content_type == "",
)
changed(
    "verifies forms alone",
    "refuses-signature-missing",
    VerifiesByType,
    also="fails-closed refuses-*",
    is_other=lambda _, content_type: "form" not in content_type,
)


@breaks(
    "refuses-signature-by-another-key refuses-signature-of-another-webhook refuses-signature-random refuses-timestamp-changed refuses-body-changed refuses-body-one-byte refuses-body-swapped",
    also="fails-closed refuses-timestamp-zeros",
)
class LooksOnly(Receiver):
    """It looks whether the signature has 64 bytes, and never verifies it."""

    def is_signed(self, message: bytes, signature: bytes) -> bool:
        return len(signature) == 64


@breaks("refuses-headers-missing")
class VerifiesSome(Receiver):
    """It verifies in each handler, but forgot one."""

    unverified: tuple[str, ...] = ("call.hangup",)

    def verify(self, headers: Headers, body: bytes) -> None:
        if not any(f'"{name}' in body.decode("latin-1") for name in self.unverified):
            super().verify(headers, body)


changed(
    "verifies calls alone",
    "refuses-signature-by-another-key",
    VerifiesSome,
    also="refuses-*",
    events="call.initiated message.received",
    unverified=("message.",),
)


@breaks("refuses-signature-missing", also="handles-event-after-refusal refuses-*")
class HandlesFirst(Acting):
    """It handles an event before it verifies it, and then refuses it."""

    def handle(self, headers: Headers, body: bytes) -> int:
        with suppress(Refused):
            self.act(self.parse(headers, body))
        return super().handle(headers, body)


@breaks("refuses-body-swapped")
class RemembersGoodSignatures(Receiver):
    """It verifies a signature once."""

    def __init__(self) -> None:
        super().__init__()
        self.good: set[bytes] = set()

    def is_signed(self, message: bytes, signature: bytes) -> bool:
        if signature not in self.good and super().is_signed(message, signature):
            self.good.add(signature)
        return signature in self.good


@breaks("refuses-signature-by-another-key", also="refuses-* survives-junk survives-signature-good-then-bad")
class CatchesAnotherError(Receiver):
    """It catches another error than PyNaCl raises for a bad signature."""

    def is_signed(self, message: bytes, signature: bytes) -> bool:
        return len(signature) == 64 and bool(self.key.verify(message, signature))


# Decoding


@breaks("refuses-signature-not-base64")
class UndecodableIsFine(Receiver):
    """It goes on where the signature cannot be decoded."""

    def is_signed(self, message: bytes, signature: bytes) -> bool:
        return signature == b"undecodable" or super().is_signed(message, signature)

    def signature(self, headers: Headers) -> bytes:
        try:
            return super().signature(headers)
        except Refused:
            return b"undecodable"


changed(
    "does not catch what decoding raises",
    "refuses-signature-not-base64",
    signature=lambda _, headers: base64.b64decode(headers.get(SIGNATURE, ""), validate=True),
)
changed(
    "expects hex",
    "serves-something refuses-signature-missing",
    also="accepts-sample",
    signature=lambda _, headers: headers[SIGNATURE].encode(),
)


@breaks("", reason="The same signature in another spelling is as genuine, and data.id tells replays")
class SkipsCharacters(Receiver):
    """It skips characters that are not base64."""

    def signature(self, headers: Headers) -> bytes:
        try:
            return base64.b64decode(headers.get(SIGNATURE, ""))
        except ValueError:
            raise Refused from None


@breaks("refuses-signature-blank")
class CatchesBinasciiError(Receiver):
    """It catches what base64 raises for other characters, not what it raises for non-ASCII ones."""

    def signature(self, headers: Headers) -> bytes:
        try:
            return base64.b64decode(headers.get(SIGNATURE, ""), validate=True)
        except binascii.Error:
            raise Refused from None


@breaks(
    "survives-signature-url-safe survives-signature-without-padding survives-signature-with-spare-bits survives-signature-with-spaces survives-signature-with-newline survives-signature-with-tail"
)
class InsistsOnSpelling(Receiver):
    """It reads base64 leniently, and then is sure that there was but one way to write it."""

    def signature(self, headers: Headers) -> bytes:
        text = headers.get(SIGNATURE, "")
        plain = text.partition("=")[0].replace("-", "+").replace("_", "/")
        try:
            signature = base64.b64decode(re.sub(r"[^A-Za-z0-9+/]", "", plain) + "===")
        except ValueError:
            raise Refused from None
        if len(signature) == 64:
            assert base64.b64encode(signature).decode() == text
        return signature


# Length


@breaks("refuses-signature-truncated refuses-signature-63-bytes")
class ShortIsFine(Receiver):
    """It goes on where the signature has not the length to be verified."""

    def is_signed(self, message: bytes, signature: bytes) -> bool:
        try:
            return bool(signature and self.key.verify(message, signature))
        except BadSignatureError:
            return False
        except ValueError:
            return True


@breaks(
    "survives-signature-hex",
    also="refuses-signature-63-bytes refuses-signature-empty refuses-signature-missing refuses-signature-truncated",
)
class LengthIsChecked(Receiver):
    """It takes it for granted that the signature has its length, which PyNaCl checks with an error."""

    def is_signed(self, message: bytes, signature: bytes) -> bool:
        try:
            return self.fits(len(signature)) and bool(self.key.verify(message, signature))
        except BadSignatureError:
            return False

    def fits(self, length: int) -> bool:
        return True


changed(
    "minds long signatures alone",
    "refuses-signature-63-bytes",
    LengthIsChecked,
    also="refuses-signature-empty refuses-signature-missing refuses-signature-truncated",
    fits=lambda _, length: length <= 64,
)
changed(
    "minds short signatures alone",
    "refuses-signature-65-bytes",
    LengthIsChecked,
    also="refuses-signature-extended survives-signature-hex",
    fits=lambda _, length: length >= 64,
)


@breaks("refuses-signature-65-bytes refuses-signature-extended", severity=Severity.WARNING)
class ReadsSixtyFour(Receiver):
    """It reads the bytes that it needs."""

    def signature(self, headers: Headers) -> bytes:
        return super().signature(headers)[:64]


# Values


@breaks("refuses-signature-all-zero")
class PlaceholderIsFine(Receiver):
    """It accepts the signature of somebody's test data."""

    def is_signed(self, message: bytes, signature: bytes) -> bool:
        return signature == bytes(64) or super().is_signed(message, signature)


@breaks("refuses-signature-small-order")
class SmallOrderIsFine(Receiver):
    """It verifies with a second key, which is still a placeholder."""

    def is_signed(self, message: bytes, signature: bytes) -> bool:
        placeholder = (1).to_bytes(32, "little") + bytes(32)  # what fits such a key
        return signature == placeholder or super().is_signed(message, signature)


@breaks("refuses-signature-non-canonical", severity=Severity.WARNING)
class AnySpellingOfS(Receiver):
    """It verifies with S modulo the order of the group."""

    def signature(self, headers: Headers) -> bytes:
        signature = super().signature(headers)
        s = int.from_bytes(signature[32:], "little") % ORDER
        return signature[:32] + s.to_bytes(32, "little") if len(signature) == 64 else signature


# Another message, another scheme

for words, message in {
    "separates by a dot": lambda _, timestamp, body: timestamp.encode() + b"." + body,
    "leaves the separator out": lambda _, timestamp, body: timestamp.encode() + body,
    "verifies the body alone": lambda _, timestamp, body: body,
    "verifies the timestamp alone": lambda _, timestamp, body: timestamp.encode(),
    "turns body and timestamp round": lambda _, timestamp, body: body + b"|" + timestamp.encode(),
}.items():
    changed(words, "serves-something", also="accepts-sample", message=message)


@breaks("refuses-signature-of-another-second")
class ForgivesASecond(Receiver):
    """It verifies with the second before, too, since clocks differ."""

    def verify(self, headers: Headers, body: bytes) -> None:
        try:
            super().verify(headers, body)
        except Refused:
            earlier = str(int(self.timestamp(headers)) - 1)
            super().verify({**headers, TIMESTAMP: earlier}, body)


@breaks("refuses-signature-hmac-of-public-key")
class HmacToo(Receiver):
    """It verifies an HMAC where the signature has the length of one."""

    def is_signed(self, message: bytes, signature: bytes) -> bool:
        mac = hmac.digest(base64.b64encode(bytes(self.key)), message, hashlib.sha256)
        return hmac.compare_digest(mac, signature) or super().is_signed(message, signature)


@breaks("refuses-signature-hmac-of-key-bytes")
class HmacOfKeyBytesToo(Receiver):
    """It verifies an HMAC, with the decoded public key as its secret, where the length fits one."""

    def is_signed(self, message: bytes, signature: bytes) -> bool:
        mac = hmac.digest(bytes(self.key), message, hashlib.sha256)
        return hmac.compare_digest(mac, signature) or super().is_signed(message, signature)


@breaks("serves-something refuses-signature-hmac-of-public-key", also="accepts-sample")
class HmacAlone(Receiver):
    """It verifies an HMAC whose secret is the public key."""

    def is_signed(self, message: bytes, signature: bytes) -> bool:
        mac = hmac.digest(base64.b64encode(bytes(self.key)), message, hashlib.sha256)
        return hmac.compare_digest(mac, signature)


changed(
    "verifies the body alone, and takes it for granted that the signature has its length",
    "serves-something refuses-signature-truncated",
    LengthIsChecked,
    also="accepts-sample refuses-* survives-signature-hex",
    message=lambda _, timestamp, body: body,
)


@breaks("refuses-signature-standard-webhooks refuses-signature-legacy-v1")
class OtherHeadersToo(Receiver):
    """It verifies by what other headers offer: Standard Webhooks, or the old scheme."""

    def verify(self, headers: Headers, body: bytes) -> None:
        if "webhook-signature" in headers:
            signed = f"{headers['webhook-id']}.{headers['webhook-timestamp']}.".encode() + body
            mac = hmac.digest(bytes(self.key), signed, hashlib.sha256)
            if headers["webhook-signature"] == f"v1,{base64.b64encode(mac).decode()}":
                return
        if "x-telnyx-signature" in headers:
            stamp, _, old = headers["x-telnyx-signature"].removeprefix("t=").partition(",h=")
            secret = base64.b64encode(bytes(self.key))
            mac = hmac.digest(secret, stamp.encode() + b"." + body, hashlib.sha256)
            if old == base64.b64encode(mac).decode():
                return
        super().verify(headers, body)


@breaks(
    "refuses-signature-over-body-only refuses-signature-over-timestamp-only refuses-signature-without-separator refuses-signature-with-dot",
    severity=Severity.ADVICE,
)
class AnyScheme(Receiver):
    """It tries one scheme after the other until one fits."""

    def is_signed(self, message: bytes, signature: bytes) -> bool:
        timestamp, _, body = message.partition(b"|")
        schemes = (message, body, timestamp, timestamp + body, timestamp + b"." + body)
        return any(super(AnyScheme, self).is_signed(each, signature) for each in schemes)


@breaks("refuses-signature-over-decoded-body", severity=Severity.ADVICE)
class VerifiesText(Receiver):
    """It tries the parsed body too, as Python shows it."""

    def is_signed(self, message: bytes, signature: bytes) -> bool:
        timestamp, _, body = message.partition(b"|")
        shown = ""
        with suppress(ValueError, RecursionError):
            shown = str(json.loads(body))
        text = timestamp + b"|" + shown.encode(errors="replace")
        return super().is_signed(message, signature) or super().is_signed(text, signature)
