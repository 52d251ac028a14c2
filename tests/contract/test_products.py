"""Which kinds of message a receiver must accept: SMS and MMS, and others if somebody selects them."""

from __future__ import annotations

from typing import Any

import pytest

from telnyx_mock.catalogue.registry import all_events, find
from telnyx_mock.contract.engine.reason import Why
from telnyx_mock.contract.engine.result import Outcome, Result
from telnyx_mock.errors import UsageError
from telnyx_mock.schema.products import only, product_in
from telnyx_mock.schema.validate import problems
from telnyx_mock.settings import PRODUCTS, Settings
from tests.contract.conftest import MakeRunner, WholeContract, run
from tests.receivers.correct import Event, Receiver, kind, payload

MESSAGES = ("message.*", "whatsapp.*")


class OnlyText(Receiver):
    """It was written for SMS and MMS: it reads the text, which no other kind of message has."""

    def act(self, event: Event) -> int:
        if kind(event).startswith(("message.", "whatsapp.")) and payload(event):
            message = payload(event)
            text, numbers = message["text"], [each["phone_number"] for each in message["to"]]
            return 200 if [text, numbers] else 500
        return 200


class FailsAtPlaces(Receiver):
    """It takes RCS messages, but not a place that somebody shares."""

    def act(self, event: Event) -> int:
        body: Any = payload(event).get("body")
        return 500 if isinstance(body, dict) and "location" in body else 200


def errors(results: list[Result]) -> set[tuple[str, str]]:
    return {(each.rule, each.event) for result in results for each in result.findings}


# Of all events, only one is sent without its name in the settings, as a run without --events does.


@pytest.mark.parametrize("event", ["message.received", "message.sent", "message.finalized"])
def test_a_receiver_for_sms_is_not_accused_over_other_messages(
    event: str, runner: MakeRunner
) -> None:
    made = runner(OnlyText, event, examples=60)
    for rule in (
        "accepts-sample",
        "accepts-each-choice",
        "accepts-generated",
        "accepts-new-values",
    ):
        result = run(made, rule, event)
        assert (result.outcome, result.findings) == (Outcome.PASSED, ())
    result = run(made, "accepts-products", event)
    assert result.why is Why.PRODUCT_NOT_SELECTED
    assert "--products" in result.note
    assert "rcs,whatsapp" in result.note


@pytest.mark.parametrize("event", ["message.read", "message.echo", "whatsapp.waba_added"])
def test_events_of_other_products_are_skipped(event: str, runner: MakeRunner) -> None:
    made = runner(OnlyText, "message.received", event)
    result = run(made, "accepts-sample", event)
    assert (result.outcome, result.why) == (Outcome.SKIPPED, Why.PRODUCT_NOT_SELECTED)


def test_a_selected_product_must_be_accepted(runner: MakeRunner) -> None:
    made = runner(OnlyText, *MESSAGES, products="sms,mms,whatsapp")
    assert run(made, "accepts-sample", "message.echo").outcome is Outcome.FAILED
    [finding] = run(made, "accepts-products", "message.received").findings
    assert finding.message.startswith("message.received about a WhatsApp message made the receiver")
    assert "send message.received TARGET --set 'payload.type=\"WHATSAPP\"'" in finding.reproduce
    assert run(made, "accepts-each-choice", "message.received").findings == ()


def test_an_event_that_is_named_must_be_accepted(runner: MakeRunner) -> None:
    made = runner(OnlyText, "message.echo", named=True)
    assert run(made, "accepts-sample", "message.echo").outcome is Outcome.FAILED


def test_a_product_whose_plain_sample_is_accepted_is_judged(runner: MakeRunner) -> None:
    made = runner(FailsAtPlaces, "message.received")
    [finding] = run(made, "accepts-each-choice", "message.received").findings
    assert finding.fields == ("payload.type", "payload.body")


def test_a_receiver_that_accepts_everything_is_judged_for_everything(
    whole_contract: WholeContract,
) -> None:
    results = whole_contract(Receiver, "message.received", "message.echo", deadline=9)
    assert errors(results) == set()
    assert Why.PRODUCT_NOT_SELECTED not in {result.why for result in results}


def test_the_catalogue_names_the_products_of_each_message() -> None:
    for event in all_events():
        assert {*event.products} <= {*PRODUCTS}
        if event.name in ("message.received", "message.sent", "message.finalized", "message.read"):
            types = next(field.kind for field in event.payload.fields if field.name == "type")
            assert tuple(value.lower() for value in types.values) == event.products  # type: ignore[attr-defined]
        elif event.name.startswith(("message.", "whatsapp.")):
            assert event.products == ("whatsapp",)
        else:
            assert event.products == ()


def test_an_event_of_some_products_has_no_content_of_the_others() -> None:
    event = find("message.received")
    assert only(event, event.products) is event
    texts = only(event, ("sms", "mms"))
    assert texts is only(event, {"mms", "sms"})
    chat = {"type": "RCS"}
    assert product_in(event, {"data": {"payload": chat}}) == "rcs"
    assert product_in(texts, {"data": {"payload": chat}}) == ""
    assert [problem.path for problem in problems(texts, {"data": {"payload": chat}})].count(
        "data.payload.type"
    )


@pytest.mark.parametrize("products", ["", "sms,telegram"])
def test_an_unknown_product_is_refused(products: str) -> None:
    with pytest.raises(UsageError, match="product"):
        Settings(products=products)
