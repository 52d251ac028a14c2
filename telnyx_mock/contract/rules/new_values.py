"""The receiver accepts values that Telnyx may add tomorrow to the sets that it knows today.

All sets of an event have one at once; where that is not accepted, the guilty fields are found by
sending them alone. A set within what another new value rules out has its turn in a second webhook.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache

from telnyx_mock.contract.engine.context import Context
from telnyx_mock.contract.engine.finding import Finding
from telnyx_mock.contract.engine.minimise import minimal_failures
from telnyx_mock.contract.engine.reason import Inconclusive, Why
from telnyx_mock.contract.engine.rule import Check, Rule, Scope, difference
from telnyx_mock.contract.rules.accepts import FIND_FIELDS, unaccepted
from telnyx_mock.delivery import Delivery
from telnyx_mock.payload.webhook import Webhook, sample
from telnyx_mock.provider import FUNDAMENTALS
from telnyx_mock.schema.build import SampleChooser, build
from telnyx_mock.schema.event import Event
from telnyx_mock.schema.field import Presence
from telnyx_mock.schema.field_tree import FieldNode, descendants, field_tree
from telnyx_mock.schema.json_values import Json
from telnyx_mock.schema.kind import Leaf, kinds_within
from telnyx_mock.schema.kinds import Choice, ListOf
from telnyx_mock.severity import Severity

__all__ = ["RULES"]


def _look(check: Check, context: Context, event: Event) -> Iterator[Finding]:
    context.baseline.require_accepted(event)
    suspects = context.culprits(event, *FIND_FIELDS, "accepts-each-choice")
    for row in _rows(event):
        decided = {
            path: value for path, value in row.decisions().items() if _site(path) not in suspects
        }
        yield from _faults(check, context, event, decided)


def _faults(
    check: Check, context: Context, event: Event, decided: dict[str, Json]
) -> Iterator[Finding]:
    def with_new(fields: frozenset[str]) -> Delivery:
        new = {field: decided[field] for field in decided if field in fields}
        return context.sender.send(sample(event.name, strict=False, **new))

    everything = frozenset(decided)
    if not decided or with_new(everything).accepted:
        return
    found = False
    for fields in minimal_failures(sorted(decided), lambda part: not with_new(part).accepted):
        found = True
        named = [difference(event, field, decided[field]) for field in sorted(fields)]
        are_new = "values that do not" if len(fields) > 1 else "a value that does not"
        how = f"with {' and '.join(named)}, {are_new} exist today,"
        guilty_sites = tuple(dict.fromkeys(map(_site, sorted(fields))))
        finding = unaccepted(check, with_new(fields), how, guilty_sites)
        if finding is not None:
            yield finding
    if not found:
        raise Inconclusive(Why.NOT_REPRODUCED, event.name, how="with every new value")


def _site(path: str) -> str:
    return re.sub(r"\[[0-9]+\]", "[]", path)


@cache
def _rows(event: Event) -> tuple[Webhook, ...]:
    """The sample with new values, as many as fit in, until each has had its turn."""
    rows: list[Webhook] = []
    left = _sets(event)
    while left:
        chooser = _NewChooser(left)
        body = build(event, chooser)
        if not chooser.chosen:
            break
        rows.append(Webhook(event, body))
        left -= chooser.chosen
    return tuple(rows)


@cache
def _sets(event: Event) -> frozenset[str]:
    """The paths of *event* at which there is one of a set of words, to which more may come."""
    return frozenset(
        path
        for node in descendants(field_tree(event))
        for path, kind in kinds_within(node.kind, node.path)
        if isinstance(kind, Choice) and _may_grow(kind)
    )


def _may_grow(kind: Choice) -> bool:
    """Not what is always the same, as the type of an event, nor keys of a telephone and numbers."""
    words = all(isinstance(value, str) for value in kind.values)
    keys = not kind.extensible and all(len(str(value)) == 1 for value in kind.values)
    return len(kind.values) > 1 and words and not keys


class _NewChooser(SampleChooser):
    """The sample with a new value at each of *paths* that it comes by; *chosen* are those."""

    def __init__(self, paths: frozenset[str]) -> None:
        self.paths = paths
        self.chosen: set[str] = set()

    def presence(self, node: FieldNode) -> Presence:
        return Presence.PRESENT if self._leads_on(node.path) else super().presence(node)

    def count(self, path: str, kind: ListOf) -> int:
        return max(1, kind.shown) if self._leads_on(path) else kind.shown

    def value(self, path: str, kind: Leaf) -> Json:
        if path not in self.paths or not isinstance(kind, Choice):
            return super().value(path, kind)
        self.chosen.add(path)
        return kind.unknown

    def _leads_on(self, path: str) -> bool:
        return any(re.match(rf"{re.escape(path)}(?:[.\[]|\Z)", wanted) for wanted in self.paths)


RULES: tuple[Rule, ...] = (
    Rule(
        "accepts-new-values",
        "accepts values that Telnyx may add tomorrow",
        Severity.ADVICE,
        Scope.EVENT,
        "No page says that a set of values is complete for good: causes of a hangup, states of a "
        "message, ways to pay. What is not accepted is delivered again a few times, and then lost.",
        FUNDAMENTALS,
        "Have a branch for values that you do not know: acknowledge them with 200, and note them.",
        _look,
        applies=lambda event: bool(_sets(event)),
    ),
)
