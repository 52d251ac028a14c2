"""The receiver survives a failing Telnyx API: it copes alone, or asks for a later delivery."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from itertools import chain

from telnyx_mock.contract.engine.finding import Finding
from telnyx_mock.contract.engine.reason import Skipped, Why
from telnyx_mock.contract.engine.rule import Check, Rule, Scope
from telnyx_mock.contract.engine.rule_context import Context
from telnyx_mock.delivery import Delivery
from telnyx_mock.payload.webhook import Webhook, sample
from telnyx_mock.provider_urls import API_ERRORS, VOICE_GUIDE
from telnyx_mock.schema.event import Event
from telnyx_mock.severity import Severity

ASKS_FOR_RETRY = (429, 502, 503, 504)
"""The statuses by which a receiver asks on purpose for a later delivery."""


def _commanding(context: Context) -> Iterator[Event]:
    """Return the events that make the receiver send a command.

    Raises Skipped if there are no such events, or if the run cannot make the receiver's API fail.
    """
    if not context.emulator.receiver.in_process:
        raise Skipped(Why.NEEDS_PROCESS, what="How the receiver copes with a failing API")
    judged = False
    for acting in chain.from_iterable(context.acting().values()):
        send = partial(context.sender.send, sample(acting.name).fresh())
        _, effects = context.observer.observe_soon(send, probed=False)
        if effects.commands:
            judged = True
            yield acting
    if not judged:
        raise Skipped(Why.NO_COMMAND)


def _send_while_failing(context: Context, webhook: Webhook, status: int | None) -> Delivery:
    """Send *webhook* while the API answers each call with *status* (None: not at all)."""
    api = context.emulator.api
    with api.failing(status):
        delivery = context.sender.send(webhook, retry=False)
        context.emulator.wait_until_idle()
    return delivery


def _handles_retry(check: Check, context: Context, event: Event) -> Iterator[Finding]:
    judged = False
    for acting in _commanding(context):
        # Telnyx may have carried out a command without an answer, so a receiver may choose not to
        # send that again.
        for status, severity in ((500, Severity.ERROR), (None, Severity.WARNING)):
            webhook = sample(acting.name).fresh()
            first = _send_while_failing(context, webhook, status)
            if first.status is not None and first.status < 500 and first.status != 429:
                continue
            judged = True
            send = partial(context.sender.send_second_attempt, webhook)
            delivery, effects = context.observer.observe_late(send)
            if delivery.accepted and effects:
                continue
            outcome = "had no effect" if delivery.accepted else "was not accepted"
            yield check.finding(
                delivery,
                f"{_answered(first, status)}; attempt 2 {outcome}, although the API works again",
                "200, and the effect that attempt 1 should have had",
                severity=severity,
                alone=False,
            )
            break
    if not judged:
        raise Skipped(Why.NO_RETRY_NEEDED)


def _api_errors(check: Check, context: Context, event: Event) -> Iterator[Finding]:
    for acting in _commanding(context):
        for status in (422, 500, None):
            delivery = _send_while_failing(context, sample(acting.name).fresh(), status)
            asks_for_retry = delivery.status in ASKS_FOR_RETRY and not delivery.crash
            if delivery.accepted or asks_for_retry:
                continue
            expected = "200, or 503 if another attempt can help"
            yield check.finding(delivery, _answered(delivery, status), expected, alone=False)
            break


def _answered(delivery: Delivery, status: int | None) -> str:
    """Return what the receiver answered, and what the API answered: *status*, or nothing."""
    own = "got no answer" if delivery.status is None else f"was answered {delivery.status}"
    of_api = (
        "did not answer the receiver's command"
        if status is None
        else f"answered the receiver's command with {status}"
    )
    return f"{own} when the API {of_api}"


RULES: tuple[Rule, ...] = (
    Rule(
        "handles-retry-after-failure",
        "handles an event at attempt 2 if attempt 1 failed",
        Severity.ERROR,
        Scope.RUN,
        "If Telnyx gets a 5xx or no answer, it delivers the event again. Some receivers store an "
        "event as done before they have done its work. They ignore attempt 2, and the event is "
        "lost.",
        VOICE_GUIDE,
        "Store data.id in the same transaction as the work, or remove data.id if the work fails.",
        _handles_retry,
    ),
    Rule(
        "survives-api-errors",
        "does not fail if the Telnyx API answers with an error or does not answer",
        Severity.WARNING,
        Scope.RUN,
        "A call may have ended before the receiver's command arrives; then the API answers 422. "
        "If the receiver fails because of that, Telnyx delivers the event again, although no "
        "attempt can succeed. Every API also times out sometimes, and client libraries raise a "
        "different exception for that.",
        API_ERRORS,
        "Catch the API's errors and connection errors. Answer 503 if another attempt can help. "
        "Answer 200 if none can, so that Telnyx does not try again.",
        _api_errors,
    ),
)
