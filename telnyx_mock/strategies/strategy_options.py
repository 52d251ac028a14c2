"""Options of the strategies: which further mutations they draw, and which they omit."""

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

PresenceOption = Literal["random", "all", "minimal"]


class Options(TypedDict, total=False):
    """The keyword arguments of the strategies."""

    presence: PresenceOption
    """``random`` (the default), ``all`` (each optional field is present, unless its condition does
    not hold) or ``minimal`` (no optional field is present).
    """
    nulls: bool
    """With False, a nullable field is never null."""
    long_values: bool
    """With True, mutated texts have 1,600 characters and mutated lists 100 items; bodies have
    tens of kB."""
    new_values: bool
    """With True, enumerations have values that Telnyx may add in the future. If an enumeration is
    closed, :func:`telnyx_mock.schema.validate.problems` reports such a value; treat a failure at
    such a value as advice.
    """
    unknown_fields: bool
    """With True, some webhooks have members that the event does not have today."""
    unknown_events: bool
    """With True, some webhooks name an event that does not exist today."""
    avoid: Iterable[str]
    """Fields that stay as in the sample, with everything inside them: ``"payload.client_state"``,
    ``"payload.to[].status"``. Paths are written as in :mod:`telnyx_mock.payload.differences`.
    """


@dataclass(frozen=True, slots=True)
class CheckedOptions:
    """:class:`Options` with defaults, checked and hashable."""

    presence: PresenceOption = "random"
    nulls: bool = True
    long_values: bool = False
    new_values: bool = False
    unknown_fields: bool = False
    unknown_events: bool = False
    avoid: frozenset[str] = frozenset()

    @classmethod
    def of(cls, options: Options) -> CheckedOptions:
        """Check *options*. Raises UsageError for an unknown option or presence."""
        for name in options:
            if name not in Options.__annotations__:
                raise unknown("option", name, Options.__annotations__, where="of the strategies")
        presence = options.get("presence", "random")
        if presence not in get_args(PresenceOption):
            raise unknown("presence", presence, get_args(PresenceOption))
        avoid = frozenset(re.sub(r"\[[0-9]+\]", "[]", path) for path in options.get("avoid", ()))
        checked: dict[str, Any] = {**options, "avoid": avoid}
        return cls(**checked)

    def usual_presence(self, node: FieldNode) -> Presence:
        """Return the presence of a field that is not mutated."""
        sample = _SAMPLE.presence(node)
        if self.presence == "minimal" and node.field.optional:
            return Presence.ABSENT
        if self.presence == "all" and sample is Presence.ABSENT:
            return Presence.PRESENT
        if sample is Presence.NULL and not self.nulls and not isinstance(node.kind, Null):
            return Presence.PRESENT
        return sample

    def other_presences(self, node: FieldNode) -> tuple[Presence, ...]:
        """Return the presences that a mutation can give a field."""
        field = node.field
        may_be_there = self.presence != "minimal" or not field.optional
        possible = {
            Presence.PRESENT: may_be_there,
            Presence.ABSENT: field.optional and not field.in_captures and self.presence != "all",
            Presence.NULL: field.nullable and self.nulls and may_be_there,
        }
        usual = self.usual_presence(node)
        return tuple(
            each for each, is_possible in possible.items() if is_possible and each != usual
        )

    def __repr__(self) -> str:
        given = [
            f"{field.name}={getattr(self, field.name)!r}"
            for field in fields(self)
            if getattr(self, field.name) != field.default
        ]
        return f"Options({', '.join(given)})"

    def _repr_pretty_(self, printer: Any, cycle: bool) -> None:
        """Print the repr, because Hypothesis would print each field of the dataclass."""
        printer.text(repr(self))


_SAMPLE = SampleChooser()
DEFAULT = CheckedOptions()
