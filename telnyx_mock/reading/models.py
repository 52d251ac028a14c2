"""Records which attributes an app reads of pydantic models, those of the official SDK among them."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from telnyx_mock.reading.patched import patched
from telnyx_mock.reading.read import Manner
from telnyx_mock.reading.recorder import Recorder
from telnyx_mock.schema.json_values import Json


@contextmanager
def recording_models(recorder: Recorder) -> Iterator[None]:
    """Record what the app reads of models of the webhook of *recorder*, in the ``with`` block."""
    base = getattr(sys.modules.get("pydantic"), "BaseModel", None)
    if base is None:
        yield
        return
    plain = base.__getattribute__
    objects = dict(_objects(recorder.content, ""))
    places: dict[int, tuple[object, str | None]] = {}  # it holds each model, so that its id stays

    def path_of(model: Any) -> str | None:
        if id(model) not in places:
            places[id(model)] = model, _path_of(model, objects)
        return places[id(model)][1]

    def recording_getattribute(self: Any, name: str) -> Any:
        if name.startswith("_") or recorder.closed or recorder.is_nested:
            return plain(self, name)
        with recorder.nested():
            kind = type(self)
            field = kind.__pydantic_fields__.get(name)
            is_member = field is not None or not hasattr(kind, name)
            path = path_of(self) if is_member else None
            known = name if field is None else _name(name, field)
        if path is not None and known is not None:
            member = f"{path}.{known}" if path else known
            found = any(known in each for at, each in objects.items() if _pattern(at) == path)
            recorder.note(member, Manner.NEEDED if field is None else Manner.DEFAULT, found=found)
        return plain(self, name)

    with patched(base, "__getattribute__", recording_getattribute):
        yield


def _objects(value: Json, path: str) -> Iterator[tuple[str, dict[str, Json]]]:
    """Yield each object in *value* with its path, indices included, from the outermost inwards."""
    if isinstance(value, dict):
        yield path, value
        for name, member in value.items():
            yield from _objects(member, f"{path}.{name}" if path else name)
    elif isinstance(value, list):
        for index, item in enumerate(value):
            yield from _objects(item, f"{path}[{index}]")


def _pattern(path: str) -> str:
    """Return *path* with ``[]`` for each index."""
    return re.sub(r"\[\d+\]", "[]", path)


def _path_of(model: Any, objects: dict[str, dict[str, Json]]) -> str | None:
    """Return the path of the object that *model* was made of; None if that is not certain."""
    fields = type(model).__pydantic_fields__
    values = vars(model)
    members: dict[str, Any] = dict(model.__pydantic_extra__ or {})
    for name in model.__pydantic_fields_set__:
        known = _name(name, fields[name]) if name in fields else name
        if known is None or name not in values:
            continue
        members[known] = values[name]
    if not members:
        return None
    paths = {_pattern(path) for path, each in objects.items() if _fits(members, each)}
    return paths.pop() if len(paths) == 1 else None


def _fits(members: dict[str, Any], of: dict[str, Json]) -> bool:
    """Whether *members* of a model come from this object."""
    return all(name in of and _is_same(value, of[name]) for name, value in members.items())


def _is_same(value: Any, member: Json) -> bool:
    """Whether *value* of a model can be this *member*; a model may hold a time or a model for it."""
    is_plain = isinstance(value, str | int) and isinstance(value, type(member))
    return value == member if is_plain else not isinstance(value, str) or isinstance(member, str)


def _name(name: str, field: Any) -> str | None:
    """Return the name of the member that becomes the *field* of a model; None if there are several."""
    alias = field.validation_alias or field.alias or name
    return alias if isinstance(alias, str) else None
