"""What the receiver relies on: each member that it reads, how often it is there, and who decides it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from telnyx_mock.catalogue.registry import find
from telnyx_mock.contract.engine.result import Result
from telnyx_mock.reading.read import EventReads, Manner, Read
from telnyx_mock.schema.describe import lines
from telnyx_mock.schema.event import Event
from telnyx_mock.schema.json_values import Json
from telnyx_mock.visible import visible_line

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


@dataclass(frozen=True, slots=True)
class Shared:
    """What the receiver relies on alike in several *events*; the rest is as in :class:`Reliance`."""

    member: str
    present: str
    decided_by: str
    places: tuple[str, ...]
    events: tuple[str, ...]

    @property
    def is_known(self) -> bool:
        """Whether the events have such a member."""
        return self.present != NEVER


def by_member(results: Iterable[Result]) -> list[Shared]:
    """Return what the receiver relies on, by member; what is alike in several events comes once."""
    events: dict[tuple[str, str, str, tuple[str, ...]], list[str]] = {}
    for row in relied_on(results):
        alike = row.member, row.present, row.decided_by, row.places
        events.setdefault(alike, []).append(row.event)
    return [Shared(*alike, tuple(events[alike])) for alike in sorted(events)]


def unknown(results: Iterable[Result]) -> dict[str, list[str]]:
    """Return the events whose reads could not be recorded, by the reason, as a sentence."""
    found: dict[str, list[str]] = {}
    for each in sorted(
        (each for result in results for each in result.reads), key=lambda each: each.event
    ):
        if each.off:
            found.setdefault(each.off, []).append(each.event)
    return found


def reads_text(results: Sequence[Result]) -> bytes:
    """Return what the receiver relies on as lines with tabs, in an order that does not change.

    An event whose reads are not known has a question mark as its member, and the reason as its place.
    """
    rows = [
        (each.event, each.member, each.present, each.decided_by, ", ".join(each.places))
        for each in relied_on(results)
    ]
    for reason, events in unknown(results).items():
        rows += [(event, "?", "", "", reason) for event in events]
    rows.sort()
    lines = ("\t".join(map(visible_line, row)) for row in (HEADING, *rows))
    return "".join(f"{line}\n" for line in lines).encode()


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
