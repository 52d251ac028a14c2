"""A chooser that decides by a seeded generator, for tests that want many bodies of one event."""

from __future__ import annotations

import random
from collections.abc import Callable
from typing import Any

import pytest

from telnyx_mock.events.kinds import (
    Boolean,
    Choice,
    Either,
    Integer,
    Json,
    Leaf,
    ListOf,
    Number,
    Text,
)
from telnyx_mock.events.model import Event, Presence
from telnyx_mock.events.sites import Site
from telnyx_mock.events.walk import build


class RandomChooser:
    """Takes any presence, length, alternative and enumerated value; other values stay simple."""

    def __init__(self, seed: str) -> None:
        self.random = random.Random(seed)

    def presence(self, site: Site) -> Presence:
        allowed = [Presence.PRESENT]
        if site.field.optional:
            allowed.append(Presence.ABSENT)
        if site.field.nullable:
            allowed.append(Presence.NULL)
        return self.random.choice(allowed)

    def value(self, path: str, kind: Leaf) -> Json:
        sample = kind.sample
        match kind:
            case Choice():
                return self.random.choice(kind.values)
            case Boolean():
                return self.random.random() < 0.5
            case Integer() | Number():
                edges = (kind.minimum, kind.maximum)
                return self.random.choice([sample, *(edge for edge in edges if edge is not None)])
            case Text(pattern=None):
                longer = (sample + " é+&=\n")[: kind.max_length]
                shorter = sample[: kind.min_length]
                return self.random.choice([sample, longer, shorter])
            case _:
                return sample

    def count(self, path: str, kind: ListOf) -> int:
        most = kind.min_items + 2 if kind.max_items is None else kind.max_items
        return self.random.randint(kind.min_items, min(most, kind.min_items + 2))

    def alternative(self, path: str, kind: Either) -> int:
        return self.random.randrange(len(kind.kinds))


@pytest.fixture(scope="session")
def random_bodies() -> Callable[[Event, int], list[Any]]:
    """Makes so many bodies of an event, the same in every run."""
    return lambda event, count: [
        build(event, RandomChooser(f"{event.name}:{number}")) for number in range(count)
    ]
