"""Looks events up: by name, by operation, by family, by pattern. Families load when asked for."""

from __future__ import annotations

import fnmatch
import importlib
from collections.abc import Iterable, Iterator
from functools import cache

from telnyx_mock.errors import UsageError, unknown
from telnyx_mock.events.model import ContentType, Event

__all__ = ["all_events", "families", "find", "select"]

_FAMILIES: dict[str, str] = {
    "voice": "telnyx_mock.events.voice",
    "conference": "telnyx_mock.events.conference",
    "ai": "telnyx_mock.events.ai",
    "messaging": "telnyx_mock.events.messaging",
    "whatsapp": "telnyx_mock.events.whatsapp",
    "10dlc": "telnyx_mock.events.tendlc",
    "hosted_messaging": "telnyx_mock.events.hosted_messaging",
    "fax": "telnyx_mock.events.fax",
    "verify": "telnyx_mock.events.verify",
    "email": "telnyx_mock.events.mail",
    "meeting": "telnyx_mock.events.meeting",
    "video": "telnyx_mock.events.video",
    "number_order": "telnyx_mock.events.number_order",
    "number_reputation": "telnyx_mock.events.number_reputation",
    "porting": "telnyx_mock.events.porting",
    "portout": "telnyx_mock.events.portout",
    "customer_service_record": "telnyx_mock.events.customer_service_record",
    "texml": "telnyx_mock.events.texml",
}
"""Where each family is declared; the module's ``EVENTS`` are its events."""


def families() -> tuple[str, ...]:
    """The names of the families."""
    return tuple(_FAMILIES)


@cache
def family(name: str) -> tuple[Event, ...]:
    """The events of one family. Raises UsageError for an unknown one."""
    if name not in _FAMILIES:
        raise unknown("event family", name, _FAMILIES)
    events: tuple[Event, ...] = importlib.import_module(_FAMILIES[name]).EVENTS
    return events


def all_events() -> Iterator[Event]:
    """Every event, family by family."""
    for name in _FAMILIES:
        yield from family(name)


@cache
def _index() -> dict[str, Event]:
    index: dict[str, Event] = {}
    for event in all_events():
        index[event.name] = event
        if event.operation is not None:
            index.setdefault(event.operation, event)
    return index


def find(name: str) -> Event:
    """The event of this name, or of this OpenAPI operation (``callInitiated``).

    Raises UsageError, with the nearest names, if there is none.
    """
    index = _index()
    if name not in index:
        raise unknown("event", name, {event.name for event in all_events()})
    return index[name]


def select(patterns: Iterable[str] = ("*",)) -> tuple[Event, ...]:
    """The events that match any of *patterns*, in the order of the catalogue.

    A pattern is a name, an operation, or a glob over names (``call.*``). A glob leaves out events
    whose status says that they are sent only when named; ``*`` alone means the JSON events.
    Raises UsageError where a pattern matches nothing.
    """
    chosen: set[str] = set()
    for pattern in patterns:
        if not any(mark in pattern for mark in "*?["):
            chosen.add(find(pattern).name)
            continue
        matching = {
            event.name
            for event in all_events()
            if fnmatch.fnmatchcase(event.name, pattern)
            and event.status.sent_unnamed
            and (pattern != "*" or event.content_type is ContentType.JSON)
        }
        if not matching:
            raise UsageError(f"No event matches the pattern {pattern!r}. List the names with: telnyx-mock events")
        chosen |= matching
    return tuple(event for event in all_events() if event.name in chosen)
