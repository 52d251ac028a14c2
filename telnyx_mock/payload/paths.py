"""Paths to fields, as people write them and as they lead from the top of a body.

``from.phone_number`` and ``to[0].status`` start at the payload, ``meta.attempt`` and
``data.id`` at the envelope; ``payload.from`` and ``data.payload.from`` say the same as ``from``.
"""

from __future__ import annotations

import re
from functools import cache

from telnyx_mock.errors import UsageError
from telnyx_mock.schema.event import Event
from telnyx_mock.schema.json_values import ABSENT, Json
from telnyx_mock.schema.kinds import Object

__all__ = ["full_path", "is_there", "put", "short_path"]


def full_path(event: Event, path: str) -> str:
    """*path* from the top of the body; written from the payload, it may leave the way out."""
    path = path.removeprefix("payload.") if event.root[-1:] == ("payload",) else path
    first = re.split(r"[.\[]", path, maxsplit=1)[0]
    rest = path[len(first) :]
    for name in (first, first.removesuffix("_")):
        for outer, names in reversed(_layers(event)):
            if name in names:
                return ".".join((*outer, f"{name}{rest}"))
    return ".".join((*event.root, path))


@cache
def _layers(event: Event) -> tuple[tuple[tuple[str, ...], frozenset[str]], ...]:
    """The objects from the top of the body to the payload: their paths, their fields' names."""
    layers = []
    inner = event.body
    for depth in range(len(event.root) + 1):
        kinds = {field.name: field.kind for field in inner.fields}
        layers.append((event.root[:depth], frozenset(kinds)))
        following = kinds.get(event.root[depth]) if depth < len(event.root) else None
        inner = following if isinstance(following, Object) else inner
    return tuple(layers)


def short_path(event: Event, path: str) -> str:
    """*path* as people read it: without the ``data`` around nearly every event, if that is clear."""
    short = path.removeprefix("data.")
    return short if full_path(event, short) == path else path


def _steps(path: str) -> list[str | int]:
    return [
        int(step[1:-1]) if step.startswith("[") else step
        for step in re.findall(r"\[[0-9]+\]|(?:[^.\[]|\[(?![0-9]+\]))+", path)
    ]


def is_there(body: Json, path: str) -> bool:
    """Whether *path*, from the top, leads to anything in *body*."""
    for step in _steps(path):
        try:
            body = body[step]
        except (KeyError, IndexError, TypeError):
            return False
    return True


def put(event: Event, body: Json, path: str, value: Json) -> None:
    """Set, or with ABSENT remove, what *path* leads to; objects on the way are made.

    Raises UsageError where there is no such place.
    """
    try:
        *parents, last = _steps(path)
        for step in parents:
            _require(body, step)
            body = body.setdefault(step, {}) if isinstance(body, dict) else body[step]
        _require(body, last)
        if value is not ABSENT:
            body[last] = value
        elif isinstance(body, dict):
            body.pop(last, None)
        else:
            del body[last]
    except (IndexError, TypeError, ValueError):
        raise UsageError(
            f"{event.name} has nothing at {short_path(event, path)!r} that could be set."
        ) from None


def _require(holder: Json, step: str | int) -> None:
    """Raise TypeError unless *holder* is an object for a name, or a list for an index."""
    if not isinstance(holder, dict if isinstance(step, str) else list):
        raise TypeError
