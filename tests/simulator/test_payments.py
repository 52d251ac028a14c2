"""A person pays by telephone: each step tells whether it was right, and the payment ends in one way."""

from __future__ import annotations

from typing import Any

import pytest

from telnyx_mock.errors import ReceiverFailure
from telnyx_mock.simulator.cards import brand_of, error_in, masked
from tests.simulator.app import App
from tests.simulator.conftest import Bound
from tests.simulator.test_calls import answers
from tests.simulator.world import World

Seen = list[dict[str, Any]]


def asks(seen: Seen, **given: Any) -> App:
    """Return an app that asks for a payment once it has answered, and notes webhooks of that."""

    def handle(app: App, event: str, payload: dict[str, Any]) -> None:
        answers(app, event, payload)
        if event == "call.answered":
            app.do("pay", payload, **given)
        if event.startswith("call.payment"):
            seen.append(payload)

    return App(handle)


def steps(seen: Seen) -> list[tuple[Any, Any]]:
    return [
        (each["payment_step"], each["payment_status"]) for each in seen if "payment_step" in each
    ]


def test_a_card_is_charged_after_all_steps(bound: Bound) -> None:
    seen: Seen = []
    call = bound(asks(seen, amount=12.5, currency="USD")).call()
    call.pay()
    assert steps(seen) == [
        ("payment-card-number", "completed"),
        ("expiration-date", "completed"),
        ("postal-code", "completed"),
        ("security-code", "completed"),
        ("payment-processing", "processing"),
    ]
    assert "payment_card_number" in seen[0]
    assert "expiration_date" not in seen[0]
    last = seen[-1]
    assert (last["result"], last["payment_card_number"]) == ("success", "xxxxxxxxxxxx1111")
    assert last["payment_card_type"] == "visa"
    assert "charge_id" in last
    assert "token_id" not in last
    assert "4111111111111111" not in repr(seen)
    assert call.state == "answered"


def test_a_bank_account_is_stored(bound: Bound) -> None:
    seen: Seen = []
    bound(asks(seen, payment_method="ach-debit")).call().pay()
    assert [step for step, _ in steps(seen)] == [
        "bank-routing-number",
        "bank-account-number",
        "payment-processing",
    ]
    assert "token_id" in seen[-1]
    assert seen[-1]["bank_account_number"] == "**********89"
    assert "payment_card_number" not in seen[-1]


@pytest.mark.parametrize(
    ("given", "entered", "error"),
    [
        ({}, {"card": "4111111111111112"}, "invalid-card-number"),
        ({"valid_card_types": ["amex"]}, {}, "invalid-card-type"),
        ({}, {"expires": "1330"}, "invalid-date"),
        ({"min_postal_code_length": 6}, {}, "invalid-postal-code"),
        ({}, {"code": "12"}, "invalid-security-code"),
        ({"payment_method": "ach-debit"}, {"routing_number": "1"}, "invalid-bank-routing-number"),
        ({"payment_method": "ach-debit"}, {"account_number": "1"}, "invalid-bank-account-number"),
    ],
)
def test_a_wrong_value_is_tried_as_often_as_the_command_allows(
    bound: Bound, given: dict[str, Any], entered: dict[str, str], error: str
) -> None:
    seen: Seen = []
    bound(asks(seen, max_attempts=2, **given)).call().pay(**entered)
    failed = [(each["error_type"], each["attempt"]) for each in seen if "error_type" in each]
    assert failed == [(error, 1), (error, 2)]
    assert seen[-1]["result"] == "too-many-failed-attempts"


def test_the_processor_declines(bound: Bound) -> None:
    seen: Seen = []
    bound(asks(seen)).call().pay(declined="card_declined")
    assert seen[-1]["result"] == "payment-connector-error"
    assert seen[-1]["pay_error_code"] == "card_declined"


def test_silence_is_a_failed_attempt_each_time(bound: Bound) -> None:
    seen: Seen = []
    call = bound(asks(seen)).call()
    for _ in range(3):
        call.stay_silent()
    assert [each.get("error_type") for each in seen] == ["timeout"] * 3 + [None]
    with pytest.raises(ReceiverFailure, match="pays, but nothing asks for a payment"):
        call.pay()


def test_a_hangup_cancels_the_payment(bound: Bound) -> None:
    seen: Seen = []
    app = asks(seen)
    bound(app).call().hang_up()
    assert seen[-1]["result"] == "cancelled"
    assert [event for _, event in app.seen][-2:] == ["call.payment.completed", "call.hangup"]


def test_a_stored_card_is_charged_without_a_question() -> None:
    world = World()
    world.command("pay", world.answered(), payment_token="tok_1", transaction_type="charge")
    assert world.run()[-2:] == ["call.payment.progress", "call.payment.completed"]
    world.assert_valid()


def test_a_number_of_a_card_has_a_check_sum_a_brand_and_a_mask() -> None:
    brands = {
        "4242424242424242": "visa",
        "5555555555554444": "mastercard",
        "378282246310005": "amex",
        "6011111111111117": "discover",
        "30569309025904": "diners-club",
        "3530111333300000": "jcb",
        "9999999999999995": None,
    }
    for number, brand in brands.items():
        assert error_in("payment-card-number", number, {}) is None
        assert brand_of(number) == brand
    assert masked("security-code", "1234") == "xxxx"


# Deepfake detection


@pytest.mark.parametrize(("synthetic", "result"), [(True, "fake"), (False, "real")])
def test_a_voice_is_judged_once(bound: Bound, synthetic: bool, result: str) -> None:
    seen: list[Any] = []

    def handle(app: App, event: str, payload: dict[str, Any]) -> None:
        if event == "call.initiated":
            app.do("answer", payload, deepfake_detection={"enabled": True})
        if event == "call.deepfake_detection.result":
            seen.append((payload["result"], payload["score"] > 0.5))

    call = bound(App(handle)).call()
    call.say("Hello", synthetic=synthetic)
    call.say("Hello again", synthetic=synthetic)
    assert seen == [(result, synthetic)]


def test_silence_is_judged_after_a_while() -> None:
    world = World()
    leg = world.dialled(deepfake_detection={"enabled": True, "timeout": 20})
    world.run()
    world.command("hangup", leg)
    assert world.run() == ["call.hangup"]
    leg = world.ring()
    world.command("answer", leg, deepfake_detection={"enabled": True, "timeout": 20})
    world.run()
    assert world.wait(19) == []
    assert world.wait(2) == ["call.deepfake_detection.result"]
    assert world.last("call.deepfake_detection.result")["result"] == "silence_timeout"
    world.assert_valid()
