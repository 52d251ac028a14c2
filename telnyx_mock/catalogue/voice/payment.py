"""Payments over the telephone with the pay command. Numbers of cards and accounts are masked."""

from __future__ import annotations

from telnyx_mock.catalogue.declare import Family, field, is_, is_not, optional, rare
from telnyx_mock.catalogue.field_groups import CALL_LEG, CALL_PARTIES
from telnyx_mock.catalogue.kind_vocabulary import (
    by_app,
    by_caller,
    cases,
    either,
    identifier,
    integer,
    map_of,
    masked,
    month_and_year,
    one_of,
    setting,
    text,
    token,
)
from telnyx_mock.schema.field import Field

FAMILY = Family("voice")

CARD = is_("payment_method", "credit-card")
BANK = is_("payment_method", "ach-debit")

PAYMENT: tuple[Field, ...] = (
    field("payment_method", by_app(one_of("credit-card", "ach-debit")), "a card or a bank account"),
    field("payment_connector", setting("Default"), "the connector that the command named"),
    optional("payment_card_number", masked("xxxxxxxxxxxx1111"), "its last four digits", when=CARD),
    optional(
        "payment_card_type",
        by_caller(one_of("visa", "mastercard", "amex", "optima", "discover", "diners-club", "jcb", "maestro", "enroute")),
        "the brand; missing for any other brand",
        when=CARD,
    ),
    optional("expiration_date", month_and_year("1230"), "month and year, MMYY", when=CARD),
    optional("security_code", masked("xxx"), "masked altogether", when=CARD),
    rare("payment_card_postal_code", by_caller(token("10001")), "of the billing address", when=CARD),
    optional("bank_routing_number", by_caller(token("110000000")), "of the bank", when=BANK),
    optional("bank_account_number", masked("********34"), "its last two digits", when=BANK),
    optional("bank_account_type", token("consumer-checking"), "kind of account, if known", when=BANK),
)
"""The values that the caller has entered so far."""

_CARD_STEPS = one_of("payment-card-number", "expiration-date", "security-code", "postal-code", "payment-processing")
_BANK_STEPS = one_of("bank-routing-number", "bank-account-number", "payment-processing")

FAMILY.event(
    "call.payment.progress",
    *CALL_LEG,
    *CALL_PARTIES,
    *PAYMENT,
    field("payment_step", cases("payment_method", {"ach-debit": _BANK_STEPS}, otherwise=_CARD_STEPS), "what is being asked for"),
    field("payment_status", one_of("completed", "failed", "processing"), "how that step went"),
    field("attempt", integer(1, 1, 3), "which try at this step"),
    field(
        "error_type",
        one_of(
            "timeout",
            "invalid-card-number",
            "invalid-card-type",
            "invalid-date",
            "invalid-security-code",
            "invalid-postal-code",
            "invalid-bank-routing-number",
            "invalid-bank-account-number",
            "input-matching-failed",
            sample="invalid-card-number",
        ),
        "what was wrong with the input",
        when=is_("payment_status", "failed"),
    ),
    operation="callPaymentProgress",
    trigger="A step of a pay command begins to be processed, succeeds or fails; one event for each step and try.",
    before=("call.answered",),
    after=("call.payment.progress", "call.payment.completed"),
    note="The printed sample masks from and to as well.",
)

FAILED = is_not("result", "success")

FAMILY.event(
    "call.payment.completed",
    *CALL_LEG,
    *CALL_PARTIES,
    *PAYMENT,
    field(
        "result",
        one_of("success", "payment-connector-error", "internal-error", "too-many-failed-attempts", "cancelled"),
        "how the payment ended",
    ),
    optional("charge_id", identifier("charge_id", "ch_abc123", "ch_{hex}"), "names the charge", when=is_("result", "success")),
    rare("token_id", identifier("token_id", "tok_abc123", "tok_{hex}"), "names the stored card", when=is_("result", "success")),
    optional("payment_confirmation_code", token("CONF-98765"), "the processor's receipt, if it gave one", when=is_("result", "success")),
    optional("payment_error", token("pay_action_failed"), "what failed", when=FAILED),
    optional("pay_error_code", token("card_declined"), "the processor's code", when=FAILED),
    rare(
        "connector_error", either(text("declined"), map_of()), "more information from the processor, in words or as an object", when=FAILED
    ),
    operation="callPaymentCompleted",
    trigger="A pay command ends: paid, stored, given up or cancelled.",
    before=("call.payment.progress",),
    after=("call.hangup",),
    note="A charge has a charge_id; a stored card has a token_id. Printed samples also mask from and to, and show card and bank fields "
    "at once.",
)

EVENTS = FAMILY.events
