"""Paths to fields, as people write them, and the places in a body to which they lead.

``from.phone_number`` and ``to[0].status`` start at the payload, ``meta.attempt`` and ``data.id``
at the envelope. ``payload.from`` and ``data.payload.from`` mean the same as ``from``.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache

from telnyx_mock.errors import UsageError
from telnyx_mock.schema.build import Steps
from telnyx_mock.schema.event import Event
from telnyx_mock.schema.field_tree import FieldNode, nodes_by_path
from telnyx_mock.schema.json_values import ABSENT, Json
from telnyx_mock.schema.kinds import Object

_INDEX = re.compile(r"\[[0-9]{1,9}\]")

MOST_ITEMS = 1000
"""The most items that a list gets: no list of Telnyx is as long, and one as long as any index fills the memory."""


@dataclass(frozen=True, slots=True)
class Place:
    """A place in the bodies of *event*; *path* and *steps* lead to it from the top.

    *nodes* are the fields declared there. If the surrounding object has
    alternatives, there can be several nodes. If the event declares no such field, *nodes* is empty.
    """

    event: Event
    path: str
    steps: Steps
    nodes: tuple[FieldNode, ...]

    @property
    def pattern(self) -> str:
        """The path with ``[]`` for each index, like the path of a field node."""
        return _without_indices(self.path)

    @property
    def short(self) -> str:
        """The path in its short form, for messages."""
        return short_path(self.event, self.path)

    def put(self, body: Json, value: Json) -> None:
        """Set *value* at this place in *body*, or remove the field for ABSENT; add missing objects.

        Raises UsageError if *body* cannot have this place, also beyond the end of a list: only the
        builder knows what the items before it are.
        """
        walked: list[str | int] = []
        try:
            *parents, last = self.steps
            for step in parents:
                _require(body, step)
                body = body.setdefault(step, {}) if isinstance(body, dict) else body[step]
                walked.append(step)
            _require(body, last)
            if value is not ABSENT:
                body[last] = value
            elif isinstance(body, dict):
                body.pop(last, None)
            elif isinstance(last, int) and last < len(body):
                del body[last]
        except IndexError:
            whole = short_path(self.event, _joined(walked))
            size, least = len(body), int(self.steps[len(walked)]) + 1
            raise UsageError(
                f"The list {whole!r} of this {self.event.name} has {size} item{'s' * (size != 1)}, so "
                f"there is no {self.short!r}. Set {whole!r} to a list with at least {least}."
            ) from None
        except (TypeError, ValueError):
            raise UsageError(
                f"{self.event.name} has no place {self.short!r} for a value."
            ) from None


def _require(holder: Json, step: str | int) -> None:
    """Raise TypeError unless *holder* is an object (for a name) or a list (for an index)."""
    if not isinstance(holder, dict if isinstance(step, str) else list):
        raise TypeError


def _joined(steps: Iterable[str | int]) -> str:
    """Return the path of *steps*."""
    parts = (f"[{step}]" if isinstance(step, int) else f".{step}" for step in steps)
    return "".join(parts).removeprefix(".")


def resolve(event: Event, path: str) -> Place:
    """Return the place to which *path*, as people write it, leads.

    Raises UsageError for an index that no list reaches.
    """
    path = path.removeprefix("payload.") if event.root[-1:] == ("payload",) else path
    first = re.split(r"[.\[]", path, maxsplit=1)[0]
    rest = path[len(first) :]
    for name in (first, first.removesuffix("_")):
        for outer, names in _layers(event):
            if name in names:
                return place_at(event, ".".join((*outer, f"{name}{rest}")))
    return place_at(event, ".".join((*event.root, path)))


def place_at(event: Event, path: str) -> Place:
    """Return the place to which *path* leads from the top of the body.

    Raises UsageError for an index that no list reaches.
    """
    steps = tuple(
        int(step[1:-1]) if _INDEX.fullmatch(step) else step
        for step in re.findall(rf"{_INDEX.pattern}|(?:[^.\[]|\[(?![0-9]{{1,9}}\]))+", path)
    )
    for step in steps:
        if isinstance(step, int) and step >= MOST_ITEMS:
            raise UsageError(
                f"The index [{step}] is too large: a list can have {MOST_ITEMS} items."
            )
    return Place(event, path, steps, nodes_by_path(event).get(_without_indices(path), ()))


@cache
def _layers(event: Event) -> tuple[tuple[tuple[str, ...], frozenset[str]], ...]:
    """Return the path and the field names of each object, from the payload out to the body."""
    layers = []
    inner = event.body
    for depth in range(len(event.root) + 1):
        kinds = {field.name: field.kind for field in inner.fields}
        layers.append((event.root[:depth], frozenset(kinds)))
        following = kinds.get(event.root[depth]) if depth < len(event.root) else None
        inner = following if isinstance(following, Object) else inner
    return tuple(reversed(layers))


def short_path(event: Event, path: str) -> str:
    """Return *path* without a leading ``data`` if the rest leads to the same place."""
    short = path.removeprefix("data.")
    return short if resolve(event, short).path == path else path


def field_names(paths: Iterable[str]) -> tuple[str, ...]:
    """Return each field at *paths* once: ``to[].status`` is the status of every item of ``to``."""
    return tuple(dict.fromkeys(map(_without_indices, paths)))


def is_within(path: str, field: str) -> bool:
    """Return whether *path* leads to *field* or to something inside it, regardless of indices."""
    path = _without_indices(path)
    return path == field or path.startswith((f"{field}.", f"{field}["))


def _without_indices(path: str) -> str:
    return _INDEX.sub("[]", path)
