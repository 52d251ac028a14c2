"""Which kinds of value an event declares for each place in its body."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cache

from telnyx_mock.schema.kinds import Cases, Either, Kind, ListOf
from telnyx_mock.schema.model import Event
from telnyx_mock.schema.nodes import descendants, field_tree

__all__ = ["declared"]


@cache
def declared(event: Event) -> Mapping[str, tuple[Kind, ...]]:
    """The kinds that a value can be of, by path; the items of a list are at ``path[]``."""
    found: dict[str, list[Kind]] = {}
    for node in descendants(field_tree(event)):
        for path, kind in _kinds(node.path, node.kind):
            found.setdefault(path, []).append(kind)
    return {path: tuple(kinds) for path, kinds in found.items()}


def _kinds(path: str, kind: Kind) -> Iterator[tuple[str, Kind]]:
    match kind:
        case ListOf():
            yield from _kinds(f"{path}[]", kind.item)
        case Either():
            for inner in kind.kinds:
                yield from _kinds(path, inner)
        case Cases():
            for inner in (kind.otherwise, *kind.kinds.values()):
                yield from _kinds(path, inner)
        case _:
            yield path, kind
