"""Delivers a webhook as Telnyx does: attempt by attempt, address by address, until it succeeds."""

from __future__ import annotations

from collections.abc import Generator, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import islice
from typing import Any, TypeAlias

import anyio.to_thread

from telnyx_mock.clock import Clock
from telnyx_mock.delivery.delivery import Attempt, Delivery
from telnyx_mock.delivery.emitter import Emitter
from telnyx_mock.delivery.retry_policy import Policy
from telnyx_mock.errors import DeliveryError
from telnyx_mock.fake_api.blocked_call import BlockedCall
from telnyx_mock.fake_api.command import Command
from telnyx_mock.fake_api.service_call import ServiceCall
from telnyx_mock.payload.request import Request
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


@dataclass(frozen=True, slots=True)
class Step:
    """One attempt: *emitter* sends *request*, and waits at most *timeout* seconds for the answer."""

    emitter: Emitter
    request: Request
    timeout: float


Steps: TypeAlias = Generator[Step | float, Any, Delivery]
"""Yields each attempt, is sent its delivery or DeliveryError, and returns the whole delivery.

Before some attempts it yields how many seconds to wait.
"""


def steps(
    webhook: Webhook,
    addresses: Sequence[Emitter],
    policy: Policy,
    key: KeyPair,
    clock: Clock,
    first: int = 1,
) -> Steps:
    """Deliver *webhook* to the first of *addresses*. If that fails, try the next address.

    Begin with attempt number *first*: earlier ones were lost on their way.

    An address that cannot be reached counts as failed. An app that blocks would block in each attempt, so it has no other. If all addresses are in this process, the
    delays take no time. Each attempt has its own signature, with a timestamp at least one second
    after the previous timestamp. No timestamp is later than *clock*, so the first attempts have
    timestamps in the past.
    """
    in_process = all(emitter.receiver.in_process for emitter in addresses)
    most = policy.attempts * len(addresses)
    attempts: list[Attempt] = []
    commands: list[Command] = []
    blocked: list[BlockedCall] = []
    unmodelled: list[Command | ServiceCall] = []
    for emitter, delay in _schedule(addresses, policy, attempts, first):
        number = first + len(attempts)
        url = emitter.receiver.url
        if delay and not in_process:
            yield delay
        timestamp = int(clock.now()) - (most - number)
        request = sign(attempted(webhook, number, url), key, timestamp=timestamp)
        sent = yield Step(emitter, request, policy.deadline)
        if isinstance(sent, DeliveryError):
            reason = NoAnswerReason.UNREACHABLE
            attempts.append(Attempt(request, url, None, 0.0, reason, str(sent), delay))
            continue
        attempts.append(replace(sent.attempts[0], delay=delay))
        commands += sent.commands
        blocked += sent.blocked
        unmodelled += sent.unmodelled
        if policy.succeeds(sent.status) or attempts[-1].no_answer is NoAnswerReason.BLOCKED:
            break
    return Delivery(tuple(attempts), tuple(commands), tuple(blocked), tuple(unmodelled))


def deliver(steps: Steps, clock: Clock | None) -> Delivery:
    """Make the attempts of *steps*, and return the delivery. *clock* waits for the delays; without it, they take no time."""
    outcome: Any = None
    while True:
        try:
            step = steps.send(outcome)
        except StopIteration as end:
            return _delivery(end)
        try:
            if isinstance(step, Step):
                outcome = step.emitter.send(step.request, timeout=step.timeout)
            else:
                outcome = None
                if clock is not None:
                    clock.sleep(step)
        except DeliveryError as problem:
            outcome = problem


async def adeliver(steps: Steps, clock: Clock) -> Delivery:
    """Do what :func:`deliver` does, on the caller's event loop; a thread waits for the delays."""
    outcome: Any = None
    while True:
        try:
            step = steps.send(outcome)
        except StopIteration as end:
            return _delivery(end)
        try:
            if isinstance(step, Step):
                outcome = await step.emitter.asend(step.request, timeout=step.timeout)
            else:
                outcome = await anyio.to_thread.run_sync(clock.sleep, step)
        except DeliveryError as problem:
            outcome = problem


def _delivery(end: StopIteration) -> Delivery:
    delivery: Delivery = end.value
    return delivery


def _schedule(
    addresses: Sequence[Emitter], policy: Policy, made: Sequence[Attempt], first: int
) -> Iterator[tuple[Emitter, float]]:
    """Yield the emitter and the delay (in seconds) of each attempt.

    *made* are the attempts so far, since number *first*.
    """
    for number, emitter in enumerate(addresses):
        for delay in islice(policy.schedule(), first - 1 if number == 0 else 0, None):
            yield emitter, delay
            response = made[-1].response
            if not policy.retries(None if response is None else response.status):
                break
