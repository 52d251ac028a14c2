"""What the receiver relies on: each member that it reads, how often it is there, and who decides it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from telnyx_mock.catalogue.registry import find
from telnyx_mock.contract.engine.result import Result
from telnyx_mock.reading.read import EventReads, Manner, Read
from telnyx_mock.schema.describe import lines
from telnyx_mock.schema.event import Event
from telnyx_mock.schema.json_values import Json

NEVER = "never"
"""How often a member is there that the event does not declare."""

HEADING = ("event", "member", "present", "decided by", "read at")


@dataclass(frozen=True, slots=True)
class Reliance:
    """The receiver reads *member* of *event* at *places*.

    *present* says how often the member is there: always, optional, or when. *decided_by* says who
    decides its value; it is empty for an object. If the receiver reads all members of an object at
    once, *member* ends in ``.*``.
    """

    event: str
    member: str
    present: str
    decided_by: str
    places: tuple[str, ...]

    def to_json(self) -> dict[str, Json]:
        """The row of the JSON report."""
        return {
            "event": self.event,
            "member": self.member,
            "present": self.present,
            "decided_by": self.decided_by,
            "read_at": list(self.places),
        }


def relied_on(results: Iterable[Result]) -> list[Reliance]:
    """Return what the receiver relies on, by event and member, as far as the run has recorded it."""
    recorded = {each.event: each for result in results for each in result.reads}
    return [row for name in sorted(recorded) for row in _of_event(recorded[name])]


def reads_text(results: Iterable[Result]) -> bytes:
    """Return what the receiver relies on as lines with tabs, in an order that does not change."""
    rows = [
        (each.event, each.member, each.present, each.decided_by, ", ".join(each.places))
        for each in relied_on(results)
    ]
    return "".join("\t".join(row) + "\n" for row in (HEADING, *rows)).encode()


def _of_event(recorded: EventReads) -> list[Reliance]:
    event = find(recorded.event)
    declared = list(lines(event))
    places: dict[str, set[str]] = {}
    for read in recorded.reads:
        if not _is_on_the_way(read, event, recorded.reads):
            places.setdefault(_shown(read), set()).add(read.place)
    rows = []
    for member in sorted(places):
        own = [line for line in declared if line.path == member.removesuffix(".*")]
        present = dict.fromkeys(line.presence_words for line in own)
        deciding = dict.fromkeys(filter(None, (line.origin_words for line in own)))
        is_body = member == "*"
        rows.append(
            Reliance(
                recorded.event,
                member,
                "; or ".join(present) or ("always" if is_body else NEVER),
                "; or ".join(deciding),
                tuple(sorted(places[member])),
            )
        )
    return rows


def _shown(read: Read) -> str:
    if read.manner is not Manner.ALL:
        return read.member
    return f"{read.member}.*" if read.member else "*"


def _is_on_the_way(read: Read, event: Event, others: Iterable[Read]) -> bool:
    """Whether *read* only leads to other members: to those that are read, or into the envelope."""
    if read.manner is Manner.ALL:
        return False
    if f"{event.payload_path}.".startswith(f"{read.member}."):
        return True
    inside = (f"{read.member}.", f"{read.member}[]")
    return any(
        other.member.startswith(inside)
        or (other.manner is Manner.ALL and other.member == read.member)
        for other in others
    )
