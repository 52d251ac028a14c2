"""The receiver reads members that webhooks have: what no event has is always absent.

Such a read fails seldom. It returns a default, and no status code shows that.
"""

from __future__ import annotations

import copy
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import cache, partial

from telnyx_mock.catalogue.registry import all_events
from telnyx_mock.contract.effects.effects import Effects
from telnyx_mock.contract.engine.finding import Finding
from telnyx_mock.contract.engine.readings import NOT_ACCEPTED
from telnyx_mock.contract.engine.reason import Skipped, Why
from telnyx_mock.contract.engine.rule import Check, Rule, Scope
from telnyx_mock.contract.engine.rule_context import Context
from telnyx_mock.delivery import Delivery
from telnyx_mock.payload.paths import place_at
from telnyx_mock.payload.webhook import Webhook, sample
from telnyx_mock.provider_urls import FUNDAMENTALS
from telnyx_mock.reading.read import EventReads, Manner, Read
from telnyx_mock.schema.event import ContentType, Event
from telnyx_mock.schema.field_tree import kinds_by_path, nodes_by_path
from telnyx_mock.schema.json_values import Json
from telnyx_mock.schema.kinds import Object
from telnyx_mock.schema.placeholders import GeneratedId
from telnyx_mock.severity import Severity

PLANTED = "1"
"""The value of a member for which the sample has none: to most code, a text that says something."""

ID = "v3:planted-by-telnyx-mock"
"""The value of a member that means an id. No webhook has told the receiver of it."""

MOST_TRIED = 3
"""The largest number of events in which the effect of one misread member is tried."""


@dataclass(slots=True)
class Misread:
    """A *member* that no event has, read at *places*; *nearest* are the members of that name by event."""

    member: str
    places: dict[str, None] = field(default_factory=dict)
    nearest: dict[Event, tuple[str, ...]] = field(default_factory=dict)
    hidden: dict[Event, EventReads] = field(default_factory=dict)


def _check_known_members(check: Check, context: Context, event: Event) -> Iterator[Finding]:
    known, off = False, NOT_ACCEPTED
    misreads: dict[str, Misread] = {}
    for each in context.events:
        if context.baseline.serves(each) and context.baseline.accepts(each):
            reads = context.readings.of(each)
            known, off = known or reads.known, reads.off or off
            for read in reads.reads:
                nearest = _nearest(each, read)
                if nearest is not None:
                    found = misreads.setdefault(read.member, Misread(read.member))
                    found.places[read.place] = None
                    found.nearest[each] = nearest
                    found.hidden[each] = reads
    if not known:
        raise Skipped(Why.READS_UNKNOWN, problem=off)
    for misread in misreads.values():
        yield from _judge(check, context, misread)


def _nearest(event: Event, read: Read) -> tuple[str, ...] | None:
    """Return the members of *event* that the app probably means by *read*; None if it may be right.

    Any event's member counts as known, because events often share code. Such code may also take off the
    envelope, which some events lack, so a name that other events have elsewhere may be right. So may
    every member of an object that may have more members than are declared. Outside of the payload,
    other providers have members of their own.
    """
    if read.found or read.manner is Manner.ALL or read.member in _known(event.content_type):
        return None
    parent, _, name = read.member.rpartition(".")
    if not all(_is_closed(kind) for kind in kinds_by_path(event).get(parent, ())):
        return None
    plain = _plain(name)
    same = [path for path in nodes_by_path(event) if _plain(path.rpartition(".")[2]) == plain]
    is_inside = event.payload_path != "" and parent == event.payload_path
    is_elsewhere = not same and plain in _names(event.content_type)
    if is_elsewhere or not (same or is_inside):
        return None
    body = sample(event.name).body
    return tuple(
        sorted(same, key=lambda path: (_value(event, path, body) is None, path.count("."), path))
    )


def _plain(name: str) -> str:
    return name.replace("_", "").replace("-", "").casefold()


@cache
def _known(content_type: ContentType) -> frozenset[str]:
    """The paths of the members of all events of this content type."""
    return frozenset(
        path
        for event in all_events()
        if event.content_type is content_type
        for path in nodes_by_path(event)
    )


@cache
def _names(content_type: ContentType) -> frozenset[str]:
    """The names of the members of all events of this content type, without capitals and dashes."""
    return frozenset(_plain(path.rpartition(".")[2]) for path in _known(content_type))


def _is_closed(kind: object) -> bool:
    return isinstance(kind, Object) and kind.extra is None


