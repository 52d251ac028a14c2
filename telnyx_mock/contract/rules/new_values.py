"""The receiver accepts new values: words that Telnyx may add to the sets that it documents.

A webhook has new values in as many fields as possible at once. If the receiver does not accept the
webhook, the finding names a minimal set of fields. Some fields disappear if another field has a new
value; a second webhook has the new values of these fields.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cache

from telnyx_mock.contract.engine.finding import Finding
from telnyx_mock.contract.engine.rule import Check, Rule, Scope, difference
from telnyx_mock.contract.engine.rule_context import Context
from telnyx_mock.contract.rules.accepts import FIND_FIELDS
from telnyx_mock.contract.rules.genuine import minimal_findings
from telnyx_mock.delivery import Delivery
from telnyx_mock.payload.paths import field_names, is_within
from telnyx_mock.payload.webhook import Webhook, sample
from telnyx_mock.provider_urls import FUNDAMENTALS
from telnyx_mock.schema.build import SampleChooser, build
from telnyx_mock.schema.event import Event
from telnyx_mock.schema.field import Presence
from telnyx_mock.schema.field_tree import FieldNode, descendants, field_tree
from telnyx_mock.schema.json_values import Json
from telnyx_mock.schema.kind import Leaf, kinds_within
from telnyx_mock.schema.kinds import Choice, ListOf
from telnyx_mock.severity import Severity


def _check_new_values(check: Check, context: Context, event: Event) -> Iterator[Finding]:
    context.baseline.require_accepted(event)
    context.readings.require_payload_read(event)
    culprits = context.culprits(event, *FIND_FIELDS, "accepts-each-choice")
    for webhook in _webhooks(context.baseline.accepted_products(event), _known(context, event)):
        values = webhook.decisions()
        values = {path: values[path] for path in values if not culprits & {*field_names([path])}}
        yield from _find_faults(check, context, event, values)


def _find_faults(
    check: Check, context: Context, event: Event, values: dict[str, Json]
) -> Iterator[Finding]:
    """Yield a finding for each minimal set of *values* that the receiver does not accept."""

    def send(paths: frozenset[str]) -> Delivery:
        new = {path: value for path, value in values.items() if path in paths}
        return context.sender.send(sample(event.name, strict=False, **new))

    def described(paths: Sequence[str]) -> str:
        named = " and ".join(difference(event, path, values[path]) for path in paths)
        return f"with the new {'values' if len(paths) > 1 else 'value'} {named}"

    yield from minimal_findings(check, context, event, values, send, described)


def _known(context: Context, event: Event) -> frozenset[str]:
    """The sets that grew already in an earlier event of the family, which the receiver accepts."""
    if context.settings.thorough:
        return frozenset()
    of_family = [each for each in context.events if each.family == event.family]
    earlier = of_family[: of_family.index(event)] if event in of_family else []
    return frozenset[str]().union(
        *(
            _sets(each)
            for each in context.baseline.accepted(earlier)
            if not context.found("accepts-new-values", each)
        )
    )


@cache
def _webhooks(event: Event, known: frozenset[str]) -> tuple[Webhook, ...]:
    """Return samples of *event* with as many new values as possible, until each set had one.

    The sets at *known* paths have had a new value before.
    """
    webhooks: list[Webhook] = []
    left = _sets(event) - known
    while left:
        chooser = _NewChooser(left)
        body = build(event, chooser)
        if not chooser.chosen:
            break
        webhooks.append(Webhook(event, body))
        left -= chooser.chosen
    return tuple(webhooks)


@cache
def _sets(event: Event) -> frozenset[str]:
    """The paths of the fields of *event* whose sets of words may grow."""
    return frozenset(
        path
        for node in descendants(field_tree(event))
        for path, kind in kinds_within(node.kind, node.path)
        if isinstance(kind, Choice) and _may_grow(kind)
    )


def _may_grow(kind: Choice) -> bool:
    """Whether Telnyx may add to the set: to words, of which there are several, of its own choice."""
    words = all(isinstance(value, str) and not value.isdecimal() for value in kind.values)
    keys = not kind.extensible and all(len(str(value)) == 1 for value in kind.values)
    return len(kind.values) > 1 and words and not keys and not kind.is_of_app


class _NewChooser(SampleChooser):
    """Builds the sample with new values at *paths*. *chosen* lists the paths that occur in it."""

    def __init__(self, paths: frozenset[str]) -> None:
        self.paths = paths
        self.chosen: set[str] = set()

    def presence(self, node: FieldNode) -> Presence:
        return Presence.PRESENT if self._leads_to_set(node.path) else super().presence(node)

    def count(self, path: str, kind: ListOf) -> int:
        return max(1, kind.shown) if self._leads_to_set(path) else kind.shown

    def value(self, path: str, kind: Leaf) -> Json:
        if path not in self.paths or not isinstance(kind, Choice):
            return super().value(path, kind)
        self.chosen.add(path)
        return kind.unknown

    def _leads_to_set(self, path: str) -> bool:
        return any(is_within(wanted, path) for wanted in self.paths)


RULES: tuple[Rule, ...] = (
    Rule(
        "accepts-new-values",
        "accepts values that Telnyx may add later",
        Severity.ADVICE,
        Scope.EVENT,
        "No page says that a set of values is complete, for example the causes of a hangup, the "
        "states of a message or the ways to pay. If a receiver does not accept a webhook, Telnyx "
        "delivers it a few more times, and then drops it.",
        FUNDAMENTALS,
        "If a value is unknown, log it and answer 200.",
        _check_new_values,
        applies=lambda event: bool(_sets(event)),
    ),
)
