"""What the official Python SDK (4.189) makes of a forgery other than to refuse it with ValueError.

A receiver that leaves verification to it is a correct receiver, but for the one that escapes.
"""

from __future__ import annotations

from collections.abc import Mapping

__all__ = ["OFFICIAL_SDK"]

OFFICIAL_SDK: Mapping[str, str] = {
    "signature-with-spare-bits": "accepted: Python's strict base64 does not look at spare bits",
    "signature-bad-then-good": "accepted where the framework shows the last of two headers",
    "signature-good-then-bad": "accepted where the framework shows the first of two headers",
    "timestamp-good-then-bad": "accepted where the framework shows the first of two headers",
    "timestamp-bad-then-good": "accepted where the framework shows the last of two headers",
    "timestamp-plus-signed": "accepted: int() takes a sign, and the header is verified as it stands",
    "timestamp-zeros-signed": "accepted: int() takes leading zeros",
    "timestamp-full-width-signed": "accepted where the server decodes headers as UTF-8: int() takes "
    "the digits of every script",
    "timestamp-400-digits": "an OverflowError escapes, which is no ValueError, before the signature "
    "is verified: anyone can make a receiver fail that catches ValueError alone",
    "timestamp-400-digits-signed": "an OverflowError escapes, as without the key",
    "replay-exact": "accepted: what has been delivered is for the receiver to remember",
}
"""By the name of the forgery: what happens, and why."""
