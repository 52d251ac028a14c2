"""Decides at each site by a byte: zero is the sample, any other one of the variants.

Everything is read from bytes that were drawn before, but for free text, which is asked for where
a byte says so.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from telnyx_mock.events.kinds import Either, Json, Leaf, ListOf, Text
from telnyx_mock.events.model import ContentType, Event, Presence
from telnyx_mock.events.sites import Site
from telnyx_mock.events.walk import SampleChooser, build
from telnyx_mock.strategies.plan import Key, Plan, either_key, extra_key, unknown_key
from telnyx_mock.strategies.texts import Free, fitted
from telnyx_mock.strategies.variants import UNKNOWN_MEMBERS, lengths, presences, variant

__all__ = ["BytesChooser", "steer"]


def steer(event: Event, plan: Plan, data: bytes, draw_text: Callable[[Text], str]) -> Json:
    """The body of *event* that *data*, read by *plan*, decides on."""
    chooser = BytesChooser(plan.departures(data), draw_text)
    body = build(event, chooser)
    for path, kind in plan.extras:
        how = chooser.take(extra_key(path))
        inner = _object_at(body, path)
        if how and inner is not None:
            for name in ("Extra", "extra field é")[: 1 + how % 2]:
                inner.setdefault(name, _value(kind, how, draw_text))
    for path in plan.unknown:
        how = chooser.take(unknown_key(path))
        inner = _object_at(body, path)
        if how and inner is not None:
            members = _FORM_MEMBERS if event.content_type is ContentType.FORM else UNKNOWN_MEMBERS
            name, value = members[(how - 1) % len(members)]
            inner.setdefault(name, value)
    return body


class BytesChooser(SampleChooser):
    """Decides as in the sample but for *departures*; *draw_text* makes up a free text."""

    def __init__(self, departures: dict[Key, int], draw_text: Callable[[Text], str]) -> None:
        self.departures = departures
        self.draw_text = draw_text
        self.visits: dict[Key, int] = {}

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

    def presence(self, site: Site) -> Presence:
        how = self.take(site)
        if not how:
            return super().presence(site)
        others = presences(site)
        return others[(how - 1) % len(others)]

    def value(self, path: str, kind: Leaf) -> Json:
        how = self.take(path)
        return _value(kind, how, self.draw_text) if how else kind.sample

    def count(self, path: str, kind: ListOf) -> int:
        how = self.take(path)
        if not how:
            return kind.shown
        others = lengths(kind)
        return others[(how - 1) % len(others)] if others else kind.shown

    def alternative(self, path: str, kind: Either) -> int:
        return self.take(either_key(path)) % len(kind.kinds)


def _value(kind: Leaf, how: int, draw_text: Callable[[Text], str]) -> Json:
    chosen = variant(kind, how)
    if isinstance(chosen, Free):
        assert isinstance(kind, Text)
        return fitted(kind, draw_text(kind), chosen.length)
    return chosen


_FORM_MEMBERS = tuple(member for member in UNKNOWN_MEMBERS if isinstance(member[1], str))


def _object_at(body: Any, path: str) -> dict[str, Json] | None:
    for name in filter(None, path.split(".")):
        body = body.get(name) if isinstance(body, dict) else None
    return body if isinstance(body, dict) else None
