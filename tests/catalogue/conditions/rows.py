"""What the tables of conditions are made of."""

from __future__ import annotations

from typing import NamedTuple, TypeAlias

from telnyx_mock.schema.json_values import Json

Overrides: TypeAlias = dict[str, Json]


class Condition(NamedTuple):
    """*field* of *event* may be *value* with the overrides *holds*, and is never there with *fails*.

    With *must*, it has to be there with *holds*; without, it may be left out even so.
    """

    event: str
    field: str
    value: Json
    holds: Overrides
    fails: Overrides
    must: bool = True


class Case(NamedTuple):
    """With *overrides*, *field* of *event* may be *right* and may not be *wrong*."""

    event: str
    field: str
    overrides: Overrides
    right: Json
    wrong: Json
