"""The errors with which carriers refuse messages, by Telnyx's codes."""

from __future__ import annotations

from collections.abc import Mapping

_TITLES = {
    "40001": (
        "Not routable",
        "The destination number is either a landline or a non-routable wireless number.",
    ),
    "40002": ("Blocked as spam - temporary", "The carrier's filter took the message for spam."),
    "40003": ("Blocked as spam - permanent", "The carrier blocks the sending number for spam."),
    "40004": ("Rejected by destination", "The recipient's carrier gave no reason."),
    "40005": ("Message expired during transmission", "It was not delivered in time."),
    "40006": ("Recipient server unavailable", "The recipient's carrier could not be reached."),
    "40008": ("Undeliverable", "The carrier did not accept the message."),
    "40009": ("Invalid message body", "The carrier rejected the content of the message."),
}

CARRIER_ERRORS: Mapping[str, Mapping[str, str]] = {
    code: {"code": code, "title": title, "detail": detail}
    for code, (title, detail) in _TITLES.items()
}
"""What ``message.finalized`` says, by code (https://developers.telnyx.com/docs/messaging/messages/error-codes)."""
