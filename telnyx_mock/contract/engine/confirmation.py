"""Confirms that a failure is due to a departure from the sample: it occurs again, without it not."""

from __future__ import annotations

from collections.abc import Callable

from telnyx_mock.contract.engine.reason import Inconclusive, Why
from telnyx_mock.contract.engine.rule_context import Context
from telnyx_mock.delivery import Delivery
from telnyx_mock.schema.event import Event

MORE_REPETITIONS = 3
"""How often a failure must occur again if the receiver is known to fail by chance."""


def is_not_accepted(delivery: Delivery) -> bool:
    """Whether the answer to a genuine *delivery* tells Telnyx that the webhook was not received."""
    return not delivery.accepted


def is_failure(delivery: Delivery) -> bool:
    """Whether the receiver gave no answer to *delivery*, or an answer with 5xx."""
    return delivery.status is None or delivery.status >= 500


def confirmed(
    context: Context,
    event: Event,
    failed: Delivery,
    send: Callable[[], Delivery],
    fails: Callable[[Delivery], bool] = is_not_accepted,
) -> Delivery:
    """Return a second delivery that fails as *failed* did, after a plain sample that did not.

    *send* sends a webhook of *event* with the same differences from the sample, and *fails* tells whether the receiver fails at it. Raises Inconclusive
    if the difference is not to blame: if the receiver does not accept the plain sample either, or
    does not fail again. The baseline keeps such failures for the rule ``accepts-each-time``.
    """
    has_control = not context.settings.forgeries_only and context.baseline.accepts(event)
    again = failed
    for _ in range(MORE_REPETITIONS if context.baseline.unsteady else 1):
        if has_control:
            context.baseline.require_still_accepted(event)
        again = send()
        if not fails(again):
            context.baseline.note_unsteady(failed)
            raise Inconclusive(Why.NOT_REPRODUCED, event.name, answer=failed.answer())
    return again
