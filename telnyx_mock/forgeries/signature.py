"""Lies about the signature. None of them needs the key.

Receivers have fallen for each: https://developers.telnyx.com/docs/messaging/messages/receiving-webhooks
says what a signature is, and nothing about one that is missing or cannot be decoded.
"""

from __future__ import annotations

from telnyx_mock.forgeries.forgery import Forgery, Group, Original
from telnyx_mock.request import SIGNATURE_HEADER, Request
from telnyx_mock.severity import Severity

__all__ = ["SIGNATURE_FORGERIES"]


def _signature(request: Request) -> bytes:
    return request.header(SIGNATURE_HEADER) or b""


def _missing(original: Original) -> Request:
    return original.request().with_headers((SIGNATURE_HEADER, None))


def _empty(original: Original) -> Request:
    return original.request().with_headers((SIGNATURE_HEADER, b""))


def _not_base64(original: Original) -> Request:
    # Nothing of the genuine signature may be in it: a lenient decoder that skips what it does
    # not know would be right to accept that.
    return original.request().with_headers((SIGNATURE_HEADER, b"*this is no signature*"))


def _truncated(original: Original) -> Request:
    # 44 characters are 33 whole bytes, so that the length alone is wrong.
    request = original.request()
    return request.with_headers((SIGNATURE_HEADER, _signature(request)[:44]))


def _by_another_key(original: Original) -> Request:
    return original.request_by_stranger()


def _of_another_webhook(original: Original) -> Request:
    stolen = _signature(original.other_request())
    return original.request().with_headers((SIGNATURE_HEADER, stolen))


SIGNATURE_FORGERIES: tuple[Forgery, ...] = (
    Forgery(
        "signature-missing",
        Group.SIGNATURE,
        "verifies nothing, or only what happens to be signed",
        Severity.ERROR,
        _missing,
    ),
    Forgery(
        "signature-empty",
        Group.SIGNATURE,
        "takes an empty signature for none, and none for good",
        Severity.ERROR,
        _empty,
    ),
    Forgery(
        "signature-not-base64",
        Group.SIGNATURE,
        "looks for the signature without verifying it, or carries on when it cannot be decoded",
        Severity.ERROR,
        _not_base64,
    ),
    Forgery(
        "signature-truncated",
        Group.SIGNATURE,
        "carries on when the signature has not the 64 bytes of Ed25519",
        Severity.ERROR,
        _truncated,
    ),
    Forgery(
        "signature-by-another-key",
        Group.SIGNATURE,
        "does not verify with the account's public key, so anyone's signature will do",
        Severity.ERROR,
        _by_another_key,
    ),
    Forgery(
        "signature-of-another-webhook",
        Group.SIGNATURE,
        "does not bind the signature to the body: one that was seen once opens the door for all",
        Severity.ERROR,
        _of_another_webhook,
    ),
)
"""The forgeries of the signature, in the order in which they are tried."""
