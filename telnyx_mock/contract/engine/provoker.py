"""Says who can provoke a failure: Telnyx alone, any caller, only the app itself, or nobody so far."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from telnyx_mock.payload.paths import field_names, resolve
from telnyx_mock.payload.webhook import Webhook
from telnyx_mock.schema.event import Event
from telnyx_mock.schema.field_tree import nodes_by_path
from telnyx_mock.schema.json_values import ABSENT, Json
from telnyx_mock.schema.kind import Kind
from telnyx_mock.schema.kinds import Cases
from telnyx_mock.schema.origin import Origin
from telnyx_mock.schema.placeholders import Echoed
from telnyx_mock.severity import Severity


@dataclass(frozen=True, slots=True)
class Provoker:
    """Who can provoke a failure: *why* says so, and *gravest* is the most that it can matter."""

    why: str = ""
    gravest: Severity = Severity.ERROR


_PROVOKERS = {
    Origin.APP: Provoker(
        "Only the holder of your API key can make Telnyx send this value.", Severity.ADVICE
    ),
    Origin.CALLER: Provoker("Anyone who can ring or text can do this."),
}
"""By who decides the values. A failure that takes several takes the first of these."""

_NOBODY_YET = Provoker(
    "Every published capture has the field, but no page of Telnyx promises it.", Severity.WARNING
)


def provoker(webhook: Webhook | None, fields: Iterable[str]) -> Provoker:
    """Who can provoke a failure that takes the values of *webhook* in these *fields*."""
    wanted = set(fields)
    if webhook is None or not wanted:
        return Provoker()
    decided = webhook.decisions().items()
    values = [(path, value) for path, value in decided if wanted.intersection(field_names([path]))]
    if any(value is ABSENT and _is_in_captures(webhook.event, path) for path, value in values):
        return _NOBODY_YET
    found = {_origin(webhook, path, value) for path, value in values}
    return next((known for origin, known in _PROVOKERS.items() if origin in found), Provoker())


def _is_in_captures(event: Event, path: str) -> bool:
    return any(node.field.in_captures for node in resolve(event, path).nodes)


def _origin(webhook: Webhook, path: str, value: Json) -> Origin:
    """Who decides the *value* at *path*.

    The app decides it only if all of it is the app's: Telnyx decides how long a list of recipients
    is. Whether there is a value at all is Telnyx's affair: an app may never have set one. What the
    receiver set itself in this run comes from Telnyx without anybody's help.
    """
    if value is ABSENT or value is None or value == [] or isinstance(value, Echoed):
        return Origin.TELNYX
    pattern = resolve(webhook.event, path).pattern.removesuffix("[]")
    kinds = [_kind(node.kind, webhook) for node in nodes_by_path(webhook.event).get(pattern, ())]
    if any(Origin.CALLER in kind.origins() for kind in kinds):
        return Origin.CALLER
    return Origin.APP if any(kind.is_of_app for kind in kinds) else Origin.TELNYX


def _kind(kind: Kind, webhook: Webhook) -> Kind:
    """*kind*, or its case in *webhook*."""
    return kind.kind_in(webhook.payload, {}) if isinstance(kind, Cases) else kind