def _value(event: Event, path: str, body: Json) -> Json:
    """Return the value at *path* in *body*, in the first item of each list; None if there is none."""
    for step in place_at(event, path.replace("[]", "[0]")).steps:
        try:
            body = body[step]
        except (LookupError, TypeError):
            return None
    return body


def _judge(check: Check, context: Context, misread: Misread) -> Iterator[Finding]:
    """Yield an error if the member would have an effect, or a warning if its absence is hidden."""
    where = " and ".join(misread.places)
    for event in [*misread.nearest][:MOST_TRIED]:
        nearest = misread.nearest[event]
        meant = " or ".join(nearest)
        value = _value(event, nearest[0], sample(event.name).body) if nearest else None
        what = _shown_effect(context, event, misread.member, PLANTED if value is None else value)
        if what:
            truth = f"it is {meant}" if meant else "no page of Telnyx has it"
            problem = (
                f"has no member {misread.member}, which the app reads at {where}: {truth}. If the "
                f"webhook had the member, {what}"
            )
            yield check.finding(
                context.baseline.sample_of(event),
                problem,
                f"the app reads {meant}" if meant else "the app reads a member that the event has",
                severity=Severity.ERROR if meant else Severity.WARNING,
                fix=f"Read {meant}." if meant else "",
                alone=False,
            )
            return
    for event, nearest in misread.nearest.items():
        if nearest and _is_hidden(misread, event, nearest):
            problem = (
                f"has no member {misread.member}, which the app reads at {where}: it is "
                f"{' or '.join(nearest)}, which the app does not read"
            )
            yield check.finding(
                context.baseline.sample_of(event),
                problem,
                f"the app reads {' or '.join(nearest)}",
                severity=Severity.WARNING,
                fix=f"Read {' or '.join(nearest)}.",
                alone=False,
            )
            return


def _is_hidden(misread: Misread, event: Event, nearest: Sequence[str]) -> bool:
    """Whether the app gets a default in place of the value, and the value from nowhere else.

    A short word, such as ``type``, may be meant for the webhooks of another provider.
    """
    if "_" not in misread.member.rpartition(".")[2]:
        return False
    for read in misread.hidden[event].reads:
        whole = read.manner is Manner.ALL
        if any(path == read.member or (whole and _holds(read.member, path)) for path in nearest):
            return False
    return True


def _holds(parent: str, path: str) -> bool:
    return not parent or path.startswith((f"{parent}.", f"{parent}["))


def _shown_effect(context: Context, event: Event, member: str, value: Json) -> str:
    """Return what the app does if *event* has *member* with *value*, and never does without it.

    It is empty if the app does nothing else, or does not accept such a webhook.
    """
    usual = sample(event.name)
    body = copy.deepcopy(usual.body)
    planted = ID if isinstance(value, GeneratedId) else value
    place_at(event, member.replace("[]", "[0]")).put(body, planted)
    changed = replace(usual, body=body)
    with_it: set[str] = set()
    for number in range(2):
        without = _kinds(_observed(context, usual)[1], value)
        delivery, effects = _observed(context, changed)
        if not delivery.accepted:
            return ""
        new = _kinds(effects, value) - without
        with_it = new if number == 0 else with_it & new
    return " and ".join(sorted(with_it))


def _observed(context: Context, webhook: Webhook) -> tuple[Delivery, Effects]:
    send = partial(context.sender.send_apart, context.emulator.request(webhook))
    return context.observer.observe_soon(send)


def _kinds(effects: Effects, value: Json) -> set[str]:
    """Return the kinds of *effects*, in words; a command that has an id as its *value* is of its own kind."""
    kinds = {f"the receiver sends the command {name}" for name in effects.names()}
    if isinstance(value, GeneratedId):
        ours = [each for each in effects.commands if ID in each.texts()]
        kinds |= {f"the receiver sends the command {each.name} with its value" for each in ours}
    kinds |= {f"the receiver calls {call.name}" for call in effects.calls}
    return kinds | ({"the data that the probe reads changes"} if effects.changed else set())


RULES: tuple[Rule, ...] = (
    Rule(
        "reads-known-members",
        "reads only members that webhooks have",
        Severity.ERROR,
        Scope.RUN,
        "A member that no webhook has is always absent. The app gets a default in its place, answers "
        "200, and does not do its work.",
        FUNDAMENTALS,
        "Read the member that the finding names. The envelope is data, and most values are in "
        "data.payload.",
        _check_known_members,
    ),
)
