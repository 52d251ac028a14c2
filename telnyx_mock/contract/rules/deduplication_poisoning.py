"""A request that is refused takes nothing away from the genuine event of the same id."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from telnyx_mock.contract.engine.attack import attack
from telnyx_mock.contract.engine.context import Context
from telnyx_mock.contract.engine.finding import Finding
from telnyx_mock.contract.engine.reason import Skipped, Why
from telnyx_mock.contract.engine.rule import Check, Rule, Scope
from telnyx_mock.delivery import Delivery, attempted
from telnyx_mock.payload.webhook import sample
from telnyx_mock.provider import MESSAGING_GUIDE
from telnyx_mock.schema.event import Event
from telnyx_mock.severity import Severity

__all__ = ["RULES"]

LIES = ("timestamp-expired-1h", "signature-by-another-key")
"""What comes late, and what a stranger sends: an id may be noted before either is found out."""


def _handled_after_refusal(check: Check, context: Context, event: Event) -> Iterator[Finding]:
    judged = False
    for events in context.acting().values():
        acted = events[0]
        if not all(not context.accepts_forgery(acted, lie) for lie in LIES):
            continue  # found already
        judged = True
        # Believed only if it shows again, and the event has its effect where nothing was refused.
        lost = _without_effect(context, acted)
        if lost is None or not context.observer.wait_until_idle() or not context.has_effect(acted):
            continue
        lost = _without_effect(context, acted)
        if lost is not None:
            problem = (
                "delivered again, as attempt 2, had no effect "
                f"({lost.answer()}), for a request with its data.id had been refused before"
            )
            yield check.finding(lost, problem, "200, and its effect", alone=False)
    if not judged:
        raise Skipped(Why.FORGERIES_ACCEPTED)


def _without_effect(context: Context, event: Event) -> Delivery | None:
    """The delivery of a genuine webhook after lies with its id were told, if it had no effect."""
    webhook = sample(event.name).fresh()
    for lie in LIES:
        attack(context, webhook, forge=lie)
    again = attempted(webhook, 2, context.emulator.receiver.url)
    send = partial(context.sender.send, again)
    delivery, effects = context.observer.observe_late(send)
    return None if effects else delivery


RULES: tuple[Rule, ...] = (
    Rule(
        "handles-event-after-refusal",
        "handles a genuine event though a request with its id was refused before",
        Severity.ERROR,
        Scope.RUN,
        "What is refused as too old, on its way or by a clock that was wrong, Telnyx delivers again "
        "with the same data.id: an id that is noted before the request is verified loses the event.",
        MESSAGING_GUIDE,
        "Verify first, the signature and the timestamp, and note data.id only of what is genuine.",
        _handled_after_refusal,
    ),
)
