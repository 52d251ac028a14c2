"""The receiver accepts the plain message of each product: SMS, MMS, RCS, WhatsApp."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from telnyx_mock.contract.engine.confirmation import confirmed
from telnyx_mock.contract.engine.finding import Finding
from telnyx_mock.contract.engine.reason import Skipped, Why
from telnyx_mock.contract.engine.rule import Check, Rule, Scope
from telnyx_mock.contract.engine.rule_context import Context
from telnyx_mock.contract.rules.genuine import unaccepted
from telnyx_mock.payload.webhook import sample
from telnyx_mock.provider_urls import MESSAGING_GUIDE
from telnyx_mock.schema.event import Event
from telnyx_mock.schema.json_values import Json
from telnyx_mock.schema.products import TYPE
from telnyx_mock.severity import Severity

WORDS = {
    "sms": "an SMS",
    "mms": "an MMS",
    "rcs": "an RCS message",
    "whatsapp": "a WhatsApp message",
}


def _check_products(check: Check, context: Context, event: Event) -> Iterator[Finding]:
    baseline = context.baseline
    baseline.require_accepted(event)
    others = []
    for product in event.products:
        delivery = baseline.sample_of_product(event, product)
        if delivery.accepted:
            continue
        if product in context.settings.selected_products:
            named: dict[str, Json] = {TYPE: product.upper()}
            send = partial(context.sender.send, sample(event.name, **named))
            delivery = confirmed(context, event, delivery, send)
            finding = unaccepted(check, delivery, f"about {WORDS[product]}", ("payload.type",))
            if finding is not None:
                yield finding
        else:
            others.append(product)
    if others:
        raise Skipped(Why.PRODUCT_NOT_SELECTED, event.name, products=",".join(others))


RULES: tuple[Rule, ...] = (
    Rule(
        "accepts-products",
        "accepts the plain message of each selected product",
        Severity.ERROR,
        Scope.EVENT,
        "All kinds of message have the same events. A number that takes SMS takes MMS too; RCS and "
        "WhatsApp come only if you have set them up, so select them with --products.",
        MESSAGING_GUIDE,
        "Look at payload.type first. If your app cannot use that kind of message, answer 200.",
        _check_products,
        applies=lambda event: len(event.products) > 1,
    ),
)
