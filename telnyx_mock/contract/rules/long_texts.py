"""The receiver acts on a message whose text is long, or not ASCII, as it acts on the sample."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from telnyx_mock.catalogue.registry import find
from telnyx_mock.contract.engine.finding import Finding
from telnyx_mock.contract.engine.reason import Skipped, Why
from telnyx_mock.contract.engine.rule import Check, Rule, Scope
from telnyx_mock.contract.engine.rule_context import Context
from telnyx_mock.delivery import Delivery
from telnyx_mock.payload.webhook import Webhook, sample
from telnyx_mock.provider_urls import MESSAGING_GUIDE
from telnyx_mock.schema.event import Event
from telnyx_mock.severity import Severity

INBOUND = "message.received"

ENDINGS = {"of 161 characters": 161, "of 700 characters": 700, "that ends with an emoji": 0}
"""The texts by their descriptions; a length of 0 stands for the sample's text and an emoji."""


def _acts_on_any_text(check: Check, context: Context, event: Event) -> Iterator[Finding]:
    if find(INBOUND) not in context.acting().get("messaging", ()):
        raise Skipped(Why.NO_REPLY, INBOUND)
    for words, length in ENDINGS.items():
        webhook = _with_text(length)
        lost = _without_effect(context, webhook)
        if lost is None or not context.has_effect(find(INBOUND)):
            continue
        lost = _without_effect(context, webhook)
        if lost is not None:
            problem = f"with a text {words} was accepted, but had no effect; the sample has one"
            yield check.finding(
                lost, problem, "the effect that the sample has", fields=("payload.text",)
            )
            return


def _with_text(length: int) -> Webhook:
    text = str(sample(INBOUND).payload["text"])
    longer = (f"{text} " * (length // len(text) + 1))[:length].ljust(length, ".")
    return sample(INBOUND, text=longer or f"{text} \N{SLIGHTLY SMILING FACE}")


def _without_effect(context: Context, webhook: Webhook) -> Delivery | None:
    """Deliver *webhook* to an idle receiver; return None if it has an effect or is not accepted."""
    context.observer.wait_until_idle()
    send = partial(context.sender.send, webhook.fresh())
    delivery, effects = context.observer.observe_late(send)
    return delivery if delivery.accepted and not effects else None


RULES: tuple[Rule, ...] = (
    Rule(
        "acts-on-long-texts",
        "acts on a message whatever the length of its text",
        Severity.WARNING,
        Scope.RUN,
        "People write more than 160 characters, and emoji. A column that is too short, or a failure "
        "that passes for a duplicate, then loses the message, and the answer hides it.",
        MESSAGING_GUIDE,
        "Store texts of any length (1,600 characters are usual), and catch only the error that you expect.",
        _acts_on_any_text,
        applies=lambda event: event.name == INBOUND,
    ),
)
