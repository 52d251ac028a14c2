"""One member of an object: its name, its kind, and when it is there.

**Presence has four words.** A field is *always* there unless it says otherwise. It can be
*optional* (may be absent), *nullable* (may be null) or *conditional*: absent while its condition
does not hold, and there while it holds, unless it is optional as well.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum

from telnyx_mock.schema.conditions import Condition
from telnyx_mock.schema.json_values import Json
from telnyx_mock.schema.kind import Kind
from telnyx_mock.schema.placeholders import GeneratedId

__all__ = ["Field", "Presence"]


class Presence(Enum):
    """How a field stands in one concrete webhook."""

    PRESENT = "present"
    NULL = "null"
    ABSENT = "absent"


@dataclass(frozen=True, slots=True)
class Field:
    """One member of an object.

    *meaning* is one line of prose. *shown* tells whether the sample shows an optional field, and
    *shown_null* whether it shows a nullable one as null. A *name* may quote the value of another
    field in braces: ``"CallCost[{CallSid}]"``.
    """

    name: str
    kind: Kind
    meaning: str = ""
    optional: bool = False
    nullable: bool = False
    when: Condition | None = None
    shown: bool = True
    shown_null: bool = False

    @property
    def quoted(self) -> str:
        """The name of the field whose value the name quotes; empty if it quotes none."""
        return self.name.partition("{")[2].partition("}")[0]

    def key(self, siblings: Mapping[str, Json]) -> str:
        """The name beside *siblings*, with the value that it quotes.

        If that value is a placeholder for an id, the name is one too.
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
