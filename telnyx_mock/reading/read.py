"""A read: one member of a webhook that the app asked for, how it asked, and where in its code."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum

from telnyx_mock.schema.json_values import Json


class Manner(Enum):
    """How a member is read."""

    NEEDED = "needed"
    """Without a default: ``payload["to"]``, or an attribute of a model."""
    DEFAULT = "default"
    """With a default: ``payload.get("to")``, or a key of a pattern."""
    ASKED = "asked"
    """Whether it is there: ``"to" in payload``."""
    ALL = "all"
    """All members of an object at once: a loop, ``**payload``, a copy, ``json.dumps``."""


@dataclass(frozen=True, slots=True)
class Read:
    """The app read a *member* in this *manner* at *place* (a file and a line).

    *member* is a path from the top of the body, with ``[]`` for each index. If the *manner* is ALL, it
    is the object. *found* says whether the webhook had the member.
    """

    member: str
    manner: Manner
    place: str
    found: bool = True

    def to_json(self) -> dict[str, Json]:
        """The read as JSON."""
        return {
            "member": self.member,
            "manner": self.manner.value,
            "place": self.place,
            "found": self.found,
        }

    @classmethod
    def from_json(cls, row: Mapping[str, Json]) -> Read:
        """Return the read from a *row* of :meth:`to_json`."""
        return cls(row["member"], Manner(row["manner"]), row["place"], row["found"])


@dataclass(frozen=True, slots=True)
class EventReads:
    """What the app read of webhooks of one *event*; *off* says why nothing is known, if so."""

    event: str
    reads: tuple[Read, ...] = ()
    off: str = ""

    @property
    def known(self) -> bool:
        """Whether the reads are known. An app that reads nothing has known reads."""
        return not self.off

    def to_json(self) -> dict[str, Json]:
        """The reads as JSON."""
        return {
            "event": self.event,
            "reads": [each.to_json() for each in self.reads],
            "off": self.off,
        }

    @classmethod
    def from_json(cls, row: Mapping[str, Json]) -> EventReads:
        """Return the reads from a *row* of :meth:`to_json`."""
        return cls(row["event"], tuple(map(Read.from_json, row["reads"])), row["off"])
