"""The receiver handles an event even if it refused a request with the same data.id earlier."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from telnyx_mock.contract.engine.attack import attack
from telnyx_mock.contract.engine.confirmation import reproduced
from telnyx_mock.contract.engine.finding import Finding
from telnyx_mock.contract.engine.reason import Skipped, Why
from telnyx_mock.contract.engine.rule import Check, Rule, Scope
from telnyx_mock.contract.engine.rule_context import Context
from telnyx_mock.delivery import Delivery
from telnyx_mock.payload.webhook import sample
from telnyx_mock.provider_urls import MESSAGING_GUIDE
from telnyx_mock.schema.event import Event
from telnyx_mock.severity import Severity

FORGERIES = ("timestamp-expired-1h", "signature-by-another-key")
"""A late request, and a request from a stranger. A receiver notices both only when it verifies."""


def _handled_after_refusal(check: Check, context: Context, event: Event) -> Iterator[Finding]:
    judged = False
    for acting, *_ in context.acting().values():
        if any(context.accepts_forgery(acting, forgery) for forgery in FORGERIES):
            continue  # another rule finds that
        judged = True
        dropped = reproduced(context, partial(_dropped, context, acting))
        if dropped is not None:
            problem = (
                f"delivered again, as attempt 2, had no effect ({dropped.answer()}), because the "
                "receiver had refused an earlier request with the same data.id"
            )
            yield check.finding(dropped, problem, "200, and the usual effect", alone=False)
    if not judged:
        raise Skipped(Why.FORGERIES_ACCEPTED)


def _dropped(context: Context, event: Event) -> Delivery | None:
    """Return a delivery of *event* that has no effect after forgeries with its id; else None.

    It counts only if it shows again, and if the event has its effect where nothing was refused.
    """
    if (
        _without_effect(context, event) is None
        or not context.observer.wait_until_idle()
        or not context.has_effect(event)
    ):
        return None
    return _without_effect(context, event)


def _without_effect(context: Context, event: Event) -> Delivery | None:
    """Deliver a genuine webhook after forgeries with its id; return None if it has an effect."""
    webhook = sample(event.name).fresh()
    for forgery in FORGERIES:
        attack(context, webhook, forge=forgery)
    send = partial(context.sender.send_second_attempt, webhook)
    delivery, effects = context.observer.observe_late(send)
    return None if effects else delivery


RULES: tuple[Rule, ...] = (
    Rule(
        "handles-event-after-refusal",
        "handles a genuine event even if it refused an earlier request with the same data.id",
        Severity.ERROR,
        Scope.RUN,
        "A receiver refuses a request whose timestamp is too old: the request was delayed, or a "
        "clock is wrong. Telnyx then delivers the event again with the same data.id. If the "
        "receiver stored data.id before it verified the first request, it ignores the second one "
        "and loses the event.",
        MESSAGING_GUIDE,
        "Verify the signature and the timestamp first. Store data.id only if both are right.",
        _handled_after_refusal,
    ),
)
