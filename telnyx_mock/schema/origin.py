"""Who decides a value: Telnyx itself, the caller or sender, or the customer's own app."""

from __future__ import annotations

from enum import Enum


class Origin(Enum):
    """Who decides the values of a field.

    What a receiver must expect follows from it. Telnyx and strangers send what the declaration
    allows. A value of the app comes back as the app gave it, or is null or absent.
    """

    TELNYX = "telnyx"
    """Telnyx: ids, times, states, codes, amounts."""
    CALLER = "caller"
    """The caller or sender, an untrusted person: numbers, names, text, digits, speech, SIP headers."""
    APP = "app"
    """The customer's app: what it said in a command, or its owner set in the portal."""
