"""Builds the documented sample with the user's values, and refuses what Telnyx would not send."""

from __future__ import annotations

import copy
from collections.abc import Mapping
from dataclasses import replace
from functools import cache

from telnyx_mock.errors import Hint, UsageError, unknown
from telnyx_mock.payload.paths import Place, resolve, short_path
from telnyx_mock.schema.build import SampleChooser, build, build_with
from telnyx_mock.schema.event import Event
from telnyx_mock.schema.field_tree import descendants, field_tree, nodes_by_path
from telnyx_mock.schema.json_values import ABSENT, Json, copied
from telnyx_mock.schema.kinds import Identifier, MapOf, Object
from telnyx_mock.schema.placeholders import GeneratedId
from telnyx_mock.schema.validate import problems


def resolve_all(event: Event, overrides: Mapping[str, Json]) -> dict[Place, Json]:
    """Return the value for each place in *overrides*. Copy values that the caller could change."""
    return {
        resolve(event, path): copy.deepcopy(value) if isinstance(value, dict | list) else value
        for path, value in overrides.items()
    }


def kept(overrides: Mapping[str, Json]) -> dict[str, Json]:
    """Return *overrides* with ids that no new ids replace, even if they are from another webhook."""
    return {
        path: str(value) if isinstance(value, GeneratedId) else value
        for path, value in overrides.items()
    }


def body_with(event: Event, given: Mapping[Place, Json], *, strict: bool) -> Json:
    """Return the body of the documented sample with the *given* values and their consequences.

    With *strict*, raises UsageError for an unknown field and for a body that Telnyx would not send.
    Without *strict*, raises UsageError only for an impossible place, such as a member of a text.
    """
    if not given:
        return copied(sample_body(event))
    if strict:
        for place in given:
            _refuse_unknown(place)
    values = {place.steps: value for place, value in given.items()}
    body, unplaced = build_with(event, SampleChooser(), values, _ids(given))
    left = {place: value for place, value in given.items() if place.steps in unplaced}
    for place, value in left.items():
        if not strict or not place.nodes:
            place.put(body, value)
    if strict:
        for problem in problems(event, body):
            problem = replace(problem, path=short_path(event, problem.path))
            raise UsageError(f"{event.name}: {problem}.", Hint.LOOSE)
        for place, value in left.items():
            if place.nodes and value is not ABSENT:
                raise UsageError(f"{event.name}: {_no_place(place, body)}.", Hint.LOOSE)
    return body


@cache
def sample_body(event: Event) -> Json:
    """Return the body of the documented sample of *event*. It is shared, so nobody may change it."""
    return build(event, SampleChooser())


def _ids(given: Mapping[Place, Json]) -> dict[tuple[str, int], str]:
    """Return the *given* ids by role and number, since an id is the same in each place."""
    return {
        (node.kind.role, node.kind.number): value
        for place, value in given.items()
        for node in place.nodes
        if isinstance(node.kind, Identifier) and isinstance(value, str) and "[" not in place.path
    }


def _refuse_unknown(place: Place) -> None:
    """Raise UsageError for an undeclared field, unless its object allows members of any name."""
    event, pattern = place.event, place.pattern
    known = nodes_by_path(event)
    if pattern.removesuffix("[]") in known:
        return
    parent = pattern.rpartition(".")[0]
    for node in (field_tree(event), *descendants(field_tree(event))):
        is_map = isinstance(node.kind, MapOf) and pattern.startswith(f"{node.path}.")
        has_extra = isinstance(node.kind, Object) and node.kind.extra is not None
        if is_map or (has_extra and node.path == parent):
            return
    names = (short_path(event, path) for path in known)
    raise unknown("field", place.short, names, where=f"in {event.name}")


def _no_place(place: Place, body: Json) -> str:
    """Return the reason why *place* is missing in *body*."""
    event = place.event
    for node in descendants(field_tree(event)):
        when, is_around = node.field.when, f"{place.pattern}.".startswith(f"{node.path}.")
        if is_around and when is not None and not when.holds(event.payload_in(body), {}):
            return f"{short_path(event, node.path)} is present only if {when}"
    return f"there is no place for {place.short}"
