"""The receiver survives a failing Telnyx API: it copes alone, or asks for a later delivery."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from telnyx_mock.contract.engine.confirmation import each_time, reproduced
from telnyx_mock.contract.engine.finding import Finding
from telnyx_mock.contract.engine.reason import Skipped, Why
from telnyx_mock.contract.engine.rule import Check, Rule, Scope
from telnyx_mock.contract.engine.rule_context import Context
from telnyx_mock.delivery import Delivery
from telnyx_mock.fake_api import Command
from telnyx_mock.fake_api.api_errors import lasting_error
from telnyx_mock.payload.webhook import Webhook
from telnyx_mock.provider_urls import API_ERRORS, API_HOST, VOICE_GUIDE
from telnyx_mock.schema.event import Event
from telnyx_mock.severity import Severity

FOR_LATER = (408, 429)
"""The 4xx after which Telnyx delivers again, as after each 5xx and after no answer."""


def _commanding(context: Context) -> Iterator[Event]:
    """Yield the events that make the receiver send a command.

    Raises Skipped if there are no such events, or if the run cannot make the receiver's API fail.
    """
    context.observer.require_commands("How the receiver copes with a failing API")
    judged = False
    for acting in context.worst_first():
        send = partial(context.sender.send, context.prepare(acting))
        _, effects = context.observer.observe_soon(send, probed=False)
        if effects.commands:
            judged = True
            yield acting
    if not judged:
        raise Skipped(Why.NO_COMMAND)


def _calling(context: Context) -> Iterator[tuple[Event, str]]:
    """Yield the events that make the receiver send a command or call a service, with its name.

    Raises Skipped as :func:`_commanding` does.
    """
    none: Skipped | None = None
    known = set()
    try:
        for acting in _commanding(context):
            known.add(acting)
            yield acting, "the API"
    except Skipped as problem:
        none = problem
    for each in context.events:  # whose samples show which services the receiver calls
        context.baseline.accepts(each)
    for host, webhook in context.sender.callers.items():
        # A thread may have called the host for another webhook than this, at which the app fails for a cause of its own.
        is_usable = webhook.event not in known and context.baseline.accepts(webhook.event)
        if host != API_HOST and is_usable:
            none = None
            yield webhook.event, host
    if none is not None:
        raise none


def _send_while_failing(context: Context, webhook: Webhook, status: int | None) -> Delivery:
    """Send *webhook* while the API answers each call with *status* (None: not at all)."""
    with context.emulator.api.failing(status):
        return _send(context, webhook)


def _send(context: Context, webhook: Webhook) -> Delivery:
    delivery = context.sender.send(webhook, retry=False)
    context.emulator.wait_until_idle()
    return delivery


def _handles_retry(check: Check, context: Context, event: Event) -> Iterator[Finding]:
    judged = False
    for acting, service in _calling(context):
        # Telnyx may have carried out a command without an answer, so a receiver may choose not to
        # send that again.
        for status, severity in ((500, Severity.ERROR), (None, Severity.WARNING)):
            first = _asking_for_retry(context, acting, status)
            if first is None:
                continue
            judged = True
            lost = reproduced(context, partial(_lost_at_retry, context, acting, status))
            if (
                lost is None
                or each_time(partial(_asking_for_retry, context, acting, status)) is None
            ):
                continue
            first, delivery = lost
            outcome = "had no effect" if delivery.accepted else "was not accepted"
            yield check.finding(
                delivery,
                f"{_answered(first, service, status)}; attempt 2 {outcome}, although {service} "
                "works again",
                "200, and the effect that attempt 1 should have had",
                severity=severity,
                alone=False,
            )
            break
    if not judged:
        raise Skipped(Why.NO_RETRY_NEEDED)


def _asking_for_retry(context: Context, event: Event, status: int | None) -> Delivery | None:
    """Return a delivery of *event* that fails because the API answers *status*; else None."""
    first = _send_while_failing(context, context.prepare(event), status)
    asks = first.status is None or first.status >= 500 or first.status == 429
    return first if asks else None


def _lost_at_retry(
    context: Context, event: Event, status: int | None
) -> tuple[Delivery, Delivery] | None:
    """Return both attempts if attempt 1 fails with the API, and attempt 2 has no effect; else None."""
    first = _asking_for_retry(context, event, status)
    if first is None or first.webhook is None:
        return None
    send = partial(context.sender.send_second_attempt, first.webhook)
    calls = context.emulator.api.service_calls
    before = calls.position
    delivery, effects = context.observer.observe_late(send)
    acted = effects or calls.position > before
    return None if delivery.accepted and acted else (first, delivery)


def _api_errors(check: Check, context: Context, event: Event) -> Iterator[Finding]:
    in_vain: list[tuple[Delivery, str]] = []
    dropped: list[tuple[Delivery, str]] = []
    for acting in _commanding(context):
        if at_refusal := each_time(partial(_failed_in_vain, context, acting)):
            in_vain.append(at_refusal)
            continue
        for status in (500, None):
            delivery = _send_while_failing(context, context.prepare(acting), status)
            if delivery.refused and delivery.status not in FOR_LATER:
                dropped.append((delivery, _of_api(status)))
                break
    for failed, expected in (
        (in_vain, "2xx, because no later attempt can succeed"),
        (dropped, "2xx, or 503 so that Telnyx delivers the event again"),
    ):
        if failed:
            delivery, of_api = failed[0]
            others = [each.request.event for each, _ in failed[1:]]
            also = f"; so was {' and '.join(others)}" if others else ""
            problem = f"{_own(delivery)} when the API {of_api}{also}"
            yield check.finding(delivery, problem, expected, alone=False)
            break


def _answered(delivery: Delivery, service: str, status: int | None) -> str:
    """Return what the receiver answered, and what *service* answered: *status*, or nothing."""
    return f"{_own(delivery)} when {service} {_of_api(status)}"


def _failed_in_vain(context: Context, event: Event) -> tuple[Delivery, str] | None:
    """Return a delivery of *event* that is not accepted because the API refuses its command for good.

    Also return what the API did. Return None if it is accepted.
    """
    webhook = context.prepare(event)
    with context.emulator.api.refusing() as refused:
        delivery = _send(context, webhook)
    return (delivery, _for_good(refused[0])) if refused and not delivery.accepted else None


def _own(delivery: Delivery) -> str:
    return "got no answer" if delivery.status is None else f"was answered {delivery.status}"


def _of_api(status: int | None) -> str:
    if status is None:
        return "did not answer the receiver's call"
    return f"answered the receiver's call with {status}"


def _for_good(command: Command) -> str:
    error = lasting_error(command)
    assert error is not None
    return f"refused its command {command.name} for good ({error.status}, code {error.code})"


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
        "acknowledges an event if the Telnyx API refuses its command for good",
        Severity.WARNING,
        Scope.RUN,
        "A call may have ended before the receiver's command arrives (422, code 90018), and who gets "
        "a message may have opted out (400, code 40300). If the receiver fails because of that, "
        "Telnyx delivers the event again, although no attempt can succeed. After a time-out or a 5xx "
        "of the API another attempt can: a 5xx asks for it, and a 4xx loses the event.",
        API_ERRORS,
        "Catch the API's errors. Answer 200 if no later attempt can succeed, and 503 if one can.",
        _api_errors,
    ),
)
