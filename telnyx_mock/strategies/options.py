"""What a strategy may draw besides what it draws by itself. Knows nothing of Hypothesis."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, fields
from typing import Any, Literal, TypedDict, get_args

from telnyx_mock.errors import unknown
from telnyx_mock.schema.build import SampleChooser
from telnyx_mock.schema.field import Presence
from telnyx_mock.schema.field_tree import FieldNode
from telnyx_mock.schema.kinds import Null

__all__ = ["DEFAULT", "Options", "Wishes"]

Standing = Literal["random", "all", "minimal"]


class Wishes(TypedDict, total=False):
    """What the strategies take by keyword.

    *presence* is ``random``, ``all`` (every field that may be there is) or ``minimal`` (every
    field that may be missing is). With ``nulls=False``, nothing is null that need not be. With
    *long_values*, texts that depart have 1,600 characters and lists 100 items, so that bodies get
    as long as 200 kB. With *new_values*, enums have a value that Telnyx may add tomorrow: of enums
    that are known to be incomplete, and of the others too, which makes
    :func:`telnyx_mock.schema.validate.problems` say so; take what your receiver does with those
    for advice. With *unknown_fields*, some webhooks have members that the event does not have
    today; with *unknown_events*, some name an event that there is not today, and are otherwise as
    theirs. *avoid* are fields that stay as in the sample, with all that is in them, as
    :func:`telnyx_mock.payload.webhook.differences` writes paths: ``"payload.client_state"``,
    ``"payload.to[].status"``.
    """

    presence: Standing
    nulls: bool
    long_values: bool
    new_values: bool
    unknown_fields: bool
    unknown_events: bool
    avoid: Iterable[str]


@dataclass(frozen=True, slots=True)
class Options:
    """The wishes, checked and hashable; see :class:`Wishes`."""

    presence: Standing = "random"
    nulls: bool = True
    long_values: bool = False
    new_values: bool = False
    unknown_fields: bool = False
    unknown_events: bool = False
    avoid: frozenset[str] = frozenset()

    @classmethod
    def of(cls, wishes: Wishes) -> Options:
        """The options that say the same. Raises UsageError for a presence that there is not."""
        presence = wishes.get("presence", "random")
        if presence not in get_args(Standing):
            raise unknown("presence", presence, get_args(Standing))
        avoid = wishes.get("avoid", ())
        paths = frozenset(re.sub(r"\[[0-9]+\]", "[]", path) for path in avoid)
        wished: dict[str, Any] = {**wishes, "avoid": paths}
        return cls(**wished)

    def usual(self, node: FieldNode) -> Presence:
        """How *node* stands where nothing departs."""
        sample = _SAMPLE.presence(node)
        if self.presence == "minimal" and node.field.optional:
            return Presence.ABSENT
        if self.presence == "all" and sample is Presence.ABSENT:
            return Presence.PRESENT
        if sample is Presence.NULL and not self.nulls and not isinstance(node.kind, Null):
            return Presence.PRESENT
        return sample

    def departures(self, node: FieldNode) -> tuple[Presence, ...]:
        """How *node* may stand besides."""
        field = node.field
        possible = [
            *([Presence.PRESENT] if self.presence != "minimal" or not field.optional else []),
            *([Presence.ABSENT] if field.optional and self.presence != "all" else []),
            *([Presence.NULL] if field.nullable and self.nulls and self._may_stand(node) else []),
        ]
        return tuple(presence for presence in possible if presence is not self.usual(node))

    def _may_stand(self, node: FieldNode) -> bool:
        return self.presence != "minimal" or not node.field.optional

    def __repr__(self) -> str:
        wished = [
            f"{field.name}={getattr(self, field.name)!r}"
            for field in fields(self)
            if getattr(self, field.name) != field.default
        ]
        return f"Options({', '.join(wished)})"

    def _repr_pretty_(self, printer: Any, cycle: bool) -> None:
        """As the repr has it: Hypothesis prints a dataclass field by field."""
        printer.text(repr(self))


_SAMPLE = SampleChooser()
DEFAULT = Options()
"""What the strategies draw by themselves."""
