"""The receiver tells events apart: it reads the event type, or what else differs between events."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress

from telnyx_mock.contract.engine.finding import Finding
from telnyx_mock.contract.engine.readings import NOT_ACCEPTED
from telnyx_mock.contract.engine.reason import Skipped, Why
from telnyx_mock.contract.engine.rule import Check, Rule, Scope
from telnyx_mock.contract.engine.rule_context import Context
from telnyx_mock.contract.rules import reply_loop
from telnyx_mock.provider_urls import FUNDAMENTALS
from telnyx_mock.reading.read import EventReads, Manner
from telnyx_mock.schema.event import ContentType, Event
from telnyx_mock.schema.field_tree import kinds_by_path, nodes_by_path
from telnyx_mock.schema.kind import Kind
from telnyx_mock.schema.kind_wording import json_types
from telnyx_mock.schema.kinds import Boolean, Choice
from telnyx_mock.severity import Severity

EVENT_TYPE = "data.event_type"


def _check_told_apart(check: Check, context: Context, event: Event) -> Iterator[Finding]:
    families: dict[str, dict[Event, EventReads]] = {}
    off = NOT_ACCEPTED
    for each in context.events:
        is_json = each.content_type is ContentType.JSON
        if is_json and context.baseline.serves(each) and context.baseline.accepts(each):
            reads = context.readings.of(each)
            off = reads.off or off
            if reads.known:
                families.setdefault(each.family, {})[each] = reads
    if not families:
        raise Skipped(Why.READS_UNKNOWN, problem=off)
    alike = [known for known in families.values() if len(known) > 1 and not _are_told_apart(known)]
    if not alike or any(context.found(rule.id, event) for rule in reply_loop.RULES):
        return
    acting = {}
    with suppress(Skipped):
        acting = dict(context.acting())
    for known in alike:
        events = [*known]
        names = _commands_of_all(context, events, acting.get(events[0].family, ()))
        if names:
            problem = (
                f"made the app send the command {' and '.join(names)}, and so did every other event "
                f"of the run about {events[0].family}: the app (at {_place(known)}) reads neither "
                f"{EVENT_TYPE} nor anything else that tells these events apart"
            )
            expected = "the command for some events alone"
            yield check.finding(
                context.baseline.sample_of(events[0]), problem, expected, alone=False
            )
            return
    if len(alike) == len(families) and not acting:
        first = next(iter(alike[0]))
        problem = (
            f"is handled like every other event: the app (at {_place(alike[0])}) reads neither "
            f"{EVENT_TYPE} nor anything else that tells events apart, so ask whether this is the "
            "address for Telnyx webhooks"
        )
        yield check.finding(
            context.baseline.sample_of(first),
            problem,
            f"the app reads {EVENT_TYPE}",
            severity=Severity.ADVICE,
            alone=False,
        )


def _place(known: Mapping[Event, EventReads]) -> str:
    """Return the place in the app where the innermost member is read."""
    reads = [read for each in known.values() for read in each.reads]
    return max(reads, key=lambda read: read.member.count(".")).place


def _are_told_apart(known: Mapping[Event, EventReads]) -> bool:
    """Whether the app may tell these events apart. It may if it reads nothing, or all at once."""
    reads = [read for each in known.values() for read in each.reads]
    if not reads or any(read.manner is Manner.ALL for read in reads):
        return True
    return any(_tells_apart(member, [*known]) for member in {read.member for read in reads})


def _tells_apart(member: str, events: Sequence[Event]) -> bool:
    """Whether *member* is only in some of *events*, or can be of another type or word in some."""
    if member == EVENT_TYPE:
        return True
    if len({member in nodes_by_path(event) for event in events}) > 1:
        return True
    kinds = [kinds_by_path(event).get(member, ()) for event in events]
    types = {frozenset(word for kind in each for word in json_types(kind)) for each in kinds}
    return len(types) > 1 or any(each and all(map(_is_set, each)) for each in kinds)


def _is_set(kind: Kind) -> bool:
    return isinstance(kind, Boolean) or (isinstance(kind, Choice) and len(kind.values) > 1)


def _commands_of_all(
    context: Context, events: Sequence[Event], acting: Sequence[Event]
) -> tuple[str, ...]:
    """Return the commands that the app sends because of each of *events*, the same for all; or none."""
    if any(event not in acting for event in events):
        return ()
    known = [context.baseline.effects.get(event.name) for event in events]
    names = {() if effects is None else effects.names() for effects in known}
    return names.pop() if len(names) == 1 else ()


RULES: tuple[Rule, ...] = (
    Rule(
        "distinguishes-events",
        "tells events apart",
        Severity.ERROR,
        Scope.RUN,
        "Telnyx sends all events of a call, or of a message, to one address: also the reports on what "
        "your app itself does. A receiver that does not look at the type acts on each of them.",
        FUNDAMENTALS,
        "Read data.event_type first, act on the events that you need, and answer 200 to the others.",
        _check_told_apart,
    ),
)
