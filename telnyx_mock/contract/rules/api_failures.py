"""The receiver bears with a Telnyx API that fails: it asks for a retry, or copes by itself."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from itertools import chain

from telnyx_mock.contract.engine.context import Context
from telnyx_mock.contract.engine.finding import Finding
from telnyx_mock.contract.engine.reason import Skipped, Why
from telnyx_mock.contract.engine.rule import Check, Rule, Scope
from telnyx_mock.delivery import Delivery, attempted
from telnyx_mock.payload.webhook import Webhook, sample
from telnyx_mock.provider import API_ERRORS, VOICE_GUIDE
from telnyx_mock.schema.event import Event
from telnyx_mock.severity import Severity

__all__ = ["RULES"]

PLANNED = (429, 502, 503, 504)
"""Answers by which a receiver asks for a later delivery on purpose."""


def _commanding(context: Context) -> Iterator[Event]:
    """Of each family, the acting events that lead to a command. Raises NotSelected for none."""
    if not context.emulator.receiver.in_process:
        raise Skipped(Why.NEEDS_PROCESS, what="How the receiver bears a failing API")
    judged = False
    for acted in chain.from_iterable(context.acting().values()):
        send = partial(context.sender.send, sample(acted.name).fresh())
        _, effects = context.observer.observe_soon(send, probed=False)
        if effects.commands:
            judged = True
            yield acted
    if not judged:
        raise Skipped(Why.NO_COMMAND)


def _with_failing_api(context: Context, webhook: Webhook, status: int | None) -> Delivery:
    api = context.emulator.api
    with api.failing(status):
        delivery = context.sender.send(webhook, retry=False)
        context.emulator.wait_until_idle()
    return delivery


def _retried(check: Check, context: Context, event: Event) -> Iterator[Finding]:
    judged = False
    for acted in _commanding(context):
        # What timed out may have been carried out, so not to try it again is somebody's choice.
        for status, severity in ((500, Severity.ERROR), (None, Severity.WARNING)):
            webhook = sample(acted.name).fresh()
            failed = _with_failing_api(context, webhook, status)
            if failed.status is not None and failed.status < 500 and failed.status != 429:
                continue
            judged = True
            delivery, problem = _next_attempt(context, webhook)
            if problem:
                yield check.finding(
                    delivery,
                    f"{_failure(failed)} when the API {_how(status)}, and its next attempt "
                    f"{problem}",
                    "200, and the effect that attempt 1 did not have",
                    severity=severity,
                    alone=False,
                )
                break
    if not judged:
        raise Skipped(Why.NO_RETRY_NEEDED)


def _next_attempt(context: Context, webhook: Webhook) -> tuple[Delivery, str]:
    """The second attempt at *webhook*, while the API is well, and what is wrong with it."""
    again = attempted(webhook, 2, context.emulator.receiver.url)
    send = partial(context.sender.send, again)
    delivery, effects = context.observer.observe_late(send)
    if not delivery.accepted:
        return delivery, "is not accepted, though all is well by then"
    return delivery, "" if effects else "is acknowledged and not handled"


def _api_errors(check: Check, context: Context, event: Event) -> Iterator[Finding]:
    for acted in _commanding(context):
        for status in (422, 500, None):
            delivery = _with_failing_api(context, sample(acted.name).fresh(), status)
            planned = delivery.status in PLANNED and not delivery.crash
            if delivery.accepted or planned:
                continue
            yield check.finding(
                delivery,
                f"{_failure(delivery)} when the API {_how(status)}",
                "200, or 503 where another attempt can help",
                alone=False,
            )
            break


def _failure(delivery: Delivery) -> str:
    return "got no answer" if delivery.status is None else f"was answered {delivery.status}"


def _how(status: int | None) -> str:
    return "gave its command no answer" if status is None else f"answered its command {status}"


RULES: tuple[Rule, ...] = (
    Rule(
        "handles-retry-after-failure",
        "handles an event at the next attempt, when it failed at the first",
        Severity.ERROR,
        Scope.RUN,
        "After a 5xx or no answer Telnyx delivers again; an event that was noted as done before "
        "it was done is lost there.",
        VOICE_GUIDE,
        "Note data.id in the transaction that does the work, or take the note back if that fails.",
        _retried,
    ),
    Rule(
        "survives-api-errors",
        "does not fail when the Telnyx API answers with an error, or not in time",
        Severity.WARNING,
        Scope.RUN,
        "A call may be over before its command arrives, which the API answers with 422: if that "
        "makes the receiver fail, Telnyx delivers again what can never succeed. And no API answers "
        "every time: clients raise an error of another kind when they have waited too long.",
        API_ERRORS,
        "Catch the errors of the API, those of the connection too: acknowledge with 200 what cannot "
        "succeed, and answer 503 where another attempt can help.",
        _api_errors,
    ),
)
