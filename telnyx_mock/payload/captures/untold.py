"""Tells the event of a body that does not name it: TeXML forms, and a few JSON events.

A body is of the event whose declaration it fits.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from functools import cache

from telnyx_mock.catalogue.registry import select
from telnyx_mock.payload.captures.read import read_json
from telnyx_mock.payload.webhook import sample
from telnyx_mock.schema.event import ContentType, Event
from telnyx_mock.schema.field_tree import kinds_by_path
from telnyx_mock.schema.json_values import Json
from telnyx_mock.schema.validate import problems

__all__ = ["form_of", "is_form", "nameless"]

_BAREST = "texml.http-request"
"""The form that holds only what most others hold too."""

_ID = re.compile(r"[A-Z]\w*(?:Sid|Id)|Deepfake\w+")
"""Names of which each form has one, and other forms of the world none."""


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
    """Whether a form with these *names* is a TeXML webhook: it holds the id of something."""
    known = frozenset[str]().union(*_names().values())
    return any(name in known and _ID.fullmatch(name) for name in names)


def form_of(form: Mapping[str, Json]) -> tuple[tuple[str, ...], dict[str, Json]]:
    """The names of the events that *form* can be, and its body as the first of them declares it.

    There are several where nothing tells them apart, and none where it fits no declaration.
    """
    bodies = {event.name: _typed(event, form) for event in _forms()}
    wrong = {event.name: list(problems(event, bodies[event.name])) for event in _forms()}
    # Many a declaration leaves room for anything, so a form must have what only this one has.
    shown = [name for name in wrong if form.keys() & (_names()[name] - _names()[_BAREST])]
    told = [name for name in shown if not wrong[name]]
    if not shown and not wrong[_BAREST]:
        told = [_BAREST]
    if not told:  # what Telnyx has added since is no reason not to tell it
        told = [name for name in shown if all(each.code == "unknown" for each in wrong[name])]
    return tuple(told), bodies[told[0]] if told else dict(form)


def _typed(event: Event, form: Mapping[str, Json]) -> dict[str, Json]:
    """*form*, in which all values are texts, with numbers where *event* has numbers."""
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


def nameless(body: Mapping[str, Json]) -> Event | None:
    """The JSON event that has no name in its *body* and that this body is; None for none."""
    fits = (
        event
        for event in _nameless()
        if event.content_type is ContentType.JSON and next(problems(event, body), None) is None
    )
    return next(fits, None)
