"""The key is missing, unreadable, of another account, or one of several."""

from __future__ import annotations

import base64
import os
from collections.abc import Iterable, Sequence

from nacl.signing import SigningKey, VerifyKey

from telnyx_mock.severity import Severity
from tests.receivers.correct import Headers, Keyed, Receiver
from tests.receivers.fault import breaks
from tests.receivers.faults.signature import SIGNATURE


@breaks("serves-something", also="accepts-sample")
class OtherKey(Receiver):
    """It verifies with the public key of another account."""

    def __init__(self) -> None:
        super().__init__()
        self.key = SigningKey.generate().verify_key


@breaks("fails-closed")
class OpenWithoutKey(Receiver):
    """It verifies nothing while it has no public key, as in development."""

    def __init__(self) -> None:
        self.has_key = bool(os.environ.get("TELNYX_PUBLIC_KEY"))
        if self.has_key:
            super().__init__()

    def verify(self, headers: Headers, body: bytes) -> None:
        if self.has_key:
            super().verify(headers, body)


@breaks("fails-closed")
class OpenWithUnreadableKey(OpenWithoutKey):
    """It verifies nothing while it cannot read its key."""

    def __init__(self) -> None:
        try:
            super().__init__()
        except ValueError:
            self.has_key = False


@breaks("accepts-key-spelling", severity=Severity.ADVICE)
class DecodesLate(Receiver):
    """It decodes its key when it verifies, and takes a key that it cannot read for a forgery."""

    def __init__(self) -> None:
        self.text = os.environ.get("TELNYX_PUBLIC_KEY", "")

    def is_signed(self, message: bytes, signature: bytes) -> bool:
        try:
            self.key = VerifyKey(base64.b64decode(self.text, validate=True))
        except ValueError:
            return False
        return super().is_signed(message, signature)


@breaks("supports-key-rotation")
class OnlyTheFirst(Keyed):
    """It verifies with the first of its keys."""

    def __init__(self, keys: Sequence[str] | None = None) -> None:
        super().__init__(keys)
        self.keys = [self.keys[0]]


@breaks("supports-key-rotation")
class OnlyTheLast(Keyed):
    """It verifies with the last of its keys, for each overwrites the one before."""

    def __init__(self, keys: Sequence[str] | None = None) -> None:
        super().__init__(keys)
        self.keys = [self.keys[-1]]


@breaks("supports-key-rotation")
class EachOfThem(Keyed):
    """It takes what all of its keys fit."""

    def is_signed(self, message: bytes, signature: bytes) -> bool:
        fits = [self.is_signed_with(key, message, signature) for key in self.keys]
        return bool(fits) and all(fits)


@breaks("supports-key-rotation")
class GoesOn(Keyed):
    """It tries one key after the other, and goes on when it has tried the last of several."""

    def is_signed(self, message: bytes, signature: bytes) -> bool:
        return super().is_signed(message, signature) or len(self.keys) > 1


@breaks("supports-key-rotation")
class OpenWithoutKeys(Keyed):
    """It has nothing to verify with while its list is empty, and takes that for verified."""

    def is_signed(self, message: bytes, signature: bytes) -> bool:
        return not self.keys or super().is_signed(message, signature)


@breaks("supports-key-rotation")
class OneForEachSignature(Keyed):
    """It expects as many signatures as it has keys, as Standard Webhooks sends them."""

    def read(self, headers: Iterable[tuple[bytes, bytes]]) -> Headers:
        signatures = sum(name.decode().lower() == SIGNATURE for name, _ in headers)
        self.tried = self.keys[:signatures]
        return super().read(headers)

    def is_signed(self, message: bytes, signature: bytes) -> bool:
        return any(self.is_signed_with(key, message, signature) for key in self.tried)


@breaks("supports-key-rotation")
class OneKey(Keyed):
    """It takes a list of one."""

    def __init__(self, keys: Sequence[str] | None = None) -> None:
        [key] = [os.environ["TELNYX_PUBLIC_KEY"]] if keys is None else keys
        super().__init__([key])


@breaks("supports-key-rotation")
class FailsAtAnother(Keyed):
    """It looks up which of its keys fits, and takes it for granted that one does."""

    def is_signed(self, message: bytes, signature: bytes) -> bool:
        if len(self.keys) == 1:
            return super().is_signed(message, signature)
        fitting = [each for each in self.keys if self.is_signed_with(each, message, signature)]
        self.last: VerifyKey = fitting[0]
        return True
