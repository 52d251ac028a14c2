"""Bodies from the documented sample and values of somebody's: what follows, what is refused."""

from __future__ import annotations

import copy
import re
from collections.abc import Mapping
from functools import cache

from telnyx_mock.errors import UsageError, unknown
from telnyx_mock.payload.paths import full_path, is_there, put, short_path
from telnyx_mock.schema.build import SampleChooser, build
from telnyx_mock.schema.event import Event
from telnyx_mock.schema.field import Presence
from telnyx_mock.schema.field_tree import FieldNode, descendants, field_tree
from telnyx_mock.schema.json_values import ABSENT, Json
from telnyx_mock.schema.kind import Kind, Leaf
from telnyx_mock.schema.kinds import Identifier, ListOf, MapOf, Object
from telnyx_mock.schema.validate import problems

__all__ = ["placed", "refuse_invalid", "refuse_unknown", "sample_with"]


def placed(event: Event, overrides: Mapping[str, Json]) -> dict[str, Json]:
    """*overrides* by their full paths; copies, since the caller may go on to change what was given."""
    return {
        full_path(event, path): copy.deepcopy(value) if isinstance(value, dict | list) else value
        for path, value in overrides.items()
    }


def sample_with(event: Event, given: Mapping[str, Json], *, strict: bool) -> Json:
    """The sample's body with the values *given* by full path, and what follows from them."""
    known = {node.path for node in _sites(event)}
    fixed = {path: value for path, value in given.items() if path in known}
    body = build(event, _OverrideChooser(event, given), fixed)
    for path, value in given.items():
        if not strict or path not in fixed:
            put(event, body, path, value)
    return body


class _OverrideChooser(SampleChooser):
    """The sample, with room for every override: its parents are there, its list is long enough."""

    def __init__(self, event: Event, given: Mapping[str, Json]) -> None:
        self.given = given
        self.ids = {
            (node.kind.role, node.kind.number): given[node.path]
            for node in _sites(event)
            if isinstance(node.kind, Identifier) and isinstance(given.get(node.path), str)
        }
        self.parents = {
            re.sub(r"\[[0-9]+\]", "[]", path[: match.start()])
            for path in given
            for match in re.finditer(r"[.\[]", path)
        }

    def presence(self, node: FieldNode) -> Presence:
        return Presence.PRESENT if node.path in self.parents else super().presence(node)

    def value(self, path: str, kind: Leaf) -> Json:
        """The sample's, but an id that was given in one place is the same in all others."""
        if isinstance(kind, Identifier):
            return self.ids.get((kind.role, kind.number), kind.sample)
        return super().value(path, kind)

    def count(self, path: str, kind: ListOf) -> int:
        longest = kind.shown
        for given in self.given:
            pattern = re.escape(path).replace(r"\[\]", r"\[[0-9]+\]")
            match = re.match(rf"{pattern}\[([0-9]+)\]", given)
            if match is not None:
                longest = max(longest, int(match[1]) + 1)
        return longest


@cache
def _sites(event: Event) -> tuple[FieldNode, ...]:
    return tuple(descendants(field_tree(event)))


def refuse_unknown(event: Event, given: Mapping[str, Json]) -> None:
    """Raise UsageError where *event* has no place for one of the values *given* by full path."""
    known = {node.path: node for node in _sites(event)}
    for path in given:
        pattern = re.sub(r"\[[0-9]+\]", "[]", path)
        parent = pattern.rpartition(".")[0]
        is_open = any(
            (isinstance(node.kind, MapOf) and pattern.startswith(f"{node.path}."))
            or (_has_extra(node.kind) and node.path == parent)
            for node in (field_tree(event), *known.values())
        )
        if pattern.removesuffix("[]") not in known and not is_open:
            names = (short_path(event, name) for name in known)
            raise unknown("field", short_path(event, path), names, where=f"in {event.name}")


def _has_extra(kind: Kind) -> bool:
    return isinstance(kind, Object) and kind.extra is not None


LOOSELY = "Pass strict=False (--loose on the command line)"
"""How what Telnyx would not send is sent all the same."""


def refuse_invalid(event: Event, body: Json, given: Mapping[str, Json]) -> None:
    """Raise UsageError where Telnyx would not send *body*, or a value *given* is not in it."""
    advice = f"{LOOSELY} to send it all the same."
    for problem in problems(event, body):
        path, space, rest = problem.partition(" ")
        raise UsageError(f"{event.name}: {short_path(event, path)}{space}{rest}. {advice}")
    for path, value in given.items():
        if value is not ABSENT and "{" not in path and not is_there(body, path):
            conditions = [
                f"{short_path(event, node.path)} is there only while {node.field.when}"
                for node in _sites(event)
                if node.field.when is not None and f"{path}.".startswith(f"{node.path}.")
            ]
            reason = (
                conditions[0] if conditions else f"there is no place for {short_path(event, path)}"
            )
            raise UsageError(f"{event.name}: {reason}. {advice}")
