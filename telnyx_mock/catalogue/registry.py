"""Finds events by name, operation, family or pattern. A family is imported when it is first used."""

from __future__ import annotations

import fnmatch
import importlib
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from types import ModuleType

from telnyx_mock.errors import UsageError, unknown
from telnyx_mock.schema.event import ContentType, Event

_FAMILIES: dict[str, tuple[str, tuple[str, ...]]] = {
    "voice": ("voice", ("call", "siprec", "streaming")),
    "conference": ("conference", ("conference",)),
    "ai": ("ai", ("assistant", "call", "conversation", "dialogflow")),
    "messaging": ("messaging", ("message", "messaging-profile", "replacedLinkClick")),
    "whatsapp": ("whatsapp", ("message", "whatsapp")),
    "10dlc": ("tendlc", ("10dlc", "campaignStatusUpdate")),
    "hosted_messaging": ("hosted_messaging", ("messaging_hosted_numbers_orders",)),
    "fax": ("fax", ("fax",)),
    "verify": ("verify", ("verification", "verify")),
    "email": ("mail", ("email", "email_domain")),
    "meeting": ("meeting", ("artifact", "recording", "session", "transcript")),
    "video": ("video", ("video",)),
    "number_order": ("number_order", ("advanced_order", "number_order")),
    "number_reputation": ("number_reputation", ("number_reputation",)),
    "porting": ("porting", ("porting_order",)),
    "portout": ("portout", ("portout",)),
    "customer_service_record": ("customer_service_record", ("customer_service_record",)),
    "texml": ("texml", ("texml",)),
}
"""The module of each family, and the prefixes of its events' names."""

EVERYTHING = ("*", "texml.*")
"""Patterns for all events that may be sent without being named: JSON events, and forms."""


def families() -> tuple[str, ...]:
    """The names of the families."""
    return tuple(_FAMILIES)


def family(name: str) -> tuple[Event, ...]:
    """The events of one family. Raises UsageError for an unknown family."""
    events: tuple[Event, ...] = _module(name).EVENTS
    return events


def introduction(name: str) -> str:
    """Return the introduction to a family: its module's docstring. Raises UsageError for an unknown family."""
    return _module(name).__doc__ or ""


def all_events() -> Iterator[Event]:
    """Every event, family by family."""
    for name in _FAMILIES:
        yield from family(name)


@cache
def find(name: str) -> Event:
    """Return the event with this name or this OpenAPI operation (``callInitiated``).

    If several events have the same operation, the operation means the first of them. Raises UsageError, with
    the nearest names, for an unknown event.
    """
    first_word = str(name).partition(".")[0]
    likely_first = sorted(_FAMILIES, key=lambda home: first_word not in _FAMILIES[home][1])
    for home in likely_first:
        event = _index(home).get(name)
        if event is not None:
            return event
    raise unknown("event", name, {event.name for event in all_events()})


def select(patterns: Iterable[str] = ("*",)) -> tuple[Event, ...]:
    """The events that match any of *patterns*, in the order of the catalogue.

    A pattern is a name, an operation, or a glob over names (``call.*``). A glob leaves out events that are sent only if they are named (see
    ``Event.sent_unnamed``); ``*`` alone means the JSON events. Raises UsageError for a pattern that matches nothing.
    """
    chosen: set[Event] = set()
    for pattern in patterns:
        if not any(mark in pattern for mark in "*?["):
            chosen.add(find(pattern))
            continue
        matching = {
            event
            for event in all_events()
            if fnmatch.fnmatchcase(event.name, pattern)
            and event.sent_unnamed
            and (pattern != "*" or event.content_type is ContentType.JSON)
        }
        if not matching:
            raise UsageError(f"No event matches the pattern {pattern!r}. List the names with: telnyx-mock events")
        chosen |= matching
    homes = {event.family for event in chosen}
    return tuple(event for home in _FAMILIES if home in homes for event in family(home) if event in chosen)


def _module(name: str) -> ModuleType:
    if name not in _FAMILIES:
        raise unknown("event family", name, _FAMILIES)
    return importlib.import_module(f"telnyx_mock.catalogue.{_FAMILIES[name][0]}")


@cache
def _index(home: str) -> Mapping[str, Event]:
    """Return the events of the family *home* by operation and by name; a name wins over an operation."""
    events = family(home)
    by_operation = {event.operation: event for event in reversed(events) if event.operation}
    return {**by_operation, **{event.name: event for event in events}}
