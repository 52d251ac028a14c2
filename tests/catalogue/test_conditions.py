"""Every condition of the catalogue, from both sides.

Random bodies show a conditional field while its condition holds, and the object around it while
the condition fails. What breaks the condition is refused by the validation, by the JSON Schema and
by ``webhook``.
"""

from __future__ import annotations

import copy
import json
import re
from collections.abc import Callable, Hashable, Iterator
from dataclasses import dataclass
from itertools import permutations
from typing import Any, TypeAlias

import pytest
from jsonschema import Draft202012Validator

from telnyx_mock.catalogue.registry import all_events
from telnyx_mock.errors import UsageError
from telnyx_mock.payload.webhook import webhook
from telnyx_mock.schema.build import build
from telnyx_mock.schema.event import Event
from telnyx_mock.schema.field_tree import FieldNode, descendants, field_tree
from telnyx_mock.schema.json_schema import json_schema
from telnyx_mock.schema.json_values import ABSENT, Json
from telnyx_mock.schema.kind import Leaf
from telnyx_mock.schema.kinds import Cases, Choice
from telnyx_mock.schema.validate import problems
from tests.catalogue.conftest import RandomChooser

pytestmark = pytest.mark.slow  # they start processes, or run long

MOST_BODIES = 300
"""Random bodies of an event, in which both sides of each of its conditions must occur."""

ALIKE = {
    ("10dlc.campaign.update", "campaignId"),
    ("call.gather.ended", "digits"),
    ("conference.recording.saved", "public_recording_urls"),  # empty in all bodies that are seen
    ("fax.failed", "failure_reason"),
    *(
        (f"texml.pay.{name}", step)
        for name in ("progress", "completed")
        for step in ("For", "ErrorType")
    ),
    *(("texml.call.completed", name) for name in ("HangupSource", "SipHangupCause")),
    *(("texml.pay.action", step) for step in ("PaymentStep", "ErrorCode")),
}
"""Fields whose cases have other samples, and take each other's values."""


class AnyChooser(RandomChooser):
    """Takes also words that an open list of words may have one day."""

    def value(self, path: str, kind: Leaf) -> Json:
        if isinstance(kind, Choice) and kind.extensible and self.random.random() < 0.3:
            return "another"
        return super().value(path, kind)


@dataclass(frozen=True)
class Place:
    """Where a field stands in *body*, or could stand: *name* in the object at *steps*."""

    body: Any
    steps: tuple[str | int, ...]
    name: str

    @property
    def siblings(self) -> Any:
        """The object."""
        found = self.body
        for step in self.steps:
            found = found[step]
        return found

    @property
    def value(self) -> Json:
        return self.siblings.get(self.name, ABSENT)

    def holding(self, value: Json) -> Any:
        """The body with another value of the field; ABSENT for none."""
        body = copy.deepcopy(self.body)
        siblings = Place(body, self.steps, self.name).siblings
        siblings.pop(self.name, None)
        return body if value is ABSENT else siblings.update({self.name: value}) or body


def places(body: Any, path: str) -> Iterator[Place]:
    """Where the field at *path* stands in *body*, or could stand."""
    *names, last = path.replace("[]", ".[]").split(".")

    def inside(value: Any, names: list[str], steps: tuple[str | int, ...]) -> Iterator[Place]:
        match names, value:
            case [], dict():
                yield Place(body, steps, last)
            case ["[]", *rest], list():
                for index, item in enumerate(value):
                    yield from inside(item, rest, (*steps, index))
            case [name, *rest], dict() if name in value:
                yield from inside(value[name], rest, (*steps, name))

    return inside(body, names, ())


Side: TypeAlias = Callable[[FieldNode, Json, Place], Hashable]


def sides(event: Event, nodes: list[FieldNode], side: Side) -> dict[FieldNode, dict[Any, Place]]:
    """For each of *nodes*, the first place in random bodies of each *side* but None."""
    found: dict[FieldNode, dict[Any, Place]] = {node: {} for node in nodes}
    for number in range(MOST_BODIES if nodes else 0):
        body = build(event, AnyChooser(f"{event.name}:{number}"))
        body = json.loads(json.dumps(body))  # ids and times that nothing generates anew
        for node, known in found.items():
            for place in places(body, node.path):
                known.setdefault(side(node, event.payload_in(body), place), place)
    return {
        node: {key: known[key] for key in known if key is not None} for node, known in found.items()
    }


def condition_holds(node: FieldNode, payload: Json, place: Place) -> bool | None:
    """Whether the condition of *node* holds; None where it holds, and the field is left out."""
    assert node.field.when is not None
    holds = node.field.when.holds(payload, place.siblings)
    return holds if holds == (place.value is not ABSENT) else None


def case(node: FieldNode, payload: Json, place: Place) -> tuple[int, int] | None:
    """Which kind of *node* is called for, and whether its value is empty or long; None without one."""
    assert isinstance(node.kind, Cases)
    if place.value is ABSENT:
        return None
    size = min(2, len(place.value)) if isinstance(place.value, list) else bool(place.value)
    return id(node.kind.kind_in(payload, place.siblings)), size


def overrides(event: Event, body: Any) -> dict[str, Json]:
    """All members of the payload and of the objects around it, as overrides of the sample."""
    around = {".".join(event.root[:depth]) for depth in range(len(event.root) + 1)}
    return {
        node.path: next(places(body, node.path)).value
        for node in descendants(field_tree(event))
        if node.path.rpartition(".")[0] in around and node.path not in around
    }


def complaints(
    event: Event, node: FieldNode, place: Place, value: Json, schema: Draft202012Validator
) -> list[str]:
    """The codes of what the validation says about *value* there; the JSON Schema and ``webhook`` must agree."""
    body = place.holding(value)
    found = list(problems(event, body))
    assert schema.is_valid(body) == (not found), "the JSON Schema says otherwise"
    given = overrides(event, body)
    built = webhook(event.name, strict=False, **given)
    assert Place(built.body, place.steps, place.name).value == value
    about = [each.code for each in found if re.match(rf"{re.escape(node.path)}(?!\w)", each.path)]
    if about:
        with pytest.raises(UsageError):
            webhook(event.name, **given)
    return about


def test_a_conditional_field_follows_its_condition(subtests: pytest.Subtests) -> None:
    for event in all_events():
        schema = Draft202012Validator(json_schema(event))
        nodes = [node for node in descendants(field_tree(event)) if node.field.when is not None]
        for node, seen in sides(event, nodes, condition_holds).items():
            with subtests.test(event=event.name, path=node.path):
                assert seen.keys() == {True, False}, "the condition always holds, or never"
                without = complaints(event, node, seen[True], ABSENT, schema)
                assert without == ([] if node.field.optional else ["missing"])
                broken = complaints(event, node, seen[False], seen[True].value, schema)
                # Another object in its place may not know the field at all.
                assert broken in (["unexpected"], ["unknown"])


def test_a_field_takes_the_kind_that_another_field_calls_for(subtests: pytest.Subtests) -> None:
    for event in all_events():
        schema = Draft202012Validator(json_schema(event))
        every = descendants(field_tree(event))
        nodes = [n for n in every if isinstance(n.kind, Cases) and n.kind.has_unlike_values]
        for node, seen in sides(event, nodes, case).items():
            with subtests.test(event=event.name, path=node.path):
                pairs = permutations(seen.values(), 2)
                said = [complaints(event, node, one, other.value, schema) for one, other in pairs]
                assert any(said) != ((event.name, node.field.name) in ALIKE)
