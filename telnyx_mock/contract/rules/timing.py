"""The receiver answers in time: before Telnyx gives up and delivers again."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import suppress
from itertools import chain

from telnyx_mock.contract.engine.campaign import Campaign
from telnyx_mock.contract.engine.finding import Finding
from telnyx_mock.contract.engine.rule import Check, Inconclusive, Scope, Skipped
from telnyx_mock.delivery import Delivery
from telnyx_mock.payload.webhook import sample
from telnyx_mock.provider import MESSAGING_GUIDE
from telnyx_mock.schema.event import Event
from telnyx_mock.severity import Severity

__all__ = ["TIMING"]

WHY = (
    "Telnyx waits for about two seconds (the messaging and RCS guides; voice applications can "
    "set it), and then delivers again: slow answers make duplicates."
)
BURST = 10
"""How many webhooks come at once."""


def _in_time(check: Check, campaign: Campaign, event: Event) -> Iterator[Finding]:
    campaign.require_sample(event)
    deadline = campaign.settings.deadline
    for each in campaign.events:
        if each.family != event.family or not campaign.accepts(each):
            continue
        usual, name = campaign.sample_of(each), each.name
        if usual.elapsed <= deadline:
            continue
        again = (campaign.send(sample(name)) for _ in range(3))
        # The first request of all tells nothing: the receiver may have had to start.
        late = _twice_late(
            again if usual is campaign.sending.first else chain([usual], again), deadline
        )
        if late is not None:
            before, after = (delivery.elapsed for delivery in late)
            problem = f"was answered after {after:.1f} s, and after {before:.1f} s before"
            yield check.finding(late[1], problem, f"an answer within {deadline:g} s")
            return
    campaign.require_told(each for each in campaign.events if each.family == event.family)


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


def _first_in_time(check: Check, campaign: Campaign, event: Event) -> Iterator[Finding]:
    with suppress(Inconclusive):  # it was the first request all the same
        campaign.sample_of(event)
    first, deadline = campaign.sending.first, campaign.settings.deadline
    if first is not None and first.elapsed > deadline:
        problem = f"was the first request of all, and was answered after {first.elapsed:.1f} s"
        expected = f"an answer within {deadline:g} s"
        is_started = campaign.emulator.receiver.in_process  # by each command, and so slow again
        yield check.finding(first, problem, expected, alone=is_started)


def _steady(check: Check, campaign: Campaign, event: Event) -> Iterator[Finding]:
    accepted = [each for each in campaign.events if campaign.accepts(each)]
    if not accepted:
        campaign.require_told(campaign.events)
        raise Skipped("no genuine webhook is accepted")
    deadline = campaign.settings.deadline
    alone = campaign.send(sample(accepted[0].name))
    if alone.elapsed > deadline:
        raise Skipped("a single webhook is answered too late already")
    late = _twice_late((_slowest_of_burst(campaign, accepted[0]) for _ in range(3)), deadline)
    if late is not None:
        problem = (
            f"in a burst of {BURST} at once was answered after {late[1].elapsed:.1f} s; one "
            f"alone takes {alone.elapsed:.1f} s"
        )
        expected = f"each answer within {deadline:g} s"
        yield check.finding(late[1], problem, expected, alone=False)


def _slowest_of_burst(campaign: Campaign, event: Event) -> Delivery:
    requests = [campaign.emulator.request(sample(event.name)) for _ in range(BURST)]
    return max(campaign.sending.send_at_once(requests), key=lambda delivery: delivery.elapsed)


TIMING: tuple[Check, ...] = (
    Check(
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
    Check(
        "answers-first-in-time",
        "answers the first request after a start before the deadline",
        Severity.WARNING,
        Scope.RUN,
        WHY,
        MESSAGING_GUIDE,
        "Import and connect at start-up, not in the first request.",
        _first_in_time,
    ),
    Check(
        "steady-under-burst",
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
