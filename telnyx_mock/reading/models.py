"""Records which attributes an app reads of pydantic models, those of the official SDK among them."""

from __future__ import annotations

import re
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from typing import Any, TypeAlias

from telnyx_mock.reading.patched import patched
from telnyx_mock.reading.read import Manner
from telnyx_mock.reading.recorded_object import recorded
from telnyx_mock.reading.recorder import Recorder
from telnyx_mock.schema.json_values import Json

WRITERS = ("model_dump", "model_dump_json", "to_dict", "to_json", "dict", "json")
"""Methods of models that read all members at once."""


GetAttribute: TypeAlias = Callable[[Any, str], Any]


class Models:
    """Lets all models tell of their attributes, one recording after another.

    To change their class, or to change it back, takes as long as a delivery if the official SDK is
    loaded, because Python then goes over all its subclasses. So the class stays as it is from one
    recording to the next, without telling anything, until :meth:`restore`.
    """

    def __init__(self) -> None:
        self._changes = ExitStack()
        self._plain: GetAttribute | None = None
        self._telling: GetAttribute | None = None

    @contextmanager
    def recording(self, recorder: Recorder) -> Iterator[None]:
        """Record what the app reads of models of the webhook of *recorder*, in the ``with`` block."""
        if self._plain is None:
            self._plain = self._change()
        self._telling = None if self._plain is None else _telling(recorder, self._plain)
        try:
            yield
        finally:
            self._telling = None

    def restore(self) -> None:
        """Let the class of all models be as it was."""
        self._changes.close()
        self._plain = None

    def _change(self) -> GetAttribute | None:
        """Change the class of all models, and return what it had; None if there is no such class."""
        base: Any = getattr(sys.modules.get("pydantic"), "BaseModel", None)
        if not hasattr(base, "model_validate"):  # not loaded, or a version of other make
            return None
        plain: GetAttribute = base.__getattribute__

        def getattribute(model: Any, name: str) -> Any:
            return (self._telling or plain)(model, name)

        self._changes.enter_context(patched(base, "__getattribute__", getattribute))
        return plain


def _telling(recorder: Recorder, plain: GetAttribute) -> GetAttribute:
    """Return a method like *plain* that tells *recorder* what is read of models of its webhook."""
    objects = dict(_objects(recorder.content, ""))
    known: dict[
        int, tuple[object, tuple[str, ...]]
    ] = {}  # it holds each model, so that its id stays

    def recording_getattribute(self: Any, name: str) -> Any:
        if name.startswith("_") or recorder.closed or recorder.is_nested:
            return plain(self, name)
        with recorder.nested():
            kind = type(self)
            field = _fields(kind).get(name)
            if field is None and hasattr(kind, name) and name not in WRITERS:
                return plain(self, name)
            if id(self) not in known:
                known[id(self)] = self, _paths_of(self, objects)
            paths = known[id(self)][1]
            member = name if field is None else _name(name, field)
        if not paths or member is None:
            return plain(self, name)
        for path in paths:
            if name in WRITERS:
                recorder.note(path, Manner.ALL)
                continue
            found = any(member in each for at, each in objects.items() if _pattern(at) == path)
            manner = Manner.NEEDED if field is None else Manner.DEFAULT
            recorder.note(f"{path}.{member}" if path else member, manner, found=found)
        value = plain(self, name)
        if field is not None and type(value) in (dict, list):
            path = f"{paths[0]}.{member}" if paths[0] else member
            value = vars(self)[name] = recorded(value, recorder, path)
        return value

    return recording_getattribute


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


def _paths_of(model: Any, objects: dict[str, dict[str, Json]]) -> tuple[str, ...]:
    """Return the paths of the objects of which *model* may be made; empty if it has another source."""
    fields = _fields(type(model))
    values = vars(model)
    members: dict[str, Any] = dict(getattr(model, "__pydantic_extra__", None) or {})
    for name in getattr(
        model, "__pydantic_fields_set__", ()
    ):  # it is still being made if it lacks them
        known = _name(name, fields[name]) if name in fields else name
        if known is not None and name in values:
            members[known] = values[name]
    if not members:
        return ()
    return tuple({_pattern(path): None for path, each in objects.items() if _fits(members, each)})


def _fits(members: dict[str, Any], of: dict[str, Json]) -> bool:
    """Whether *members* of a model come from this object."""
    return all(name in of and _is_same(value, of[name]) for name, value in members.items())


def _is_same(value: Any, member: Json) -> bool:
    """Whether *value* of a model can be this *member*; a model may hold a time or a model for it."""
    is_plain = isinstance(value, str | int) and isinstance(value, type(member))
    return value == member if is_plain else not isinstance(value, str) or isinstance(member, str)


def _fields(kind: Any) -> dict[str, Any]:
    """Return the fields of a class of models, in any version from 2.0 on."""
    fields: dict[str, Any] = getattr(kind, "__pydantic_fields__", None) or kind.model_fields
    return fields


def _name(name: str, field: Any) -> str | None:
    """Return the name of the member that becomes the *field* of a model; None if there are several."""
    alias = field.validation_alias or field.alias or name
    return alias if isinstance(alias, str) else None
