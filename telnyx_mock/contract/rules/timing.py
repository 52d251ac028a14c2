"""The receiver answers in time: before Telnyx gives up and delivers again."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import suppress
from itertools import chain

from telnyx_mock.contract.engine.context import Context
from telnyx_mock.contract.engine.finding import Finding
from telnyx_mock.contract.engine.reason import Inconclusive, Skipped, Why
from telnyx_mock.contract.engine.rule import Check, Rule, Scope
from telnyx_mock.delivery import Delivery
from telnyx_mock.payload.webhook import sample
from telnyx_mock.provider import MESSAGING_GUIDE
from telnyx_mock.schema.event import Event
from telnyx_mock.severity import Severity

__all__ = ["RULES"]

WHY = (
    "Telnyx waits for about two seconds (the messaging and RCS guides; voice applications can "
    "set it), and then delivers again: slow answers make duplicates."
)
BURST = 10
"""How many webhooks come at once."""


def _in_time(check: Check, context: Context, event: Event) -> Iterator[Finding]:
    context.baseline.require_accepted(event)
    deadline = context.settings.deadline
    for each in context.events:
        if each.family != event.family or not context.baseline.accepts(each):
            continue
        usual, name = context.baseline.sample_of(each), each.name
        if usual.elapsed <= deadline:
            continue
        again = (context.sender.send(sample(name)) for _ in range(3))
        # The first request of all tells nothing: the receiver may have had to start.
        late = _twice_late(
            again if usual is context.sender.first else chain([usual], again), deadline
        )
        if late is not None:
            before, after = (delivery.elapsed for delivery in late)
            problem = f"was answered after {after:.1f} s, and after {before:.1f} s before"
            yield check.finding(late[1], problem, f"an answer within {deadline:g} s")
            return
    context.baseline.require_known(each for each in context.events if each.family == event.family)


def _twice_late(
    deliveries: Iterable[Delivery], deadline: float
) -> tuple[Delivery, Delivery] | None:
    """Two that were late, of the first three *deliveries*; no more are made than that takes."""
    late, in_time = [], 0
    for delivery in deliveries:
        if delivery.elapsed > deadline:
            late.append(delivery)
        else:
            in_time += 1
        if len(late) == 2:
            return late[0], late[1]
        if in_time == 2:
            break
    return None


def _first_in_time(check: Check, context: Context, event: Event) -> Iterator[Finding]:
    with suppress(Inconclusive):  # it was the first request all the same
        context.baseline.sample_of(event)
    first, deadline = context.sender.first, context.settings.deadline
    if first is not None and first.elapsed > deadline:
        problem = f"was the first request of all, and was answered after {first.elapsed:.1f} s"
        expected = f"an answer within {deadline:g} s"
        is_started = context.emulator.receiver.in_process  # by each command, and so slow again
        yield check.finding(first, problem, expected, alone=is_started)


def _steady(check: Check, context: Context, event: Event) -> Iterator[Finding]:
    accepted = [each for each in context.events if context.baseline.accepts(each)]
    if not accepted:
        context.baseline.require_known(context.events)
        raise Skipped(Why.NO_SAMPLE_ACCEPTED)
    deadline = context.settings.deadline
    alone = context.sender.send(sample(accepted[0].name))
    if alone.elapsed > deadline:
        raise Skipped(Why.ALWAYS_LATE)
    late = _twice_late((_slowest_of_burst(context, accepted[0]) for _ in range(3)), deadline)
    if late is not None:
        problem = (
            f"in a burst of {BURST} at once was answered after {late[1].elapsed:.1f} s; one "
            f"alone takes {alone.elapsed:.1f} s"
        )
        expected = f"each answer within {deadline:g} s"
        yield check.finding(late[1], problem, expected, alone=False)


def _slowest_of_burst(context: Context, event: Event) -> Delivery:
    requests = [context.emulator.request(sample(event.name)) for _ in range(BURST)]
    return max(context.sender.send_at_once(requests), key=lambda delivery: delivery.elapsed)


RULES: tuple[Rule, ...] = (
    Rule(
        "answers-in-time",
        "answers before the deadline",
        Severity.ERROR,
        Scope.FAMILY,
        WHY,
        MESSAGING_GUIDE,
        "Answer first and work later: put the event on a queue, or into a background task.",
        _in_time,
        judges_time=True,
    ),
    Rule(
        "answers-first-in-time",
        "answers the first request after a start before the deadline",
        Severity.WARNING,
        Scope.RUN,
        WHY,
        MESSAGING_GUIDE,
        "Import and connect at start-up, not in the first request.",
        _first_in_time,
    ),
    Rule(
        "answers-bursts-in-time",
        "answers before the deadline when several webhooks come at once",
        Severity.ERROR,
        Scope.RUN,
        "Telnyx delivers concurrently: a call alone makes several events within a second. "
        "A handler that blocks its event loop, or holds one lock, makes all others wait.",
        MESSAGING_GUIDE,
        "Call nothing that blocks in an async handler, keep locks and transactions short, and "
        "have more than one worker.",
        _steady,
    ),
)
