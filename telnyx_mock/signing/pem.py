"""Reads Ed25519 keys from PEM, as OpenSSL writes them (RFC 8410)."""

from __future__ import annotations

import base64
import binascii
import re

_PEM = re.compile(r"-----BEGIN ([A-Z0-9 ]{1,40})-----([A-Za-z0-9+/=\s]*)-----END \1-----")

_BEFORE_SEED = bytes.fromhex("06032b657004220420")
_BEFORE_PUBLIC = bytes.fromhex("302a300506032b6570032100")
"""What stands before the 32 bytes of a key: the number of the algorithm, and the length."""


def pem_label(text: str) -> str:
    """Return what *text* says that it holds, such as ``PUBLIC KEY``; empty if it is no PEM."""
    found = _PEM.search(_lines(text))
    return found[1] if found else ""


def seed_in(text: str) -> bytes | None:
    """Return the 32 bytes of the private key in the PEM *text*, or None."""
    return _after(_BEFORE_SEED, text)


def public_key_in(text: str) -> bytes | None:
    """Return the 32 bytes of the public key in the PEM *text*, or None."""
    return _after(_BEFORE_PUBLIC, text)


def _after(start: bytes, text: str) -> bytes | None:
    found = _PEM.search(_lines(text))
    try:
        content = base64.b64decode(found[2] if found else "")
    except (ValueError, binascii.Error):
        return None
    key = content.partition(start)[2][:32]
    return key if len(key) == 32 else None


def _lines(text: str) -> str:
    r"""Return *text* with the line ends that a variable often holds as ``\\n``."""
    return text.replace("\\n", "\n")
