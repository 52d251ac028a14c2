"""The sample of an event with some of its fields absent or null."""

from __future__ import annotations

from telnyx_mock.payload.webhook import Webhook
from telnyx_mock.schema.build import SampleChooser, build
from telnyx_mock.schema.event import Event
from telnyx_mock.schema.field import Presence
from telnyx_mock.schema.field_tree import FieldNode, descendants, field_tree

__all__ = ["departing_in", "nullable_fields", "optional_fields"]


class _Departing(SampleChooser):
    """The sample, except that some sites are absent or null."""

    def __init__(self, departing: frozenset[str], departure: Presence) -> None:
        self.departing = departing
        self.departure = departure

    def presence(self, node: FieldNode) -> Presence:
        return self.departure if node.path in self.departing else super().presence(node)


def departing_in(event: Event, paths: frozenset[str], departure: Presence) -> Webhook:
    """The sample of *event*, except that the fields at *paths* are absent or null."""
    return Webhook(event, build(event, _Departing(paths, departure)))


def optional_fields(event: Event) -> frozenset[str]:
    """The optional fields that the sample shows."""
    return frozenset(
        node.path
        for node in descendants(field_tree(event))
        if node.field.optional and node.field.shown
    )


def nullable_fields(event: Event) -> frozenset[str]:
    """The fields that may be null."""
    return frozenset(node.path for node in descendants(field_tree(event)) if node.field.nullable)
