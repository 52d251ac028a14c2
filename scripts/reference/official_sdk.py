"""Forgeries that the official Python SDK (4.189) does not refuse with a ValueError.

A receiver that verifies with the SDK is correct, if it also catches the OverflowError.
"""

from __future__ import annotations

from collections.abc import Mapping

__all__ = ["OFFICIAL_SDK"]

OFFICIAL_SDK: Mapping[str, str] = {
    "signature-with-spare-bits": "accepted: Python's strict base64 ignores spare bits",
    "signature-bad-then-good": "accepted where the framework shows the last of two headers",
    "signature-good-then-bad": "accepted where the framework shows the first of two headers",
    "timestamp-good-then-bad": "accepted where the framework shows the first of two headers",
    "timestamp-bad-then-good": "accepted where the framework shows the last of two headers",
    "timestamp-plus-signed": "accepted: int() takes a sign, and the signature covers the header as sent",
    "timestamp-zeros-signed": "accepted: int() takes leading zeros",
    "timestamp-full-width-signed": "accepted where the server decodes headers as UTF-8: int() takes "
    "digits of every script",
    "timestamp-400-digits": "an OverflowError escapes before the signature is verified, so anyone can "
    "make a receiver fail that catches only ValueError",
    "timestamp-400-digits-signed": "an OverflowError escapes, as without the key",
    "replay-exact": "accepted: the receiver itself must remember what was delivered",
}
"""By the name of the forgery: what the SDK does, and why."""
