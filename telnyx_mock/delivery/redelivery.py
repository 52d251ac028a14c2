"""Delivers a webhook as Telnyx does: attempt by attempt, address by address, until it succeeds."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace

from telnyx_mock.clock import Clock
from telnyx_mock.delivery.delivery import Attempt, Delivery
from telnyx_mock.delivery.emitter import Emitter
from telnyx_mock.delivery.policy import Policy
from telnyx_mock.errors import DeliveryError
from telnyx_mock.fake_api.command import Command
from telnyx_mock.payload.webhook import Webhook
from telnyx_mock.signing.keys import KeyPair
from telnyx_mock.signing.sign import sign

__all__ = ["attempted", "deliver"]


def attempted(webhook: Webhook, attempt: int, url: str) -> Webhook:
    """*webhook* as it reads when it is delivered to *url* for the time that *attempt* counts.

    The event keeps its id. What carries no ``meta`` reads the same in each attempt.
    """
    meta = webhook.body.get("meta")
    if not isinstance(meta, dict):
        return webhook
    meta = {**meta, "attempt": attempt, "delivered_to": url}
    return replace(webhook, body={**webhook.body, "meta": meta})


def deliver(
    webhook: Webhook,
    addresses: Sequence[Emitter],
    policy: Policy,
    key: KeyPair,
    clock: Clock,
    wait: Callable[[float], None],
) -> Delivery:
    """Deliver *webhook* to the first of *addresses*, and while that fails to the next.

    An address that cannot be reached is one that failed. *wait* is asked to let seconds go by between attempts. Each attempt is signed anew, and dated
    a second or more after the one before it, though no attempt is dated ahead of *clock*: where
    waiting takes no time, the first ones are dated back.
    """
    most = policy.attempts * len(addresses)
    attempts: list[Attempt] = []
    commands: list[Command] = []
    blocked: list[str] = []
    for emitter, delay in _schedule(addresses, policy, attempts):
        wait(delay)
        number = len(attempts) + 1
        url = emitter.receiver.url
        stamp = int(clock.now()) - (most - number)
        request = sign(attempted(webhook, number, url), key, timestamp=stamp)
        try:
            tried = emitter.send(request, timeout=policy.deadline)
        except DeliveryError as problem:
            attempts.append(Attempt(request, url, None, 0.0, str(problem), delay))
            continue
        attempts.append(replace(tried.attempts[0], delay=delay))
        commands += tried.commands
        blocked += tried.blocked
        if policy.succeeds(tried.status):
            break
    return Delivery(tuple(attempts), tuple(commands), tuple(blocked))


def _schedule(
    addresses: Sequence[Emitter], policy: Policy, made: Sequence[Attempt]
) -> Iterator[tuple[Emitter, float]]:
    """Where to send, and after how many seconds, given the attempts that were *made* by then."""
    for emitter in addresses:
        for delay in policy.schedule():
            yield emitter, delay
            response = made[-1].response
            if not policy.retries(None if response is None else response.status):
                break
