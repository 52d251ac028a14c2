"""Mutates the sample of an event: one byte for each decision; a zero byte means no mutation.

All bytes are drawn in advance. Only a random text is drawn later, if a byte requests one.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from telnyx_mock.schema.build import build
from telnyx_mock.schema.event import ContentType, Event
from telnyx_mock.schema.field import Presence
from telnyx_mock.schema.field_tree import FieldNode
from telnyx_mock.schema.json_values import Json
from telnyx_mock.schema.kind import Leaf
from telnyx_mock.schema.kinds import Either, ListOf, Text
from telnyx_mock.strategies.mutation_plan import (
    Decision,
    Plan,
    UsualChooser,
    either_key,
    extra_key,
    unknown_key,
)
from telnyx_mock.strategies.strategy_options import CheckedOptions
from telnyx_mock.strategies.texts import RandomText, fitted
from telnyx_mock.strategies.values import UNKNOWN_MEMBERS, lengths, unknown_event, value


def mutated(
    event: Event,
    plan: Plan,
    data: bytes,
    draw_text: Callable[[Text], str],
    options: CheckedOptions,
) -> tuple[Json, set[str]]:
    """Return the body of *event* that *plan* reads from *data*, and its mutations in words."""
    chooser = _MutatingChooser(plan, data, draw_text, options)
    body = build(event, chooser, plan.unaffected(chooser.bytes))
    for path, kind in plan.extras:
        byte = chooser.byte(extra_key(path))
        inner = _object_at(body, path)
        if byte and inner is not None:
            for name in ("Extra", "Extra-Field")[: 1 + byte % 2]:
                inner.setdefault(name, chooser.other_value(kind, byte))
                chooser.mutations.add("extra member")
    for path in plan.unknown:
        byte = chooser.byte(unknown_key(path))
        inner = _object_at(body, path)
        if byte and inner is not None:
            members = _FORM_MEMBERS if event.content_type is ContentType.FORM else UNKNOWN_MEMBERS
            name, member = members[(byte - 1) % len(members)]
            inner.setdefault(name, member)
            chooser.mutations.add("unknown member")
    return body, chooser.mutations


class _MutatingChooser(UsualChooser):
    """Decides as usual, except for the decisions that *data* mutates.

    *draw_text* draws a random text. *mutations* are the mutations of the body, in words.
    """

    def __init__(
        self, plan: Plan, data: bytes, draw_text: Callable[[Text], str], options: CheckedOptions
    ) -> None:
        super().__init__(plan.usual)
        self.plan = plan
        self.bytes = plan.mutating(data)
        self.draw_text = draw_text
        self.options = options
        self.visits: dict[Decision, int] = {}
        self.mutations: set[str] = set()

    def byte(self, decision: Decision) -> int:
        """Return the byte (1 to 255) that mutates *decision*; 0 if the decision is not mutated.

        In a list, this byte mutates the first item. About half of the other items are mutated too,
        each by another byte.
        """
        byte = self.bytes.get(decision, 0)
        if not byte:
            return 0
        visit = self.visits.get(decision, 0)
        self.visits[decision] = visit + 1
        if not visit:
            return byte
        shifted = (byte + 97 * visit) & 255
        return shifted if shifted < 128 else 0

    def presence(self, node: FieldNode) -> Presence:
        byte = self.byte(node)
        if not byte:
            return super().presence(node)
        others = self.plan.others[node]
        presence = others[(byte - 1) % len(others)]
        self.mutations.add(presence.value)
        return presence

    def value(self, path: str, kind: Leaf) -> Json:
        if path not in self.bytes:  # as most
            return kind.sample
        byte = self.byte(path)
        if byte and path in self.plan.event_names:
            self.mutations.add("unknown event")
            return unknown_event(str(kind.sample), byte)
        return self.other_value(kind, byte) if byte else kind.sample

    def count(self, path: str, kind: ListOf) -> int:
        byte = self.byte(path)
        others = lengths(kind, self.options) if byte else ()
        if not others:
            return kind.shown
        self.mutations.add("length of a list")
        return others[(byte - 1) % len(others)]

    def alternative(self, path: str, kind: Either) -> int:
        index = self.byte(either_key(path)) % len(kind.kinds)
        if not index or kind.kinds[index].is_of_app:
            return 0
        self.mutations.add("another kind")
        return index

    def other_value(self, kind: Leaf, byte: int) -> Json:
        """Return the value of *kind* for *byte* (1 to 255)."""
        self.mutations.add("text" if isinstance(kind, Text) else "value")
        chosen = value(kind, byte, self.options)
        if isinstance(chosen, RandomText):
            assert isinstance(kind, Text)
            return fitted(kind, self.draw_text(kind), chosen.length)
        return chosen


_FORM_MEMBERS = tuple(member for member in UNKNOWN_MEMBERS if isinstance(member[1], str))


def _object_at(body: Any, path: str) -> dict[str, Json] | None:
    for name in filter(None, path.split(".")):
        body = body.get(name) if isinstance(body, dict) else None
    return body if isinstance(body, dict) else None
