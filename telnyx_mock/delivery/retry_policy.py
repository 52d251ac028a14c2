"""The retry policy of each Telnyx product: how it redelivers a webhook after a failure.

The policies are taken from Telnyx's pages. The pages contradict each other, and only the page about
10DLC gives intervals. *doubt* says what is unclear.
Every policy assumes three things: ``meta.attempt`` continues at the failover address, the failover
address is tried at once (the sample of the webhook deliveries API shows 4 ms), and a redirect is a
failure.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from telnyx_mock.errors import UsageError, unknown
from telnyx_mock.provider_urls import (
    CALLBACKS,
    CAMPAIGN_GUIDE,
    FUNDAMENTALS,
    GUIDES,
    MESSAGING_GUIDE,
    VOICE_GUIDE,
)
from telnyx_mock.schema.event import Event

_ANY_2XX = (range(200, 300),)
_ONLY_200 = (range(200, 201),)
_NO_INTERVALS = "No page says how long Telnyx waits between attempts."


@dataclass(frozen=True, slots=True)
class Policy:
    """How a product delivers a webhook.

    One attempt may take *deadline* seconds. Each address is tried *attempts* times; *delays* are
    the seconds before the second attempt and each later one, and the last of them repeats. A status
    in
    *success* ends the delivery. A status in *retried*, or no answer, leads to another attempt; any
    other status ends the attempts at this address. *source* is a page of
    Telnyx. *doubt* says what this page leaves open, or what other pages contradict.

    Raises UsageError if a number is impossible.

    >>> from telnyx_mock import Policy
    >>> list(Policy(attempts=4, delays=(1.0, 5.0)).schedule())
    [0.0, 1.0, 5.0, 5.0]
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
                "A policy needs at least one attempt, a deadline above zero, and delays of zero or "
                f"more, but it has attempts={self.attempts}, deadline={self.deadline:g}, "
                f"delays={self.delays}."
            )

    def succeeds(self, status: int | None) -> bool:
        """Return whether *status* (None: no answer) ends the delivery successfully."""
        return status is not None and any(status in statuses for statuses in self.success)

    def retries(self, status: int | None) -> bool:
        """Return whether *status* (None: no answer) leads to another attempt at this address."""
        if status is None:
            return True
        return not self.succeeds(status) and any(status in statuses for statuses in self.retried)

    def schedule(self) -> Iterator[float]:
        """Yield the seconds to wait before each attempt at an address: 0 before the first."""
        yield 0.0
        for number in range(self.attempts - 1):
            yield self.delays[min(number, len(self.delays) - 1)]


POLICIES: Mapping[str, Policy] = {
    "general": Policy(
        source=FUNDAMENTALS,
        doubt=f"The page gives no number of attempts. A newer page says only that retries depend on the product. {_NO_INTERVALS}",
    ),
    "messaging": Policy(
        source=MESSAGING_GUIDE,
        doubt=(
            "The guide to receiving messages says that there are 2 attempts at each address. The "
            f"guide to sending messages gives a deadline of 5 seconds and counts only 200 as success. {_NO_INTERVALS}"
        ),
    ),
    "messaging-v1": Policy(
        deadline=5.0,
        attempts=2,
        success=_ONLY_200,
        source=f"{GUIDES}/messaging/messages/receive-message",
        doubt=f"This policy is for profiles of API version 1. telnyx-mock does not send their webhooks. {_NO_INTERVALS}",
    ),
    "rcs": Policy(
        source=f"{GUIDES}/messaging/messages/receiving-rcs-webhooks",
        doubt=_NO_INTERVALS,
    ),
    "10dlc": Policy(
        attempts=5,
        delays=(30.0,),
        source=CAMPAIGN_GUIDE,
        doubt="The page gives no deadline.",
    ),
    "voice": Policy(
        attempts=2,
        retried=(range(408, 409), range(429, 430), range(500, 600)),
        source=VOICE_GUIDE,
        doubt=(
            "This page says that Telnyx follows up to three redirects, but the page about "
            "fundamentals counts redirects as failures. An older page counts only 200 as success. "
            f"webhook_timeout_secs (0 to 30) sets the deadline; its default is not documented. {_NO_INTERVALS}"
        ),
    ),
    "fax": Policy(
        success=_ONLY_200,
        source=f"{GUIDES}/programmable-fax/receiving-webhooks",
        doubt=f"The API reference of fax counts any 2xx as success. The page gives no number of attempts. {_NO_INTERVALS}",
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
"""The policies by name. Most names are names of event families."""

_OF_FAMILY = {"conference": "voice", "ai": "voice", "whatsapp": "messaging"}


def policy_for(what: Event | str) -> Policy:
    """Return the policy for the product of an event.

    If *what* is a name, return the policy with this name. A family without a documented policy has
    the general policy. Raises UsageError for an unknown name.
    """
    if isinstance(what, Event):
        return POLICIES.get(_OF_FAMILY.get(what.family, what.family), POLICIES["general"])
    if what not in POLICIES:
        raise unknown("delivery policy", what, POLICIES)
    return POLICIES[what]
