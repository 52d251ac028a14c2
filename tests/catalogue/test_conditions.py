"""Every condition of the catalogue, from both sides."""

from __future__ import annotations

from collections.abc import Iterable

import pytest

from telnyx_mock.catalogue.registry import all_events, find
from telnyx_mock.errors import UsageError
from telnyx_mock.payload.paths import resolve
from telnyx_mock.payload.webhook import webhook
from telnyx_mock.schema.field_tree import FieldNode, descendants, field_tree
from telnyx_mock.schema.json_values import ABSENT, Json
from telnyx_mock.schema.kinds import Cases
from tests.catalogue.conditions import messaging, other, texml, voice
from tests.catalogue.conditions.rows import Case, Condition, Overrides

CONDITIONS = [*messaging.CONDITIONS, *other.CONDITIONS, *texml.CONDITIONS, *voice.CONDITIONS]
CASES = [*messaging.CASES, *other.CASES, *texml.CASES, *voice.CASES]


def _name(row: Condition | Case) -> str:
    return f"{row.event}-{row.field}"


every_condition = pytest.mark.parametrize("row", CONDITIONS, ids=_name)
every_case = pytest.mark.parametrize("row", CASES, ids=_name)


def _site(event: str, path: str) -> FieldNode:
    place = resolve(find(event), path).path.replace("[0]", "[]")
    [node] = [node for node in descendants(field_tree(find(event))) if node.path == place]
    return node


def _value(event: str, path: str, overrides: Overrides, *, strict: bool = True) -> Json:
    """What stands at *path* of the event with *overrides*, or ABSENT."""
    inner: Json = webhook(event, strict=strict, **overrides).body
    for step in resolve(find(event), path).path.replace("[0]", ".0").split("."):
        if isinstance(inner, dict) and step not in inner:
            return ABSENT
        inner = inner[0] if step == "0" else inner[step]
    return inner


@every_condition
def test_a_conditional_field_may_be_given_while_its_condition_holds(row: Condition) -> None:
    assert _value(row.event, row.field, {**row.holds, row.field: row.value}) == row.value
    without = {**row.holds, row.field: ABSENT}
    if row.must:
        assert _value(row.event, row.field, row.holds) is not ABSENT
        with pytest.raises(UsageError, match="it is there whenever"):
            webhook(row.event, **without)
    else:
        assert _value(row.event, row.field, without) is ABSENT


@every_condition
def test_a_conditional_field_is_absent_and_refused_while_its_condition_fails(
    row: Condition,
) -> None:
    assert _value(row.event, row.field, row.fails) is ABSENT
    with pytest.raises(UsageError, match="is there only while"):
        webhook(row.event, **row.fails, **{row.field: row.value})


@every_condition
def test_a_condition_can_be_broken_on_purpose(row: Condition) -> None:
    overrides = {**row.fails, row.field: row.value}
    assert _value(row.event, row.field, overrides, strict=False) == row.value


@every_case
def test_a_field_takes_the_kind_that_another_field_calls_for(row: Case) -> None:
    assert _value(row.event, row.field, {**row.overrides, row.field: row.right}) == row.right
    with pytest.raises(UsageError):
        webhook(row.event, **row.overrides, **{row.field: row.wrong})


def test_no_condition_goes_untested() -> None:
    def tested(rows: Iterable[Condition | Case]) -> set[tuple[str, str]]:
        return {(row.event, _site(row.event, row.field).path) for row in rows}

    declared = [
        (event.name, node) for event in all_events() for node in descendants(field_tree(event))
    ]
    conditional = {(name, node.path) for name, node in declared if node.field.when is not None}
    by_case = {(name, node.path) for name, node in declared if isinstance(node.kind, Cases)}
    assert tested(CONDITIONS) == conditional
    assert tested(CASES) == by_case
