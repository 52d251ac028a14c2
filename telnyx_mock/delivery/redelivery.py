"""Delivers a webhook as Telnyx does: attempt by attempt, address by address, until it succeeds."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from telnyx_mock.clock import Clock
from telnyx_mock.delivery.delivery import Attempt, Delivery
from telnyx_mock.delivery.emitter import Emitter
from telnyx_mock.delivery.retry_policy import Policy
from telnyx_mock.errors import DeliveryError
from telnyx_mock.fake_api.blocked_call import BlockedCall
from telnyx_mock.fake_api.command import Command
from telnyx_mock.fake_api.service_call import ServiceCall
from telnyx_mock.payload.webhook import Webhook
from telnyx_mock.schema.placeholders import DeliveryAddress
from telnyx_mock.signing.keys import KeyPair
from telnyx_mock.signing.sign import sign
from telnyx_mock.transports.receiver import NoAnswerReason


def attempted(webhook: Webhook, attempt: int, url: str) -> Webhook:
    """Return *webhook* as Telnyx sends it to *url* in attempt number *attempt*, counted from 1.

    The event keeps its id. A webhook without ``meta`` is the same in each attempt.
    """
    meta = webhook.body.get("meta")
    if not isinstance(meta, dict):
        return webhook
    meta = {**meta, "attempt": attempt, "delivered_to": DeliveryAddress(url)}
    return replace(webhook, body={**webhook.body, "meta": meta})


def deliver(
    webhook: Webhook,
    addresses: Sequence[Emitter],
    policy: Policy,
    key: KeyPair,
    clock: Clock,
) -> Delivery:
    """Deliver *webhook* to the first of *addresses*. If that fails, try the next address.

    An address that cannot be reached counts as failed. *clock* waits for the delays; if all
    addresses are in this process, the delays take no time. Each attempt has its own signature, with
    a timestamp at least one second after the previous timestamp. No timestamp is later than
    *clock*, so the first attempts have timestamps in the past.
    """
    in_process = all(emitter.receiver.in_process for emitter in addresses)
    most = policy.attempts * len(addresses)
    attempts: list[Attempt] = []
    commands: list[Command] = []
    blocked: list[BlockedCall] = []
    unmodelled: list[Command | ServiceCall] = []
    for emitter, delay in _schedule(addresses, policy, attempts):
        if delay and not in_process:
            clock.sleep(delay)
        number = len(attempts) + 1
        url = emitter.receiver.url
        timestamp = int(clock.now()) - (most - number)
        request = sign(attempted(webhook, number, url), key, timestamp=timestamp)
        try:
            sent = emitter.send(request, timeout=policy.deadline)
        except DeliveryError as problem:
            reason = NoAnswerReason.UNREACHABLE
            attempts.append(Attempt(request, url, None, 0.0, reason, str(problem), delay))
            continue
        attempts.append(replace(sent.attempts[0], delay=delay))
        commands += sent.commands
        blocked += sent.blocked
        unmodelled += sent.unmodelled
        if policy.succeeds(sent.status):
            break
    return Delivery(tuple(attempts), tuple(commands), tuple(blocked), tuple(unmodelled))


def _schedule(
    addresses: Sequence[Emitter], policy: Policy, made: Sequence[Attempt]
) -> Iterator[tuple[Emitter, float]]:
    """Yield the emitter and the delay (in seconds) of each attempt.

    *made* are the attempts so far.
    """
    for emitter in addresses:
        for delay in policy.schedule():
            yield emitter, delay
            response = made[-1].response
            if not policy.retries(None if response is None else response.status):
                break
