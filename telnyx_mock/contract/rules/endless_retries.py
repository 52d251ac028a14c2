"""The receiver gives up: it does not send, fax or call again without end what fails each time."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from telnyx_mock.catalogue.registry import find
from telnyx_mock.contract.engine.finding import Finding
from telnyx_mock.contract.engine.reason import Skipped, Why
from telnyx_mock.contract.engine.rule import Check, Rule, Scope
from telnyx_mock.contract.engine.rule_context import Context
from telnyx_mock.delivery import Delivery
from telnyx_mock.fake_api.answers import ApiAnswer
from telnyx_mock.fake_api.command import Command
from telnyx_mock.payload.webhook import webhook
from telnyx_mock.provider_urls import FUNDAMENTALS
from telnyx_mock.schema.event import Event
from telnyx_mock.schema.field_tree import nodes_by_path
from telnyx_mock.schema.json_values import Json
from telnyx_mock.severity import Severity
from telnyx_mock.simulator.parameters import texts

MOST = 10
"""So many tries, each because the one before has failed, are without end."""

APP, OTHER = "+13125550199", "+13125550142"
"""The numbers of the app, and of the fax machine or telephone that nobody reaches."""


@dataclass(frozen=True, slots=True)
class _Failure:
    """An *event* with *values* that tells that what the *command* began has failed.

    *id*, *from_* and *to* are the paths of what was begun, and of the numbers between which it went. *kept* has paths
    whose values are those of parameters of the command.
    """

    event: str
    values: Mapping[str, Json]
    command: str
    id: str
    from_: str
    to: str
    kept: Mapping[str, str] = field(default_factory=dict)


_FAILURES = (
    _Failure(
        "fax.failed",
        {"direction": "outbound", "failure_reason": "user_busy"},
        "faxes.post",
        "fax_id",
        "from",
        "to",
        {"original_media_url": "media_url"},
    ),
    _Failure(
        "message.finalized",
        {"to[0].status": "delivery_failed"},
        "messages.send",
        "id",
        "from.phone_number",
        "to[0].phone_number",
    ),
    _Failure(
        "call.hangup",
        {"hangup_cause": "user_busy"},
        "dial",
        "call_control_id",
        "from",
        "to",
    ),
)


def _tries_on(check: Check, context: Context, event: Event) -> Iterator[Finding]:
    context.observer.require_commands("Whether the receiver tries again what failed")
    judged = False
    for failure in _FAILURES:
        if not _is_accepted(context, find(failure.event)):
            continue
        tries, last = _let_fail(context, failure)
        judged = judged or tries > 0
        # Again, since a thread may have acted because of an earlier webhook.
        if tries == MOST and _let_fail(context, failure)[0] == MOST:
            problem = (
                f"made the receiver send the command {failure.command} to the same number again, and so "
                f"did the next failure, {MOST} times in a row"
            )
            yield check.finding(last, problem, "an end after a few attempts", alone=False)
    if not judged:
        raise Skipped(Why.TRIES_NOTHING_AGAIN)


def _is_accepted(context: Context, event: Event) -> bool:
    return event in context.events and context.baseline.accepts(event)


def _let_fail(context: Context, failure: _Failure) -> tuple[int, Delivery]:
    """Let each try of the receiver fail; return how many tries that caused, and the last delivery."""
    values: dict[str, Json] = {failure.from_: APP, failure.to: OTHER, **failure.values}
    context.observer.wait_until_idle(probed=False)
    for tries in range(MOST):
        send = partial(context.sender.send, webhook(failure.event, strict=False, **values))
        with _made(context, failure) as made:
            delivery, _ = context.observer.observe_soon(send, probed=False)
        if not made:
            return tries, delivery
        values |= _about(failure, *made[0])
    return MOST, delivery


@contextmanager
def _made(context: Context, failure: _Failure) -> Iterator[list[tuple[Command, Mapping[str, Any]]]]:
    """Yield the commands that try again in the ``with`` block, and what each has made."""
    found: list[tuple[Command, Mapping[str, Any]]] = []

    def hear(command: Command, answer: ApiAnswer) -> None:
        is_retry = command.name == failure.command and OTHER in texts(command.parameters, "to")
        if is_retry and answer.status < 300:
            found.append((command, answer.data))

    listeners = context.emulator.api.listeners
    listeners.append(hear)
    try:
        yield found
    finally:
        listeners.remove(hear)


def _about(failure: _Failure, command: Command, made: Mapping[str, Any]) -> dict[str, Json]:
    """Return the values of the webhook about what *command* has *made*."""
    given = command.parameters
    names = {"client_state": "client_state", "tags": "tags", **failure.kept}
    declared = {path.rpartition(".payload.")[2] for path in nodes_by_path(find(failure.event))}
    kept = {
        path: given[name] for path, name in names.items() if path in declared and given.get(name)
    }
    made_id = made.get("call_control_id") or made.get("id")
    return {failure.id: made_id, **kept} if isinstance(made_id, str) else kept


RULES: tuple[Rule, ...] = (
    Rule(
        "gives-up-at-some-time",
        "gives up what fails each time",
        Severity.WARNING,
        Scope.RUN,
        "A number may be out of service for ever. If the app sends, faxes or calls again whenever Telnyx tells of a "
        "failure, each attempt leads to the next, and each costs.",
        FUNDAMENTALS,
        "Count the attempts, for example in client_state, and give up after a few. Look at the reason, too: "
        "some failures do not pass.",
        _tries_on,
    ),
)
