"""The receiver survives what is rightly signed and makes no sense."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from telnyx_mock.attacks.malformed import MALFORMED, Malformed, malform
from telnyx_mock.contract.engine.context import Context
from telnyx_mock.contract.engine.finding import Finding
from telnyx_mock.contract.engine.rule import Check, Rule, Scope
from telnyx_mock.delivery import Delivery
from telnyx_mock.payload.webhook import sample
from telnyx_mock.provider import FUNDAMENTALS
from telnyx_mock.schema.event import Event
from telnyx_mock.severity import Severity
from telnyx_mock.transports.receiver import NoAnswerReason

__all__ = ["RULES"]

HUGE = 100_000
"""Bytes of a body that is too large to be shown, and that a server may cut off as it comes."""


def _failure(delivery: Delivery) -> str:
    """What the receiver did wrong; empty if nothing."""
    if delivery.status is not None:
        failed = delivery.status >= 500
        return f"made the receiver fail with {delivery.status}" if failed else ""
    was_cut_off = delivery.attempts[-1].no_answer == NoAnswerReason.CLOSED
    return "" if was_cut_off and len(delivery.request.body) > HUGE else "got no answer"


def _check(case: Malformed) -> Rule:
    def look(check: Check, context: Context, event: Event) -> Iterator[Finding]:
        context.baseline.require_accepted(event)
        emulator = context.emulator
        now = emulator.clock.now()
        webhook = sample(event.name).fresh(now)
        request = malform(case.name, webhook, emulator.key, now)
        delivery = context.sender.send(request)
        failure = _failure(delivery)
        if failure:
            expected = "any answer below 500"
            finding = check.finding(delivery, failure, expected, fields=("malformed",))
            yield replace(finding, curl="") if len(request.body) > HUGE else finding

    return Rule(
        f"survives-{case.name}",
        f"does not fail at a signed request malformed as {case.name}",
        Severity.ADVICE,
        Scope.CONTENT_TYPE,
        f"A receiver that fails at it {case.reason}. Only who has Telnyx's key could send it, "
        "so this is advice.",
        FUNDAMENTALS,
        "Once it is verified, parse with care: answer 400 to what is no event, and 200 to what you "
        "cannot use.",
        look,
        applies=lambda event: event.content_type is case.content_type,
    )


RULES: tuple[Rule, ...] = tuple(_check(case) for case in MALFORMED.values())
