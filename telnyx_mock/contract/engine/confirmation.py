"""Confirms that a failure has a pattern: it occurs each time, and not without what it is blamed on.

A receiver may fail by chance, at any request. So no rule believes what it finds while the receiver
fails, unless it finds it again. The rule ``accepts-each-time`` reports failures by chance.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from telnyx_mock.contract.engine.failure import TRIES, is_failure
from telnyx_mock.contract.engine.reason import Inconclusive, Why
from telnyx_mock.contract.engine.rule_context import Context
from telnyx_mock.delivery import Delivery
from telnyx_mock.schema.event import Event

T = TypeVar("T")

MORE_REPETITIONS = 3
"""How often a refusal must occur again if the receiver is known to fail by chance."""

SHOWN_OFTEN = 3
"""After so many findings about failures, and none by chance, the receiver fails for causes."""


def is_not_accepted(delivery: Delivery) -> bool:
    """Whether the answer to a genuine *delivery* tells Telnyx that the webhook was not received."""
    return not delivery.accepted


def confirmed(
    context: Context,
    event: Event,
    failed: Delivery,
    send: Callable[[], Delivery],
    fails: Callable[[Delivery], bool] = is_not_accepted,
) -> Delivery:
    """Return another delivery that fails as *failed* did, after plain samples that did not.

    *send* sends a webhook of *event* with the same differences from the sample, and *fails* tells
    whether the receiver fails at it. Raises Inconclusive if the difference is not to blame: if the
    receiver does not accept the plain sample either, or does not fail again. The baseline keeps such
    failures for the rule ``accepts-each-time``.
    """
    has_control = not context.settings.forgeries_only and context.baseline.accepts(event)
    again = failed
    repetitions = _repetitions(context, failed)
    for number in range(repetitions + 1):
        # The last two come one right after the other. A receiver that fails at every other request,
        # as a balancer in front of a dead server does, would keep step with one control each.
        if has_control and number < repetitions:
            context.baseline.require_still_accepted(event)
        again = send()
        if not fails(again):
            context.baseline.note_unsteady(failed)
            raise Inconclusive(Why.NOT_REPRODUCED, event.name, answer=failed.answer())
    return again


def _repetitions(context: Context, failed: Delivery) -> int:
    """Return how often a failure must occur again: seldom if all failures so far had a pattern."""
    baseline = context.baseline
    if baseline.unsteady or baseline.unsteady_forgeries:
        return TRIES if is_failure(failed) else MORE_REPETITIONS
    has_pattern = context.sender.failures.shown >= SHOWN_OFTEN
    return 1 if has_pattern or not is_failure(failed) else TRIES - 1


def reproduced(context: Context, look: Callable[[], T | None]) -> T | None:
    """Return what *look* finds; None if it finds nothing.

    If the receiver fails while *look* finds something, the failure may be chance. So *look* is called
    again: what it finds counts only if it finds it each time, or once without any failure.
    """
    failed = context.sender.failed
    first = len(failed)
    found: T | None = None
    for _ in range(TRIES):
        before = len(failed)
        found = look()
        if found is None:
            for delivery in failed[first:before]:
                context.baseline.note_unsteady(delivery)
            return None
        if len(failed) == before:
            break
    return found


def each_time(look: Callable[[], T | None]) -> T | None:
    """Return what *look* finds if it finds it each time; otherwise None."""
    found: T | None = None
    for _ in range(TRIES):
        found = look()
        if found is None:
            return None
    return found


def steady(context: Context, send: Callable[[], Delivery], *, tries: int = TRIES) -> Delivery:
    """Return the delivery of *send*, which is called up to *tries* times while the receiver fails."""
    failed: list[Delivery] = []
    for _ in range(tries):
        delivery = send()
        if not is_failure(delivery):
            for each in failed:
                context.baseline.note_unsteady(each)
            break
        failed.append(delivery)
    return delivery
