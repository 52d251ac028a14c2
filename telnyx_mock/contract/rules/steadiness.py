"""The receiver accepts a webhook each time that it is sent, and not only at first or by chance.

This rule sends one sample several times. It also reports what other rules met in this process: a
failure that did not occur again, or a plain sample that was accepted before and now is not.
"""

from __future__ import annotations

from collections.abc import Iterator

from telnyx_mock.contract.engine.failure import is_doubtful, is_failure
from telnyx_mock.contract.engine.finding import Finding
from telnyx_mock.contract.engine.reason import Skipped, Why
from telnyx_mock.contract.engine.rule import Check, Rule, Scope
from telnyx_mock.contract.engine.rule_context import Context
from telnyx_mock.contract.engine.without_key import is_forged
from telnyx_mock.delivery import Delivery
from telnyx_mock.provider_urls import FUNDAMENTALS
from telnyx_mock.schema.event import Event
from telnyx_mock.severity import Severity

TIMES = 10
"""How often the sample is sent."""

MOST_BY_CHANCE = 0.2
"""Of the genuine webhooks, and of all deliveries, at most this share may fail by chance: Telnyx
delivers again."""

FEW = 3
"""So few failures are no share of anything."""


def _check_each_time(check: Check, context: Context, event: Event) -> Iterator[Finding]:
    baseline, sender = context.baseline, context.sender
    known = next(filter(baseline.accepts, context.events), None)
    if known is None:
        raise Skipped(Why.NO_SAMPLE_ACCEPTED)
    accepted = sum(baseline.send_again(known).accepted for _ in range(TIMES))
    failed = baseline.unsteady
    if not failed:
        return
    by_chance = [*failed, *baseline.unsteady_forgeries]
    if not sender.failures.shown:  # no other failure has a pattern
        by_chance = [each for each in sender.failed if not is_doubtful(each)]
    worst = min(failed, key=_is_mutated)
    is_by_chance = accepted > TIMES / 2 and all(is_failure(each) for each in failed)
    genuine = sum(not is_forged(each.request) and not each.request.malformed for each in by_chance)
    share = len(by_chance) / max(1, sender.answers.total())
    too_often = share > MOST_BY_CHANCE or genuine > max(FEW, MOST_BY_CHANCE * sender.genuine)
    if not is_by_chance or too_often:
        verb = "got" if worst.status is None else "was answered"
        problem = (
            f"{verb} {worst.answer()}, although the receiver accepts the same webhook at "
            "other times"
        )
        severity = Severity.WARNING if _is_mutated(worst) else Severity.ERROR
        yield check.finding(worst, problem, "200 each time", severity=severity, alone=False)
        return
    answered = all(each.status is not None for each in by_chance)
    what = "answers 5xx" if answered else "fails (5xx, or no answer)"
    problem = f"{what} at random: {len(by_chance)} of {sender.answers.total()} deliveries"
    yield check.finding(
        worst,
        problem,
        "200 each time",
        subject="The receiver",
        severity=Severity.WARNING,
        alone=False,
    )


def _is_mutated(delivery: Delivery) -> bool:
    return delivery.webhook is not None and bool(delivery.webhook.decisions())


RULES: tuple[Rule, ...] = (
    Rule(
        "accepts-each-time",
        "accepts a webhook each time that it is sent",
        Severity.ERROR,
        Scope.RUN,
        "If a receiver fails by chance, or stops after some webhooks, Telnyx delivers the webhook "
        "a few more times, and then drops it.",
        FUNDAMENTALS,
        "Look for what the receiver keeps between two requests: a store that is full, a "
        "connection that is used up or shared by threads, a service that fails at times.",
        _check_each_time,
    ),
)
