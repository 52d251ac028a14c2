"""Decides at each site by a byte: zero is the sample, any other one of the variants.

Everything is read from bytes that were drawn before, but for free text, which is asked for where
a byte says so.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from telnyx_mock.schema.build import SampleChooser, build
from telnyx_mock.schema.event import ContentType, Event
from telnyx_mock.schema.field import Presence
from telnyx_mock.schema.field_tree import FieldNode
from telnyx_mock.schema.json_values import Json
from telnyx_mock.schema.kind import Leaf
from telnyx_mock.schema.kinds import Either, ListOf, Text
from telnyx_mock.strategies.options import DEFAULT, Options
from telnyx_mock.strategies.plan import Key, Plan, either_key, extra_key, unknown_key
from telnyx_mock.strategies.texts import Free, fitted
from telnyx_mock.strategies.variants import UNKNOWN_MEMBERS, lengths, unknown_event, variant

__all__ = ["BytesChooser", "steer"]


def steer(
    event: Event,
    plan: Plan,
    data: bytes,
    draw_text: Callable[[Text], str],
    options: Options = DEFAULT,
) -> tuple[Json, set[str]]:
    """The body of *event* that *data*, read by *plan*, decides on, and in what ways it departs."""
    chooser = BytesChooser(plan, data, draw_text, options)
    body = build(event, chooser)
    for path, kind in plan.extras:
        how = chooser.take(extra_key(path))
        inner = _object_at(body, path)
        if how and inner is not None:
            for name in ("Extra", "extra field é")[: 1 + how % 2]:
                inner.setdefault(name, chooser.some(kind, how))
                chooser.ways.add("extra member")
    for path in plan.unknown:
        how = chooser.take(unknown_key(path))
        inner = _object_at(body, path)
        if how and inner is not None:
            members = _FORM_MEMBERS if event.content_type is ContentType.FORM else UNKNOWN_MEMBERS
            name, value = members[(how - 1) % len(members)]
            inner.setdefault(name, value)
            chooser.ways.add("unknown member")
    return body, chooser.ways


class BytesChooser(SampleChooser):
    """Decides as in the sample but for what departs; *draw_text* makes up a free text.

    *ways* are the ways in which the body departs, in words.
    """

    def __init__(
        self, plan: Plan, data: bytes, draw_text: Callable[[Text], str], options: Options
    ) -> None:
        self.plan = plan
        self.departures = plan.departures(data)
        self.draw_text = draw_text
        self.options = options
        self.visits: dict[Key, int] = {}
        self.ways: set[str] = set()

    def take(self, key: Key) -> int:
        """How to depart from the sample at *key*, from 1 to 255; 0 for not at all.

        In a list, the first item departs as the byte says; about half of the others follow,
        each in its own way.
        """
        byte = self.departures.get(key, 0)
        if not byte:
            return 0
        visit = self.visits.get(key, 0)
        self.visits[key] = visit + 1
        if not visit:
            return byte
        shifted = (byte + 97 * visit) & 255
        return shifted if shifted < 128 else 0

    def presence(self, node: FieldNode) -> Presence:
        how = self.take(node)
        if not how:
            return self.plan.standing.get(node) or super().presence(node)
        others = self.plan.presences[node]
        presence = others[(how - 1) % len(others)]
        self.ways.add(presence.value)
        return presence

    def value(self, path: str, kind: Leaf) -> Json:
        how = self.take(path)
        if how and path in self.plan.named:
            self.ways.add("unknown event")
            return unknown_event(str(kind.sample), how)
        return self.some(kind, how) if how else kind.sample

    def count(self, path: str, kind: ListOf) -> int:
        how = self.take(path)
        others = lengths(kind, self.options) if how else ()
        if not others:
            return kind.shown
        self.ways.add("length of a list")
        return others[(how - 1) % len(others)]

    def alternative(self, path: str, kind: Either) -> int:
        index = self.take(either_key(path)) % len(kind.kinds)
        if index:
            self.ways.add("another kind")
        return index

    def some(self, kind: Leaf, how: int) -> Json:
        """A value of *kind*, for *how* from 1 to 255."""
        self.ways.add("text" if isinstance(kind, Text) else "value")
        chosen = variant(kind, how, self.options)
        if isinstance(chosen, Free):
            assert isinstance(kind, Text)
            return fitted(kind, self.draw_text(kind), chosen.length)
        return chosen


_FORM_MEMBERS = tuple(member for member in UNKNOWN_MEMBERS if isinstance(member[1], str))


def _object_at(body: Any, path: str) -> dict[str, Json] | None:
    for name in filter(None, path.split(".")):
        body = body.get(name) if isinstance(body, dict) else None
    return body if isinstance(body, dict) else None
