"""Numbers of cards and bank accounts: whether they can be right, and how webhooks mask them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from telnyx_mock.simulator.parameters import texts, whole

_BRANDS = {
    "visa": r"4\d{12,18}",
    "mastercard": r"(5[1-5]|2[2-7])\d{14}",
    "amex": r"3[47]\d{13}",
    "discover": r"(6011|65\d\d)\d{12}",
    "diners-club": r"3[068]\d{12}",
    "jcb": r"35\d{14}",
    "maestro": r"(50|5[6-8]|6)\d{10,18}",
}


def brand_of(number: str) -> str | None:
    """Return the brand of the card with this *number*, or None if it is not known."""
    return next((name for name, form in _BRANDS.items() if re.fullmatch(form, number)), None)


def error_in(step: str, value: str, given: Mapping[str, Any]) -> str | None:
    """Return what is wrong with the *value* that was entered at *step* of the command *given*, or None."""
    match step:
        case "payment-card-number":
            if not re.fullmatch(r"\d{12,19}", value) or _luhn(value) != 0:
                return "invalid-card-number"
            allowed = texts(given, "valid_card_types")
            return "invalid-card-type" if allowed and brand_of(value) not in allowed else None
        case "expiration-date":
            return None if re.fullmatch(r"(0[1-9]|1[0-2])\d\d", value) else "invalid-date"
        case "postal-code":
            least = whole(given, "min_postal_code_length", 1)
            right = value.isdecimal() and least <= len(value) <= max(10, least)
            return None if right else "invalid-postal-code"
        case "security-code":
            return None if re.fullmatch(r"\d{3,4}", value) else "invalid-security-code"
        case "bank-routing-number":
            return None if _is_routing_number(value) else "invalid-bank-routing-number"
        case _:
            return None if re.fullmatch(r"\d{4,17}", value) else "invalid-bank-account-number"


def masked(step: str, value: str) -> str:
    """Return the *value* that was entered at *step*, as webhooks show it."""
    match step:
        case "payment-card-number":
            return "x" * (len(value) - 4) + value[-4:]
        case "security-code":
            return "x" * len(value)
        case "bank-account-number":
            return "*" * (len(value) - 2) + value[-2:]
        case _:
            return value


def _luhn(number: str) -> int:
    """Return the check sum of *number*, which is 0 for a number that can be right (ISO/IEC 7812)."""
    digits = [int(digit) for digit in reversed(number)]
    doubled = (sum(divmod(2 * digit, 10)) for digit in digits[1::2])
    return (sum(digits[::2]) + sum(doubled)) % 10


def _is_routing_number(value: str) -> bool:
    """Whether *value* can be the routing number of a bank: nine digits with the check sum of the ABA."""
    if not re.fullmatch(r"\d{9}", value):
        return False
    return (
        sum(int(digit) * weight for digit, weight in zip(value, (3, 7, 1) * 3, strict=True)) % 10
        == 0
    )
