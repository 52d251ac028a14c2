"""Ed25519 key pairs: generate, load, save. No ``repr`` and no error shows a private key."""

from __future__ import annotations

import base64
import binascii
import os
import re
from pathlib import Path
from typing import NoReturn

from nacl.signing import SigningKey

from telnyx_mock.errors import UsageError
from telnyx_mock.hidden import hide, hide_key
from telnyx_mock.signing.pem import pem_label, seed_in

_VARIABLE = re.compile("[A-Z]+[0-9]{0,2}(?:_(?:[A-Z]+[0-9]{0,2}|[0-9]{1,3}))*")
_FILE = re.compile(r"[^/\\]\.[a-z]{1,5}$")
"""Names that an error may show. Any other name may be the key itself, or a part of it, by mistake."""

_MOST = 4096
"""The most characters that are read from a key file, which may be a device by mistake."""


class KeyPair:
    """An Ed25519 key pair, as a Telnyx account has one.

    >>> from telnyx_mock import KeyPair
    >>> len(KeyPair.generate().public_key)
    44
    """

    __slots__ = ("_signing", "public_key")

    public_key: str
    """The public key: base64 of 32 raw bytes, as the Mission Control portal shows it."""

    def __init__(self, seed: bytes) -> None:
        self._signing = SigningKey(seed)
        self.public_key = base64.b64encode(bytes(self._signing.verify_key)).decode("ascii")

    @classmethod
    def generate(cls) -> KeyPair:
        """Return a new key pair."""
        return cls(bytes(SigningKey.generate()))

    @classmethod
    def load(cls, reference: str) -> KeyPair:
        """Read the private key from *reference*: ``env:NAME`` or ``file:PATH``.

        The key is 32 bytes in base64 or hex, or a private key in PEM. A reference never holds the key itself, because
        command lines and settings end up in logs. Raises UsageError if there is no key.
        """
        # Tracebacks may show local variables, so none in a frame that raises has the key.
        pair, label = _pair(_read(reference).strip())
        if pair is None:
            instead = f": it is PEM with the label {label}" if label else ""
            if label == "PRIVATE KEY":
                instead = ": it is a private key of another algorithm"
            raise UsageError(
                f"{reference} holds no Ed25519 private key{instead}; expected 32 bytes in base64 or "
                "hex, or PEM with the label PRIVATE KEY."
            )
        return pair

    def save(self, path: Path) -> None:
        """Write the private key to a new file that only its owner can read.

        Raises UsageError if the file exists or cannot be written.
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
        """Return the signature in base64; *timestamp* is the text of the timestamp header."""
        return base64.b64encode(self.sign_raw(timestamp + separator + body))

    def sign_raw(self, message: bytes) -> bytes:
        """Return the 64 bytes of the signature of *message*."""
        return self._signing.sign(message).signature

    def __repr__(self) -> str:
        return f"<KeyPair {self.public_key}>"

    def __reduce__(self) -> NoReturn:
        raise TypeError(
            "a KeyPair cannot be pickled or copied, because its private key must not leave it"
        )


def _read(reference: str) -> str:
    """Return the text that *reference* names: an environment variable or the content of a file."""
    scheme, _, place = reference.partition(":")
    if scheme == "env" and place:
        if place not in os.environ:
            shown = place if _VARIABLE.fullmatch(place) else "of that name"
            raise UsageError(f"The environment has no variable {shown} to read the key from.")
        return os.environ[place]
    if scheme == "file" and place:
        try:
            with Path(place).open(encoding="ascii", errors="replace") as file:
                return file.read(_MOST)
        except (OSError, ValueError) as error:
            shown = f"key file {place}" if _FILE.search(place) else "key file"
            why = error.strerror if isinstance(error, OSError) else "its name is impossible"
            raise UsageError(f"The {shown} cannot be read: {why}.") from None
    raise UsageError(
        "Say where the private key is, with env:NAME or file:PATH; never give the key itself."
    )


def _pair(text: str) -> tuple[KeyPair | None, str]:
    """Return the key pair in *text*, which no output shows from now on; None if *text* is no key.

    The second value is the label of a PEM *text*.
    """
    seed = seed_in(text) or _seed(text)
    if seed is None:
        return None, pem_label(text)
    pair = KeyPair(seed)
    hide(text)
    hide_key(seed, base64.b64decode(pair.public_key))
    return pair, ""


def _seed(text: str) -> bytes | None:
    """Return the 32 bytes of the private key in *text*, or None if *text* is no key."""
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
