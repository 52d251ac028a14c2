"""The receiver does not fail at malformed requests: correctly signed, with meaningless content."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from functools import partial

from telnyx_mock.attacks.malformed import MALFORMED, Malformed, malform
from telnyx_mock.contract.engine.confirmation import confirmed
from telnyx_mock.contract.engine.finding import Finding
from telnyx_mock.contract.engine.rule import Check, Rule, Scope
from telnyx_mock.contract.engine.rule_context import Context
from telnyx_mock.delivery import Delivery
from telnyx_mock.payload.webhook import sample
from telnyx_mock.provider_urls import FUNDAMENTALS
from telnyx_mock.schema.event import Event
from telnyx_mock.severity import Severity
from telnyx_mock.transports.receiver import NoAnswerReason

HUGE = 100_000
"""A body with more bytes than this is not shown, and a server may close the connection early."""


def _problem(delivery: Delivery) -> str:
    """Return what the receiver did wrong with a malformed *delivery*; empty if nothing."""
    if delivery.status is not None:
        failed = delivery.status >= 500
        return f"made the receiver fail with {delivery.status}" if failed else ""
    was_cut_off = delivery.attempts[-1].no_answer == NoAnswerReason.CLOSED
    return "" if was_cut_off and len(delivery.request.body) > HUGE else "got no answer"


def _send(context: Context, event: Event, case: Malformed) -> Delivery:
    emulator = context.emulator
    now = emulator.clock.now()
    webhook = sample(event.name).fresh(now)
    return context.sender.send(malform(case.name, webhook, emulator.key, now))


def _rule(case: Malformed) -> Rule:
    """The rule about one malformed request."""
    content_type = case.content_type

    def look(check: Check, context: Context, event: Event) -> Iterator[Finding]:
        context.baseline.require_accepted(event)
        send = partial(_send, context, event, case)
        delivery = send()
        if _problem(delivery):
            delivery = confirmed(context, event, delivery, send, lambda each: bool(_problem(each)))
            problem, expected = _problem(delivery), "any answer below 500"
            finding = check.finding(delivery, problem, expected, fields=("malformed",))
            yield replace(finding, curl="") if len(delivery.request.body) > HUGE else finding

    return Rule(
        f"survives-{case.name}",
        f"does not fail at a signed request that is malformed as {case.name}",
        Severity.ADVICE,
        Scope.CONTENT_TYPE,
        f"A receiver that fails {case.reason}. Only a holder of Telnyx's key can send this "
        "request, so the finding is advice.",
        FUNDAMENTALS,
        "Parse a verified request with care. Answer 400 if it is not an event, and 200 if it is "
        "an event that your app cannot use.",
        look,
        applies=lambda event: event.content_type is content_type,
    )


RULES: tuple[Rule, ...] = tuple(map(_rule, MALFORMED.values()))
