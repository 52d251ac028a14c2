"""The receiver accepts a webhook each time that it is sent, and not only at first or by chance.

This rule sends one sample several times. It also reports what other rules met in this process: a
failure that did not occur again, or a plain sample that was accepted before and now is not.
"""

from __future__ import annotations

from collections.abc import Iterator

from telnyx_mock.contract.engine.finding import Finding
from telnyx_mock.contract.engine.reason import Skipped, Why
from telnyx_mock.contract.engine.rule import Check, Rule, Scope
from telnyx_mock.contract.engine.rule_context import Context
from telnyx_mock.delivery import Delivery
from telnyx_mock.provider_urls import FUNDAMENTALS
from telnyx_mock.schema.event import Event
from telnyx_mock.severity import Severity

TIMES = 10
"""How often the sample is sent."""


def _check_each_time(check: Check, context: Context, event: Event) -> Iterator[Finding]:
    baseline = context.baseline
    known = next(filter(baseline.accepts, context.events), None)
    if known is None:
        raise Skipped(Why.NO_SAMPLE_ACCEPTED)
    for _ in range(TIMES):
        if baseline.unsteady:
            break
        baseline.send_again(known)
    if not baseline.unsteady:
        return
    worst = min(baseline.unsteady, key=_is_mutated)
    severity = Severity.WARNING if _is_mutated(worst) else Severity.ERROR
    problem = (
        f"was answered {worst.answer()}, although the receiver accepts the same webhook at other "
        "times"
    )
    yield check.finding(worst, problem, "200 each time", severity=severity, alone=False)


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
