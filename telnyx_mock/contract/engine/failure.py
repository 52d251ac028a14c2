"""What counts as a failure of the receiver, and how often it must occur before it is believed."""

from __future__ import annotations

from collections.abc import Sequence

from telnyx_mock.contract.engine.reason import Blocked, Why
from telnyx_mock.contract.engine.without_key import is_forged
from telnyx_mock.delivery import Delivery
from telnyx_mock.fake_api import BlockedCall, Command, ServiceCall
from telnyx_mock.transports.receiver import NoAnswerReason

TRIES = 4
"""A failure at each of so many tries is no chance, even if the receiver fails at one of twenty."""

_DOUBTFUL = (NoAnswerReason.TIMEOUT, NoAnswerReason.BLOCKED, NoAnswerReason.OUT_OF_STEP)


def is_failure(delivery: Delivery) -> bool:
    """Whether the receiver gave no answer to *delivery*, or an answer with 5xx."""
    return delivery.status is None or delivery.status >= 500


def is_doubtful(delivery: Delivery) -> bool:
    """Whether the failure of *delivery* may be no failure of the receiver.

    An answer that did not come in time may be due to this machine. Of two answers, one may have been
    the right one.
    """
    return delivery.attempts[-1].no_answer in _DOUBTFUL


def require_answered(
    delivery: Delivery, blocked: Sequence[BlockedCall], unmodelled: Sequence[Command | ServiceCall]
) -> None:
    """Raise Blocked if the receiver failed because of one of these calls, which got no true answer."""
    if blocked:
        calls = " ".join(dict.fromkeys(map(str, blocked)))
        raise Blocked(Why.CALLS_BLOCKED, delivery.sent(), calls=calls)
    if unmodelled:
        calls = ", ".join(dict.fromkeys(map(str, unmodelled)))
        raise Blocked(Why.NOT_MODELLED, delivery.sent(), calls=calls)


def is_unexpected(delivery: Delivery) -> bool:
    """Whether the receiver failed; it may refuse a request that Telnyx would not send."""
    may_refuse = is_forged(delivery.request) or delivery.request.malformed is not None
    return not (delivery.accepted or (may_refuse and delivery.refused))
