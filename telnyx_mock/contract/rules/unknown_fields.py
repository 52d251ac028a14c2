"""The receiver accepts unknown fields, which Telnyx may add to any object of a webhook."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from functools import partial

from telnyx_mock.contract.engine.confirmation import confirmed
from telnyx_mock.contract.engine.finding import Finding
from telnyx_mock.contract.engine.reason import Skipped, Why
from telnyx_mock.contract.engine.rule import Check, Rule, Scope
from telnyx_mock.contract.engine.rule_context import Context
from telnyx_mock.contract.rules.each_choice import choices_left
from telnyx_mock.contract.rules.genuine import finding_if_unaccepted, unaccepted
from telnyx_mock.payload.webhook import Webhook, sample
from telnyx_mock.provider_urls import FUNDAMENTALS
from telnyx_mock.schema.event import ContentType, Event
from telnyx_mock.schema.json_values import Json
from telnyx_mock.severity import Severity


def _check_unknown_fields(check: Check, context: Context, event: Event) -> Iterator[Finding]:
    context.baseline.require_accepted(event)
    context.readings.require_payload_read(event)
    how = f"with an unknown field {_name(event)} in each object"
    # A webhook that the run has to send anyway shows as much, if the receiver accepts it.
    [other] = choices_left(context, event)[:1] or [None]
    failed = None if other is None else context.sender.send(_extended(other))
    if failed is not None and failed.accepted:
        return
    if failed is None and context.alike.others_stand_for(event):
        raise Skipped(Why.HANDLED_ALIKE, event.family)
    send = partial(context.sender.send, _extended(sample(event.name)))
    finding = finding_if_unaccepted(check, context, event, send, how)
    if finding is None and failed is not None and other is not None:
        if not context.sender.send(other).accepted:
            return  # its values break the receiver, which another rule reports
        send = partial(context.sender.send, _extended(other))
        finding = unaccepted(check, confirmed(context, event, failed, send), how)
    if finding is not None:
        yield finding


def _name(event: Event) -> str:
    return "FutureField" if event.content_type is ContentType.FORM else "future_field"


def _extended(webhook: Webhook) -> Webhook:
    """Return *webhook* with an unknown field in each object."""
    name = _name(webhook.event)

    def extended(value: Json) -> Json:
        if isinstance(value, dict):
            members = {known: extended(member) for known, member in value.items()}
            return {**members, name: "future value"}
        return [extended(item) for item in value] if isinstance(value, list) else value

    return replace(webhook, body=extended(webhook.body))


RULES: tuple[Rule, ...] = (
    Rule(
        "accepts-unknown-fields",
        "accepts unknown fields",
        Severity.ERROR,
        Scope.EVENT,
        "Telnyx adds fields to its webhooks without a new version of the API.",
        FUNDAMENTALS,
        "Configure your models to ignore unknown fields.",
        _check_unknown_fields,
    ),
)
