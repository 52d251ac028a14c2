"""Steps of payments over the telephone, which voice and TeXML share: their order and their errors.

Sources: the callback page of ``call.payment.progress`` and the guide to the Pay verb, which list the
steps and the errors of each. What the caller has entered accumulates from step to step.
"""

from __future__ import annotations

from telnyx_mock.catalogue.declare import is_
from telnyx_mock.catalogue.kind_vocabulary import cases, one_of
from telnyx_mock.schema.conditions import Is
from telnyx_mock.schema.kinds import Cases

CARD_STEPS = ("payment-card-number", "expiration-date", "postal-code", "security-code", "payment-processing")
BANK_STEPS = ("bank-routing-number", "bank-account-number", "payment-processing")

_ERRORS = {
    "payment-card-number": ("invalid-card-number", "invalid-card-type"),
    "expiration-date": ("invalid-date",),
    "postal-code": ("invalid-postal-code",),
    "security-code": ("invalid-security-code",),
    "bank-routing-number": ("invalid-bank-routing-number",),
    "bank-account-number": ("invalid-bank-account-number",),
}


def from_step(path: str, first: str) -> Is:
    """While the step, the field *path*, is *first* or a later one."""
    steps = BANK_STEPS if first in BANK_STEPS else CARD_STEPS
    return is_(path, *steps[steps.index(first) :])


def step_error(path: str, *more: str, extensible: bool = False) -> Cases:
    """What was wrong with the input at the step, the field *path*; *more* may go wrong at each step."""
    errors = {step: one_of(*own, "timeout", *more, extensible=extensible) for step, own in _ERRORS.items()}
    return cases(path, errors, otherwise=errors.pop(CARD_STEPS[0]))
