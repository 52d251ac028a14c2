"""Payments over the telephone with the pay command. Numbers of cards and accounts are masked."""

from __future__ import annotations

from telnyx_mock.catalogue.declare import Family, both, field, has, has_no, is_, is_not, optional, rare
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
    masked_code,
    month_and_year,
    one_of,
    routing_number,
    setting,
    token,
    typed_postal_code,
    words,
)
from telnyx_mock.catalogue.payments import BANK_STEPS, CARD_STEPS, from_step, step_error
from telnyx_mock.schema.conditions import Condition
from telnyx_mock.schema.field import Field

FAMILY = Family("voice")

CARD = is_("payment_method", "credit-card")
BANK = is_("payment_method", "ach-debit")

METHOD: tuple[Field, ...] = (
    field("payment_method", by_app(one_of("credit-card", "ach-debit")), "a card or a bank account"),
    field("payment_connector", setting("Default"), "the connector that the command named"),
)

BRAND = by_caller(one_of("visa", "mastercard", "amex", "optima", "discover", "diners-club", "jcb", "maestro", "enroute"))


def entered(expiry: Condition, postal_code: Condition, security_code: Condition, account: Condition) -> tuple[Field, ...]:
    """The values that the caller has entered, each with the condition under which it was asked for."""
    return (
        optional("payment_card_number", masked("xxxxxxxxxxxx1111"), "its last four digits", when=CARD),
        optional("payment_card_type", BRAND, "the brand; missing for any other brand", when=has("payment_card_number")),
        optional("expiration_date", month_and_year("1230"), "month and year, MMYY", when=expiry),
        optional("security_code", masked_code("xxx"), "masked altogether", when=security_code),
        rare("payment_card_postal_code", typed_postal_code("10001"), "of the billing address", when=postal_code),
        optional("bank_routing_number", routing_number("110000000"), "of the bank", when=BANK),
        optional("bank_account_number", masked("********34"), "its last two digits", when=account),
        optional("bank_account_type", token("consumer-checking"), "kind of account, if known", when=account),
    )


FAMILY.event(
    "call.payment.progress",
    *CALL_LEG,
    *CALL_PARTIES,
    *METHOD,
    *entered(
        both(CARD, from_step("payment_step", "expiration-date")),
        both(CARD, from_step("payment_step", "postal-code")),
        both(CARD, from_step("payment_step", "security-code")),
        both(BANK, from_step("payment_step", "bank-account-number")),
    ),
    field(
        "payment_step",
        cases("payment_method", {"ach-debit": one_of(*BANK_STEPS)}, otherwise=one_of(*CARD_STEPS)),
        "what is being asked for",
    ),
    field("payment_status", one_of("completed", "failed", "processing"), "how that step went"),
    field("attempt", integer(1, 1, 3), "which try at this step"),
    field(
        "error_type",
        step_error("payment_step", "input-matching-failed"),
        "what was wrong with the input",
        when=both(is_("payment_status", "failed"), is_not("payment_step", "payment-processing")),
    ),
    operation="callPaymentProgress",
    trigger="A step of a pay command begins to be processed, succeeds or fails; one event for each step and try.",
    before=("call.answered",),
    after=("call.payment.progress", "call.payment.completed"),
    note="The printed sample masks from and to as well, and shows values of later steps.",
)

SUCCESS = is_("result", "success")
FAILED = is_not("result", "success")
REFUSED = is_("result", "payment-connector-error")

FAMILY.event(
    "call.payment.completed",
    *CALL_LEG,
    *CALL_PARTIES,
    *METHOD,
    *entered(CARD, CARD, CARD, BANK),
    field(
        "result",
        one_of("success", "payment-connector-error", "internal-error", "too-many-failed-attempts", "cancelled"),
        "how the payment ended",
    ),
    rare("token_id", identifier("token_id", "tok_5f3a9c1e7b20", "tok_{hex}"), "names the stored card or account", when=SUCCESS),
    field("charge_id", identifier("charge_id", "ch_5f3a9c1e7b20", "ch_{hex}"), "names the charge", when=both(SUCCESS, has_no("token_id"))),
    optional("payment_confirmation_code", token("CONF-98765"), "the processor's receipt, if it gave one", when=has("charge_id")),
    optional("payment_error", token("pay_action_failed"), "what failed", when=FAILED),
    optional("pay_error_code", token("card_declined"), "the processor's code", when=REFUSED),
    rare(
        "connector_error",
        either(words("declined"), map_of()),
        "more information from the processor, in words or as an object",
        when=REFUSED,
    ),
    operation="callPaymentCompleted",
    trigger="A pay command ends: paid, stored, given up or cancelled.",
    before=("call.payment.progress",),
    after=("call.hangup",),
    note="A charge has a charge_id; a stored card has a token_id. Printed samples also mask from and to, and show card and bank fields "
    "at once.",
)

EVENTS = FAMILY.events
