"""Forgeries that the official Python SDK (4.189) does not refuse with a ValueError.

A receiver that verifies with the SDK is correct if it also catches the OverflowError.
"""

from __future__ import annotations

from collections.abc import Mapping

OFFICIAL_SDK: Mapping[str, str] = {
    "signature-with-spare-bits": "accepted: Python's strict base64 ignores spare bits",
    "signature-bad-then-good": "accepted if the framework returns the last of two headers with one name",
    "signature-good-then-bad": "accepted if the framework returns the first of two headers with one name",
    "timestamp-good-then-bad": "accepted if the framework returns the first of two headers with one name",
    "timestamp-bad-then-good": "accepted if the framework returns the last of two headers with one name",
    "timestamp-plus-signed": "accepted: int() takes a sign, and the signature covers the header as sent",
    "timestamp-zeros-signed": "accepted: int() takes leading zeros",
    "timestamp-full-width-signed": "accepted where the server decodes headers as UTF-8: int() takes "
    "digits of every script",
    "timestamp-400-digits": "an OverflowError escapes before the signature is verified, so anyone can "
    "make a receiver fail that catches only ValueError",
    "timestamp-400-digits-signed": "an OverflowError escapes, as without the key",
    "replay-exact": "accepted: the receiver itself must remember what was delivered",
}
"""What the SDK does with each forgery, and why. The keys are names of forgeries."""
