"""A rule of the contract, and a check: the rule tried in one run, with its findings."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import Enum

from telnyx_mock.contract.engine.finding import Cause, Finding
from telnyx_mock.contract.engine.leaks import excerpt
from telnyx_mock.contract.engine.provoker import provoker
from telnyx_mock.contract.engine.rule_context import Context
from telnyx_mock.contract.reproduce.target import Target
from telnyx_mock.delivery import Delivery
from telnyx_mock.hidden import without_secrets
from telnyx_mock.payload.paths import resolve
from telnyx_mock.payload.request import Request
from telnyx_mock.schema.event import ContentType, Event
from telnyx_mock.schema.field_tree import kinds_by_path
from telnyx_mock.schema.json_values import ABSENT, Json
from telnyx_mock.schema.kinds import Timestamp
from telnyx_mock.schema.placeholders import GeneratedTime
from telnyx_mock.severity import Severity


class Scope(Enum):
    """What a rule is tried for: each event, each family and so on."""

    EVENT = "each event"
    FAMILY = "one event of each family"
    CONTENT_TYPE = "one JSON event and one form"
    RUN = "the whole run"


def content_type(event: Event) -> str:
    """Return the content type of *event*: ``json`` or ``form``."""
    return "form" if event.content_type is ContentType.FORM else "json"


def _always(event: Event) -> bool:
    return True


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule of the receiver contract.

    *title* states the rule, *why* gives its reason, *source* is the provider's page for this
    reason, and *fix* says what to do about a finding. *look* sends requests to look for findings;
    it is called only for events that the rule *applies* to. A rule that *judges_time* has no limit
    on late answers until it finds something. A rule that *judges_refused* is also tried for one event
    of a receiver that accepts none.
    """

    id: str
    title: str
    severity: Severity
    scope: Scope
    why: str
    source: str
    fix: str
    look: Callable[[Check, Context, Event], Iterator[Finding]]
    applies: Callable[[Event], bool] = _always
    judges_time: bool = False
    judges_refused: bool = False

    def subject(self, event: Event) -> str:
        """Return what the rule is tried for if that is about *event*: its name, its family and so on."""
        match self.scope:
            case Scope.EVENT:
                return event.name
            case Scope.FAMILY:
                return event.family
            case Scope.CONTENT_TYPE:
                return content_type(event)
            case Scope.RUN:
                return ""


@dataclass(frozen=True, slots=True)
class Check:
    """One *rule* that is tried against a receiver; *target* names the receiver in commands."""

    rule: Rule
    target: Target

    def finding(
        self,
        delivery: Delivery,
        problem: str,
        expected: str,
        *,
        subject: str = "",
        severity: Severity | None = None,
        fields: tuple[str, ...] = (),
        why: str = "",
        fix: str = "",
        cause: Cause | None = None,
        alone: bool = True,
    ) -> Finding:
        """Return the finding that *delivery* shows; *problem* says what the receiver did.

        The sentence begins with *subject*, or else with the delivery. *severity*, *why* and *fix*
        default to those of the rule. If the delivery does not show the problem *alone*, the command
        that reproduces the finding runs the whole rule. If the problem takes the values of *fields*,
        who can make Telnyx send these limits the severity.
        """
        request, rule = delivery.request, self.rule
        alone = alone and not (request.webhook and request.webhook.after)
        decided, implied = _departures(request)
        by = provoker(request.webhook, fields)
        return Finding(
            rule=rule.id,
            severity=max(severity or rule.severity, by.gravest, key=lambda each: each.rank),
            event=request.event,
            message=f"{subject or delivery.sent()} {problem}.",
            expected=expected,
            observed=without_secrets(delivery.answer()),
            why=why or rule.why,
            source=rule.source,
            fix=fix or rule.fix,
            curl=self.target.curl(delivery) if alone else "",
            reproduce=self.target.send(request)
            if alone
            else self.target.check(rule.id, request.event if rule.scope is Scope.EVENT else ""),
            replay=self.target.replay(delivery.id, request.forgery) if alone else "",
            decided=decided,
            implied=implied,
            fields=fields,
            traceback=without_secrets(delivery.crash or delivery.logged or ""),
            answer=excerpt(delivery.body),
            delivery=delivery.id,
            status=delivery.status,
            cause=cause,
            who=by.why,
        )


def difference(event: Event, path: str, value: Json) -> str:
    """Return one difference from the sample of *event*, in words. A long value is cut."""
    if value is ABSENT:
        return f"no {path}"
    text = json.dumps(value) if value is None or isinstance(value, bool) else repr(value)
    if isinstance(value, str) and len(value) > 30 and len(set(value)) == 1:
        text = f"{value[0]!r} * {len(value)}"
    elif len(text) > 80:
        length = len(value) if isinstance(value, str) else len(text)
        text = f"{text[:60]}... ({length} characters)"
    if isinstance(value, GeneratedTime) and not value.offset and _is_earlier(event, path):
        text += " (the time of the event)"
    return f"{path} = {text}"


def _is_earlier(event: Event, path: str) -> bool:
    """Whether the time at *path* usually lies before the event."""
    kinds = kinds_by_path(event).get(resolve(event, path).pattern, ())
    return any(isinstance(kind, Timestamp) and kind.offset < 0 for kind in kinds)


def _departures(request: Request) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return the decided and the implied differences from the documented sample."""
    webhook = request.webhook
    if webhook is None:
        return (), ()
    decided = webhook.decisions()
    return (
        tuple(difference(webhook.event, path, value) for path, value in decided.items()),
        tuple(
            difference(webhook.event, path, value)
            for path, value in webhook.differences()
            if path not in decided
        ),
    )
