"""Identifies the event of a body that does not name its event: TeXML forms, and a few JSON events.

A body belongs to an event if it matches the declaration of the event.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from functools import cache

from telnyx_mock.catalogue.registry import select
from telnyx_mock.payload.json_reader import read_json
from telnyx_mock.payload.webhook import sample
from telnyx_mock.schema.event import ContentType, Event
from telnyx_mock.schema.field_tree import kinds_by_path
from telnyx_mock.schema.json_values import Json
from telnyx_mock.schema.validate import problems

_BAREST = "texml.http-request"
"""A form with only a few fields, which most other forms have too."""

_ID = re.compile(r"[A-Z]\w*(?:Sid|Id)|Deepfake\w+")
"""Names of TeXML fields. Each TeXML form has such a field, and no other form has one."""


@cache
def _forms() -> tuple[Event, ...]:
    return select(["texml.*"])


@cache
def _nameless() -> tuple[Event, ...]:
    bodies = {event: sample(event.name).body for event in select(["*"])}
    return tuple(
        event
        for event, body in bodies.items()
        if "event_type" not in body and "event_type" not in body.get("data", {})
    )


@cache
def _names() -> Mapping[str, frozenset[str]]:
    return {event.name: frozenset(kinds_by_path(event)) for event in _forms()}


def is_form(names: Iterable[str]) -> bool:
    """Return whether a form with these *names* is a TeXML webhook: it must have an id of TeXML."""
    known = frozenset[str]().union(*_names().values())
    return any(name in known and _ID.fullmatch(name) for name in names)


def form_events(form: Mapping[str, Json]) -> tuple[tuple[str, ...], dict[str, Json]]:
    """Return the names of the events that *form* matches, and the body as the first event types it.

    Several events may have the same fields, and a form may match no event.
    """
    bodies = {event.name: _typed(event, form) for event in _forms()}
    wrong = {event.name: list(problems(event, bodies[event.name])) for event in _forms()}
    # Many events allow any other field, so a form must have a field that the barest one lacks.
    likely = [name for name in wrong if form.keys() & (_names()[name] - _names()[_BAREST])]
    fitting = [name for name in likely if not wrong[name]]
    if not likely and not wrong[_BAREST]:
        fitting = [_BAREST]
    if not fitting:  # Telnyx may have added fields since
        fitting = [name for name in likely if all(each.code == "unknown" for each in wrong[name])]
    return tuple(fitting), bodies[fitting[0]] if fitting else dict(form)


def _typed(event: Event, form: Mapping[str, Json]) -> dict[str, Json]:
    """Return *form*, a mapping of texts, with numbers where *event* declares numbers."""
    return {name: _value(event, name, value) for name, value in form.items()}


def _value(event: Event, name: str, value: Json) -> Json:
    kinds = kinds_by_path(event).get(name, ())
    if not isinstance(value, str) or any(kind.problem(value) is None for kind in kinds):
        return value
    try:
        read = read_json(value)
    except ValueError:
        return value
    return read if any(kind.problem(read) is None for kind in kinds) else value


def event_of(body: Mapping[str, Json]) -> Event | None:
    """Return the unnamed JSON event that *body* matches, or None if it matches no such event."""
    fits = (
        event
        for event in _nameless()
        if event.content_type is ContentType.JSON and next(problems(event, body), None) is None
    )
    return next(fits, None)
