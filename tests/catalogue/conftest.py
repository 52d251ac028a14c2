"""What the tests of the catalogue share: many bodies of one event, and the official SDK's events."""

from __future__ import annotations

import random
from collections.abc import Callable
from typing import Any, Literal, get_args, get_origin

import pytest
from telnyx._models import BaseModel
from telnyx.types.unwrap_webhook_event import UnwrapWebhookEvent

from telnyx_mock.schema.build import build
from telnyx_mock.schema.event import Event
from telnyx_mock.schema.field import Presence
from telnyx_mock.schema.field_tree import FieldNode
from telnyx_mock.schema.json_values import Json
from telnyx_mock.schema.kind import Leaf
from telnyx_mock.schema.kinds import Boolean, Choice, Either, Integer, ListOf, Number, Text


class RandomChooser:
    """Takes any presence, length, alternative and enumerated value; other values stay simple."""

    def __init__(self, seed: str) -> None:
        self.random = random.Random(seed)

    def presence(self, node: FieldNode) -> Presence:
        allowed = [Presence.PRESENT]
        if node.field.optional:
            allowed.append(Presence.ABSENT)
        if node.field.nullable:
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


WITHOUT_EVENT_TYPE = {
    "CampaignStatusUpdate": ("campaignStatusUpdate",),
    "ReplacedLinkClickWebhookEvent": ("replacedLinkClick",),
}
"""The events whose webhooks do not say what they are, by the name of the official SDK's model."""


def sdk_events() -> dict[str, type[BaseModel]]:
    """The model of every event that the official SDK's ``unwrap`` knows."""
    return {name: model for model in get_args(UnwrapWebhookEvent) for name in events_of(model)}


@pytest.fixture(scope="session")
def sdk_models() -> dict[str, type[BaseModel]]:
    """The official SDK's model by the name of the event."""
    return sdk_events()


def events_of(model: type[BaseModel]) -> tuple[str, ...]:
    """The names of the events that *model* is for. A model that names none fails the collection."""
    if model.__name__ in WITHOUT_EVENT_TYPE:
        return WITHOUT_EVENT_TYPE[model.__name__]
    data = model.model_fields["data"].annotation if "data" in model.model_fields else None
    for part in (model, data, *get_args(data)):
        for name in ("event_type", "event"):
            if isinstance(part, type) and name in getattr(part, "model_fields", {}):
                return enumerated(part.model_fields[name].annotation)  # type: ignore[attr-defined]
    raise LookupError(f"{model.__name__} has no event type; name its events in WITHOUT_EVENT_TYPE")


def enumerated(annotation: Any) -> tuple[Any, ...]:
    """The values of the Literal in *annotation*, which may be optional."""
    if get_origin(annotation) is Literal:
        return get_args(annotation)
    return tuple(value for part in get_args(annotation) for value in enumerated(part))
