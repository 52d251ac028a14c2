"""The base of all kinds of value: validation, JSON Schema, and access to the parts of a kind."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, NamedTuple

from telnyx_mock.schema.conditions import Is
from telnyx_mock.schema.json_values import Json
from telnyx_mock.schema.origin import Origin

_APP = Origin.APP
"""In Python 3.11, looking up a member of an Enum takes as long as a call."""


class Kind:
    """A kind of value for a field; the base of the classes in :mod:`telnyx_mock.schema.kinds`.

    If a kind has :meth:`alternatives`, each value is of one of these kinds. If a kind has a
    :meth:`part`, its values hold values of the part's kind: the items of a list, the JSON inside a
    string.
    """

    __slots__ = ()

    def problem(self, value: Json) -> str | None:
        """Return what is wrong with *value*, as the end of a sentence; None if nothing is wrong."""
        raise NotImplementedError

    def schema(self) -> dict[str, Json]:
        """Return the kind as JSON Schema, without the conditions of the fields inside it."""
        raise NotImplementedError

    def alternatives(self) -> tuple[Alternative, ...]:
        """Return the kinds that a value can have; empty if the kind itself describes its values."""
        return ()

    def part(self) -> Part | None:
        """Return the kind of the values inside a value; None for scalars and objects."""
        return None

    def unpack(self, value: Json) -> Iterable[Json]:
        """Return the inner values of *value*, for which :meth:`problem` must return None."""
        return ()

    def origins(self) -> frozenset[Origin]:
        """Return who decides the values and the values inside them, which may be several."""
        part = self.part()
        inner = [each.kind for each in (*self.alternatives(), part) if each is not None]
        return frozenset[Origin]().union(*(kind.origins() for kind in inner))

    @property
    def is_of_app(self) -> bool:
        """Whether the customer's app decides all of a value."""
        return self.origins() == {Origin.APP}

    def decided_by(self, origin: Origin) -> Kind:
        """Return the same kind with *origin* as the one who decides all its values."""
        return self.with_leaves(lambda leaf: replace(leaf, origin=origin))

    def with_leaves(self, change: Callable[[Leaf], Kind]) -> Kind:
        """Return the same kind with *change* applied to each of its leaves."""
        raise NotImplementedError


@dataclass(frozen=True, slots=True)
class Leaf(Kind):
    """A kind whose values hold no values of other kinds; it has a documented ``sample``.

    *origin* is who decides the value.
    """

    origin: Origin = field(default=Origin.TELNYX, kw_only=True)

    def origins(self) -> frozenset[Origin]:
        return frozenset({self.origin})

    @property
    def is_of_app(self) -> bool:
        return self.origin is _APP

    def with_leaves(self, change: Callable[[Leaf], Kind]) -> Kind:
        return change(self)

    if TYPE_CHECKING:  # at runtime, dataclass would take the property for a field's default

        @property
        def sample(self) -> Json: ...


class Alternative(NamedTuple):
    """One of several kinds, used if *condition* holds. None means that no field decides."""

    kind: Kind
    condition: Is | None = None


class Part(NamedTuple):
    """The kind inside another kind. Its path ends with *suffix*: ``[]`` for the items of a list."""

    kind: Kind
    suffix: str = ""


def concrete_kinds(kind: Kind, condition: Is | None = None) -> Iterator[Alternative]:
    """Yield *kind* itself if it has no alternatives; otherwise yield its concrete alternatives.

    An alternative without a condition of its own is yielded with *condition*.
    """
    alternatives = kind.alternatives()
    if not alternatives:
        yield Alternative(kind, condition)
    for inner, inner_condition in alternatives:
        yield from concrete_kinds(inner, inner_condition or condition)


def kinds_within(kind: Kind, path: str = "") -> Iterator[tuple[str, Kind]]:
    """Yield *kind* at *path*, and every kind inside it down to objects, each with its path."""
    yield path, kind
    for inner, _ in kind.alternatives():
        yield from kinds_within(inner, path)
    part = kind.part()
    if part is not None:
        yield from kinds_within(part.kind, f"{path}{part.suffix}")
