"""``texml.pay.*``: a Pay verb collects a payment, step by step.

Source: the guide to the Pay verb. The guide says which fields may be present, but rarely which fields must be present.
Values are masked; each step adds to those
of earlier steps.
"""

from __future__ import annotations

from telnyx_mock.catalogue.declare import Family, both, field, has, has_no, is_, is_not, optional, rare
from telnyx_mock.catalogue.field_groups import call_control_id, call_session_id
from telnyx_mock.catalogue.kind_vocabulary import (
    always,
    by_app,
    by_caller,
    cases,
    identifier,
    integer,
    masked,
    masked_code,
    month_and_year,
    one_of,
    routing_number,
    setting,
    text,
    token,
    typed_postal_code,
    words,
)
from telnyx_mock.catalogue.payments import BANK_STEPS, CARD_STEPS, from_step, step_error
from telnyx_mock.provider_urls import VOICE_GUIDES
from telnyx_mock.schema.conditions import Condition
from telnyx_mock.schema.event import Status
from telnyx_mock.schema.field import Field
from telnyx_mock.schema.kinds import Identifier

PAY_GUIDE = f"{VOICE_GUIDES}/texml-verbs/pay"
FAMILY = Family("texml", status=Status.DOCUMENTED, url=PAY_GUIDE)
CARD = is_not("PaymentMethod", "ach-debit")
BANK = is_("PaymentMethod", "ach-debit")

STEP = cases("PaymentMethod", {"ach-debit": one_of(*BANK_STEPS, extensible=True)}, otherwise=one_of(*CARD_STEPS, extensible=True))

CALL: tuple[Field, ...] = (
    optional("AccountSid", setting("f5586561-8ff0-4291-a51b-c7dfe4139ff9"), "the account"),
    optional("CallSid", call_control_id(), "names the leg in requests"),
    field("CallSidLegacy", call_control_id(), "repeats CallSid", when=has("CallSid")),
    optional("CallSessionId", call_session_id(), "shared by linked legs"),
    optional("ConnectionId", setting("1234567890"), "the TeXML application"),
)

BRAND = one_of("visa", "mastercard", "amex", "discover", "diners-club", "jcb", extensible=True)

METHOD: tuple[Field, ...] = (
    optional("PaymentConnector", setting("MyConnector"), "the connector that processes the payment"),
    optional("PaymentMethod", by_app(one_of("credit-card", "ach-debit")), "what it is paid with"),
)


def collected(expiry: Condition, postal_code: Condition, security_code: Condition, account: Condition) -> tuple[Field, ...]:
    """The values that the caller has entered, each with the condition under which it was asked for."""
    return (
        *METHOD,
        optional("PaymentCardNumber", masked("xxxxxxxxxxxx1111"), "all but the last four digits masked", when=CARD),
        optional("PaymentCardType", by_caller(BRAND), "brand", when=has("PaymentCardNumber")),
        rare("ExpirationDate", month_and_year("1230"), "month and year", when=expiry),
        rare("SecurityCode", masked_code("xxx"), "masked wholly", when=security_code),
        rare("PaymentCardPostalCode", typed_postal_code("10001"), "of the card's holder", when=postal_code),
        optional("BankRoutingNumber", routing_number("110000000"), "of the bank", when=BANK),
        optional("BankAccountNumber", masked("********34"), "all but the last two digits masked", when=account),
        rare("BankAccountType", token("consumer-checking"), "type of the account, if the processor reports it", when=account),
    )


COLLECTED = collected(CARD, CARD, CARD, BANK)


def charge_id() -> Identifier:
    """The processor's id of a charge."""
    return identifier("charge_id", "ch_5f3a9c1e7b20", "ch_{hex}")


def token_id() -> Identifier:
    """The processor's id of a stored card or account."""
    return identifier("token_id", "tok_5f3a9c1e7b20", "tok_{hex}")


FAMILY.form(
    "texml.pay.progress",
    field("Status", always("processing"), "the payment goes on"),
    field("Result", always("pending"), "so there is no result"),
    *CALL,
    optional("For", STEP, "the step"),
    optional("Attempt", integer(1, 1), "of the step, from 1"),
    *collected(
        both(CARD, from_step("For", "expiration-date")),
        both(CARD, from_step("For", "postal-code")),
        both(CARD, from_step("For", "security-code")),
        both(BANK, from_step("For", "bank-account-number")),
    ),
    rare(
        "ErrorType",
        step_error("For", extensible=True),
        "why the step failed, if it failed",
        when=both(has("For"), is_not("For", "payment-processing")),
    ),
    rare("PaymentError", words("card_declined"), "the processor's explanation", when=is_("For", "payment-processing")),
    trigger="A Pay verb with a statusCallback has finished a step, or tries a failed step again.",
    before=("texml.instructions",),
    after=("texml.pay.progress", "texml.pay.completed", "texml.pay.action"),
)

SUCCESS = is_("Result", "success")
FAILED = is_("Result", "failed")

FAMILY.form(
    "texml.pay.completed",
    field("Status", always("completed"), "the payment is over"),
    field("Result", one_of("success", "failed"), "how it went"),
    *CALL,
    optional("For", STEP, "the last step"),
    optional("Attempt", integer(1, 1), "the last attempt"),
    *COLLECTED,
    rare("TokenId", token_id(), "after a tokenize", when=SUCCESS),
    field("ChargeId", charge_id(), "after a charge", when=both(SUCCESS, has_no("TokenId"))),
    rare("ErrorType", step_error("For", extensible=True), "the step error that ended it", when=both(FAILED, has("For"))),
    optional("PaymentError", words("card_declined"), "what the processor says", when=FAILED),
    optional("PayErrorCode", token("card_declined"), "its code", when=FAILED),
    trigger="A Pay verb with a statusCallback ends, with or without a payment.",
    before=("texml.pay.progress",),
    after=("texml.pay.action",),
)

PAID = is_("PayResult", "success")
UNPAID = is_("PayResult", "failed")
REASON = one_of("payment-connector-error", "validation-error", "internal-error", "too-many-failed-attempts", "cancelled", extensible=True)

FAMILY.form(
    "texml.pay.action",
    field("PayResult", one_of("success", "failed"), "how it went"),
    field("Result", cases("PayResult", {"success": always("success")}, otherwise=REASON), "how it went, in detail"),
    optional("CallSessionId", call_session_id(), "shared by linked legs"),
    *COLLECTED,
    rare("TokenId", token_id(), "after a tokenize", when=PAID),
    field("PaymentToken", token_id(), "repeats TokenId", when=has("TokenId")),
    field("ChargeId", charge_id(), "after a charge", when=both(PAID, has_no("TokenId"))),
    field("PaymentConfirmationCode", charge_id(), "repeats ChargeId", when=has("ChargeId")),
    rare("PaymentStep", STEP, "the last step"),
    rare("ErrorCode", step_error("PaymentStep", extensible=True), "the step error that ended it", when=both(UNPAID, has("PaymentStep"))),
    optional("PaymentError", words("card_declined"), "what the processor says", when=UNPAID),
    optional("PayErrorCode", token("card_declined"), "its code", when=UNPAID),
    extra=text(""),
    trigger="A Pay verb ends. The event is sent to the verb's action, or, without an action, to the address of the running document.",
    before=("texml.pay.progress", "texml.pay.completed"),
    reply="a TeXML document, which takes over the call",
    note="Its fields differ from those of texml.pay.completed. The guide lists no CallSid for it.",
)

EVENTS = FAMILY.events
