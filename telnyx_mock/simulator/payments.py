"""Payments on a leg: what the command pay asks for, step by step, and what a person enters."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Any

from telnyx_mock.catalogue.payments import BANK_STEPS, CARD_STEPS
from telnyx_mock.schema.json_values import ABSENT
from telnyx_mock.simulator.cards import brand_of, error_in, masked
from telnyx_mock.simulator.leg import Leg, Payment
from telnyx_mock.simulator.network import LATENCY, Network
from telnyx_mock.simulator.parameters import mapping, seconds, text, whole

FIELDS = {
    "payment-card-number": "payment_card_number",
    "expiration-date": "expiration_date",
    "postal-code": "payment_card_postal_code",
    "security-code": "security_code",
    "bank-routing-number": "bank_routing_number",
    "bank-account-number": "bank_account_number",
}
"""The field of the webhooks that shows what was entered at each step."""

_PROCESSING = "payment-processing"

_ENTERS = 4.0
"""How many seconds a person takes to enter a value."""

_PROCESSES = 2.0
"""How many seconds the connector takes."""


def start(network: Network, leg: Leg, given: Mapping[str, Any]) -> None:
    """Do what the command pay says."""
    if leg.payment is not None:
        network.note(leg, "note", "a payment is under way already")
        return
    method = "ach-debit" if given.get("payment_method") == "ach-debit" else "credit-card"
    leg.payment = payment = Payment(given, _steps(method, given))
    payment.fields = {
        "payment_method": method,
        "payment_connector": text(given, "connector_name") or "Default",
    }
    network.after(LATENCY, partial(_ask, network, leg, payment), leg)


def enter(network: Network, leg: Leg, values: Mapping[str, str], declined: str | None) -> None:
    """Let the person enter these *values* by steps, until all steps are done or have failed.

    *declined* is the code with which the processor refuses the payment, if it does.
    """
    if leg.payment is not None:
        leg.payment.declined = declined
        _type(network, leg, leg.payment, values)


def cancel(network: Network, leg: Leg) -> None:
    """Give up the payment, because the call has ended."""
    if leg.payment is not None:
        _completed(network, leg, leg.payment, "cancelled", payment_error="pay_action_failed")


def _steps(method: str, given: Mapping[str, Any]) -> list[str]:
    if given.get("payment_token"):
        return []
    steps = [step for step in CARD_STEPS if step != _PROCESSING]
    if method == "ach-debit":
        steps = [step for step in BANK_STEPS if step != _PROCESSING]
    elif given.get("postal_code", True) not in (True, "true"):
        steps.remove("postal-code")
    return steps


def _ask(network: Network, leg: Leg, payment: Payment) -> None:
    """Ask for the value of the next step, or process the payment after the last one."""
    if leg.payment is not payment:
        return
    if not payment.steps:
        _progress(network, leg, payment, _PROCESSING, "processing")
        network.after(_PROCESSES, partial(_process, network, leg, payment), leg)
        return
    if prompt := text(mapping(payment.given, "prompts"), payment.steps[0]):
        network.hear(leg, prompt)
    limit = seconds(payment.given, "timeout_millis", 5.0)
    fails = partial(_failed, network, leg, payment, "timeout")
    payment.timer = network.after(limit, fails, leg, awaits=True)


def _type(network: Network, leg: Leg, payment: Payment, values: Mapping[str, str]) -> None:
    if leg.payment is not payment or not payment.steps or payment.steps[0] not in values:
        return
    if payment.timer is not None:
        payment.timer.cancelled = True
    network.after(_ENTERS, partial(_entered, network, leg, payment, values), leg)


def _entered(network: Network, leg: Leg, payment: Payment, values: Mapping[str, str]) -> None:
    if leg.payment is not payment:
        return
    step = payment.steps[0]
    value = values[step]
    if (error := error_in(step, value, payment.given)) is not None:
        _failed(network, leg, payment, error)
    else:
        payment.entered[FIELDS[step]] = masked(step, value)
        if step == "payment-card-number":
            payment.entered["payment_card_type"] = brand_of(value) or ABSENT
        _progress(network, leg, payment, step, "completed")
        del payment.steps[0]
        payment.attempt = 1
        _ask(network, leg, payment)
    _type(network, leg, payment, values)


def _failed(network: Network, leg: Leg, payment: Payment, error: str) -> None:
    if leg.payment is not payment:
        return
    _progress(network, leg, payment, payment.steps[0], "failed", error_type=error)
    if payment.attempt >= whole(payment.given, "max_attempts", 3, most=3):
        _completed(
            network, leg, payment, "too-many-failed-attempts", payment_error="pay_action_failed"
        )
        return
    payment.attempt += 1
    _ask(network, leg, payment)


def _process(network: Network, leg: Leg, payment: Payment) -> None:
    if leg.payment is not payment:
        return
    if payment.declined is not None:
        why = {"payment_error": "pay_action_failed", "pay_error_code": payment.declined}
        _completed(network, leg, payment, "payment-connector-error", **why)
    elif _is_charge(payment.given):
        _completed(network, leg, payment, "success", charge_id=network.new_id("ch_{hex}"))
    else:
        _completed(network, leg, payment, "success", token_id=network.new_id("tok_{hex}"))


def _is_charge(given: Mapping[str, Any]) -> bool:
    amount = given.get("amount")
    kind = given.get("transaction_type")
    inferred = "charge" if isinstance(amount, int | float) and amount > 0 else "tokenize"
    return (kind if kind in ("charge", "tokenize") else inferred) == "charge"


def _progress(
    network: Network, leg: Leg, payment: Payment, step: str, status: str, **more: Any
) -> None:
    shown: dict[str, Any] = {
        "payment_step": step,
        "payment_status": status,
        "attempt": payment.attempt,
    }
    network.send("call.payment.progress", leg, **_shown(payment), **shown, **more)


def _completed(network: Network, leg: Leg, payment: Payment, result: str, **more: Any) -> None:
    leg.payment = None
    if payment.timer is not None:
        payment.timer.cancelled = True
    network.send("call.payment.completed", leg, **_shown(payment), result=result, **more)


def _shown(payment: Payment) -> dict[str, Any]:
    """Return the fields of each webhook: what was entered, and the absence of all else."""
    names = (*FIELDS.values(), "payment_card_type", "bank_account_type")
    return {**dict.fromkeys(names, ABSENT), **payment.fields, **payment.entered}
