"""Mutates the sample of an event: makes some of its fields absent or null."""

from __future__ import annotations

from functools import cache

from telnyx_mock.payload.webhook import Webhook
from telnyx_mock.schema.build import SampleChooser, build
from telnyx_mock.schema.event import Event
from telnyx_mock.schema.field import Presence
from telnyx_mock.schema.field_tree import FieldNode, descendants, field_tree


class _MutatingChooser(SampleChooser):
    """Builds the sample, except that the fields at *paths* have this *presence*."""

    def __init__(self, paths: frozenset[str], presence: Presence) -> None:
        self._paths = paths
        self._presence = presence

    def presence(self, node: FieldNode) -> Presence:
        return self._presence if node.path in self._paths else super().presence(node)


def mutated(event: Event, paths: frozenset[str], presence: Presence) -> Webhook:
    """The sample of *event*, except that the fields at *paths* have this *presence*."""
    return Webhook(event, build(event, _MutatingChooser(paths, presence)))


@cache
def optional_fields(event: Event) -> frozenset[str]:
    """The paths of the optional fields that occur in the sample of *event*."""
    return frozenset(
        node.path
        for node in descendants(field_tree(event))
        if node.field.optional and node.field.shown
    )


@cache
def nullable_fields(event: Event) -> frozenset[str]:
    """The paths of the fields of *event* that may be null."""
    return frozenset(node.path for node in descendants(field_tree(event)) if node.field.nullable)
