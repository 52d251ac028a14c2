"""The receiver handles a genuine event although it refused a request with the same data.id before."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from telnyx_mock.contract.engine.attack import attack
from telnyx_mock.contract.engine.finding import Finding
from telnyx_mock.contract.engine.reason import Skipped, Why
from telnyx_mock.contract.engine.rule import Check, Rule, Scope
from telnyx_mock.contract.engine.rule_context import Context
from telnyx_mock.delivery import Delivery
from telnyx_mock.payload.webhook import sample
from telnyx_mock.provider_urls import MESSAGING_GUIDE
from telnyx_mock.schema.event import Event
from telnyx_mock.severity import Severity

__all__ = ["RULES"]

FORGERIES = ("timestamp-expired-1h", "signature-by-another-key")
"""A request that comes late, and one from a stranger: what a receiver finds out when it verifies."""


def _handled_after_refusal(check: Check, context: Context, event: Event) -> Iterator[Finding]:
    judged = False
    for acting, *_ in context.acting().values():
        if any(context.accepts_forgery(acting, forgery) for forgery in FORGERIES):
            continue  # another rule finds that
        judged = True
        # Counts only if it shows again, and the event has its effect where nothing was refused.
        dropped = _without_effect(context, acting)
        if (
            dropped is None
            or not context.observer.wait_until_idle()
            or not context.has_effect(acting)
        ):
            continue
        dropped = _without_effect(context, acting)
        if dropped is not None:
            problem = (
                f"delivered again, as attempt 2, had no effect ({dropped.answer()}), because the "
                "receiver had refused a request with its data.id before"
            )
            yield check.finding(dropped, problem, "200, and its effect", alone=False)
    if not judged:
        raise Skipped(Why.FORGERIES_ACCEPTED)


def _without_effect(context: Context, event: Event) -> Delivery | None:
    """The delivery of a genuine webhook after forgeries with its id, if it had no effect."""
    webhook = sample(event.name).fresh()
    for forgery in FORGERIES:
        attack(context, webhook, forge=forgery)
    send = partial(context.sender.send_second_attempt, webhook)
    delivery, effects = context.observer.observe_late(send)
    return None if effects else delivery


RULES: tuple[Rule, ...] = (
    Rule(
        "handles-event-after-refusal",
        "handles a genuine event although it refused a request with the same id before",
        Severity.ERROR,
        Scope.RUN,
        "A receiver refuses a request that is too old, because it was long on its way or because a "
        "clock is wrong. Telnyx then delivers the event again with the same data.id. A receiver that "
        "stores the id before it verifies the request loses the event.",
        MESSAGING_GUIDE,
        "Verify the signature and the timestamp first, and store data.id of genuine events alone.",
        _handled_after_refusal,
    ),
)
