"""What Telnyx does when a receiver does not answer well: facts per product, as data.

Telnyx's pages contradict each other on this, and give no intervals for any product but 10DLC.
Where they do, the profile's *doubt* says so. In every profile these are assumptions:
``meta.attempt`` goes on counting at the failover address, the failover address is tried at once
(the sample of the webhook deliveries API shows 4 ms), and a redirect counts as a failure.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from telnyx_mock.errors import UsageError, unknown
from telnyx_mock.provider import (
    CALLBACKS,
    CAMPAIGN_GUIDE,
    FUNDAMENTALS,
    GUIDES,
    MESSAGING_GUIDE,
    VOICE_GUIDE,
)
from telnyx_mock.schema.event import Event

__all__ = ["POLICIES", "Policy", "policy_for"]

_ANY_2XX = (range(200, 300),)
_ONLY_200 = (range(200, 201),)
_NO_INTERVALS = "No page gives the intervals."


@dataclass(frozen=True, slots=True)
class Policy:
    """How a product delivers a webhook.

    *deadline* is how many seconds one attempt may take. *attempts* is how often each address is
    tried; *delays* are the seconds before the second attempt at an address and those after it,
    the last one again and again. Statuses in *success* end the delivery, those in *retried* lead
    to another attempt, as no answer does; any other status ends the attempts at this address.
    *source* is the page of the provider, *doubt* what it leaves open or others deny.

    Raises UsageError for numbers that cannot be.
    """

    deadline: float = 2.0
    attempts: int = 3
    delays: tuple[float, ...] = (1.0, 2.0, 4.0)
    success: tuple[range, ...] = _ANY_2XX
    retried: tuple[range, ...] = (range(100, 600),)
    source: str = ""
    doubt: str = ""

    def __post_init__(self) -> None:
        if self.attempts < 1 or self.deadline <= 0 or not self.delays or min(self.delays) < 0:
            raise UsageError(
                "A policy wants at least one attempt, a deadline above zero, and delays of zero or "
                f"more; not attempts={self.attempts}, deadline={self.deadline:g}, "
                f"delays={self.delays}."
            )

    def succeeds(self, status: int | None) -> bool:
        """Whether an answer with *status* (None: no answer) ends the delivery well."""
        return status is not None and any(status in statuses for statuses in self.success)

    def retries(self, status: int | None) -> bool:
        """Whether an answer with *status* leads to another attempt at the same address."""
        if status is None:
            return True
        return not self.succeeds(status) and any(status in statuses for statuses in self.retried)

    def schedule(self) -> Iterator[float]:
        """The seconds to wait before each attempt at one address; none before the first."""
        yield 0.0
        for number in range(self.attempts - 1):
            yield self.delays[min(number, len(self.delays) - 1)]


POLICIES: Mapping[str, Policy] = {
    "general": Policy(
        source=FUNDAMENTALS,
        doubt=f"It gives no number of attempts; a newer page leaves all to the product. {_NO_INTERVALS}",
    ),
    "messaging": Policy(
        source=MESSAGING_GUIDE,
        doubt=(
            "The guide to receiving messages has 2 attempts for each address, the one to sending "
            f"them has 5 seconds and says that only 200 will do. {_NO_INTERVALS}"
        ),
    ),
    "messaging-v1": Policy(
        deadline=5.0,
        attempts=2,
        success=_ONLY_200,
        source=f"{GUIDES}/messaging/messages/receive-message",
        doubt=f"For profiles of API version 1, whose bodies are not made here. {_NO_INTERVALS}",
    ),
    "rcs": Policy(
        source=f"{GUIDES}/messaging/messages/receiving-rcs-webhooks",
        doubt=_NO_INTERVALS,
    ),
    "10dlc": Policy(
        attempts=5,
        delays=(30.0,),
        source=CAMPAIGN_GUIDE,
        doubt="No deadline is given.",
    ),
    "voice": Policy(
        attempts=2,
        retried=(range(408, 409), range(429, 430), range(500, 600)),
        source=VOICE_GUIDE,
        doubt=(
            "It follows up to three redirects, where the fundamentals count them as failures; an "
            "older page counts only 200 as success. webhook_timeout_secs (0 to 30) is the "
            f"deadline, and what it is while unset is not said. {_NO_INTERVALS}"
        ),
    ),
    "fax": Policy(
        success=_ONLY_200,
        source=f"{GUIDES}/programmable-fax/receiving-webhooks",
        doubt=f"The API reference of fax takes any 2xx. It gives no number of attempts. {_NO_INTERVALS}",
    ),
    "number_order": Policy(
        success=_ONLY_200,
        source=f"{CALLBACKS}/number-order-status-update",
        doubt=f"It gives neither deadline nor number of attempts. {_NO_INTERVALS}",
    ),
    "texml": Policy(
        success=_ONLY_200,
        source=f"{CALLBACKS}/texml-http-request",
        doubt=f"It gives neither deadline nor number of attempts. {_NO_INTERVALS}",
    ),
}
"""The policy of each product, by its name; most are named after a family of events."""

_OF_FAMILY = {"conference": "voice", "ai": "voice", "whatsapp": "messaging"}


def policy_for(what: Event | str) -> Policy:
    """The policy of an event's product, or the one with this name.

    Families of which nothing is documented have the general one. Raises UsageError for an unknown
    name.
    """
    if isinstance(what, Event):
        return POLICIES.get(_OF_FAMILY.get(what.family, what.family), POLICIES["general"])
    if what not in POLICIES:
        raise unknown("delivery policy", what, POLICIES)
    return POLICIES[what]
