"""One member of an object: its name, its kind, and when it is present.

**Four words describe presence.** Unless declared otherwise, a field is *always* present. An
*optional* field may be absent. A *nullable* field may be null. A *conditional* field is absent if
its condition is false, and present if it is true; if it is optional too, it may still be absent.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from enum import Enum

from telnyx_mock.schema.conditions import Condition
from telnyx_mock.schema.json_values import Json
from telnyx_mock.schema.kind import Kind, Leaf
from telnyx_mock.schema.origin import Origin
from telnyx_mock.schema.placeholders import GeneratedId


class Presence(Enum):
    """Whether a field is present, null or absent in one concrete webhook."""

    PRESENT = "present"
    NULL = "null"
    ABSENT = "absent"


@dataclass(frozen=True, slots=True)
class Field:
    """One member of an object.

    *meaning* is one line of prose. *shown* tells whether the sample includes an optional field, and
    *in_captures* whether every published capture of a delivery includes it.
    *shown_null* tells whether the sample shows a nullable field as null. A *name* may contain the
    name of another field in braces; that field's value replaces it: ``"CallCost[{CallSid}]"``.
    """

    name: str
    kind: Kind
    meaning: str = ""
    optional: bool = False
    nullable: bool = False
    when: Condition | None = None
    shown: bool = True
    shown_null: bool = False
    in_captures: bool = False

    def decided_by(self, origin: Origin) -> Field:
        """Return the same field with *origin* as the one who decides all its values."""
        return replace(self, kind=self.kind.decided_by(origin))

    def with_leaves(self, change: Callable[[Leaf], Kind]) -> Field:
        """Return the same field with *change* applied to each leaf of its kind."""
        return replace(self, kind=self.kind.with_leaves(change))

    @property
    def quoted(self) -> str:
        """The name of the field whose value is part of this name; empty if there is no such field."""
        return self.name.partition("{")[2].partition("}")[0]

    def key(self, siblings: Mapping[str, Json]) -> str:
        """Return the name of the field, with the value of the sibling that the braces name.

        If that value is a placeholder for an id, the returned name is a placeholder too.
        """
        if "{" not in self.name:
            return self.name
        before, _, rest = self.name.partition("{")
        quoted, _, after = rest.partition("}")
        value = siblings.get(quoted, "")
        name = f"{before}{value}{after}"
        if not isinstance(value, GeneratedId):
            return name
        return GeneratedId(name, value.role, f"{before}{value.template}{after}", value.number)
