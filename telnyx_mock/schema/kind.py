"""What every kind of value can do: judge a value, write itself as JSON Schema, name its parts."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, NamedTuple

from telnyx_mock.schema.conditions import Is
from telnyx_mock.schema.json_values import Json

__all__ = ["Alternative", "Kind", "Leaf", "Part", "concrete_kinds", "kinds_within"]


class Kind:
    """A kind of value that a field can hold; the base of the classes in :mod:`telnyx_mock.schema.kinds`.

    A value of a kind with :meth:`alternatives` is of one of them. A value of a kind with a
    :meth:`part` holds values of that kind: the items of a list, the JSON inside a string.
    """

    __slots__ = ()

    def problem(self, value: Json) -> str | None:
        """What is wrong with *value*, as the end of a sentence; None if nothing is."""
        raise NotImplementedError

    def schema(self) -> dict[str, Json]:
        """The kind as JSON Schema, without the conditions of fields inside it."""
        raise NotImplementedError

    def alternatives(self) -> tuple[Alternative, ...]:
        """The kinds of which a value is one; none if the kind itself says what its values are."""
        return ()

    def part(self) -> Part | None:
        """The kind of the values that a value holds; None where it holds none, or has fields."""
        return None

    def unpack(self, value: Json) -> Iterable[Json]:
        """The values of the part's kind in *value*, which must have no :meth:`problem`."""
        return ()


class Leaf(Kind):
    """A kind whose values hold no values of other kinds; it has a documented ``sample``."""

    __slots__ = ()

    if TYPE_CHECKING:  # at runtime, dataclass would take the property for a field's default

        @property
        def sample(self) -> Json: ...


class Alternative(NamedTuple):
    """One of several kinds. It applies while *condition* holds; None means that no field decides."""

    kind: Kind
    condition: Is | None = None


class Part(NamedTuple):
    """A kind inside another. *suffix* is what it adds to the path: ``[]`` for items of a list."""

    kind: Kind
    suffix: str = ""


def concrete_kinds(kind: Kind, condition: Is | None = None) -> Iterator[Alternative]:
    """*kind* itself if it has no alternatives, or else the concrete kinds of its alternatives.

    Each comes with its own condition, or with *condition* if it has none.
    """
    alternatives = kind.alternatives()
    if not alternatives:
        yield Alternative(kind, condition)
    for inner, inner_condition in alternatives:
        yield from concrete_kinds(inner, inner_condition or condition)


def kinds_within(kind: Kind, path: str = "") -> Iterator[tuple[str, Kind]]:
    """*kind* at *path*, and every kind inside it down to objects, each with its path."""
    yield path, kind
    for inner, _ in kind.alternatives():
        yield from kinds_within(inner, path)
    part = kind.part()
    if part is not None:
        yield from kinds_within(part.kind, f"{path}{part.suffix}")
