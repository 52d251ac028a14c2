"""ARCHITECTURE.md names modules that exist, and the floors that the architecture test holds."""

from __future__ import annotations

import re
from pathlib import Path

from tests.test_architecture import CORE, FLOORS

PAGE = (Path(__file__).parents[2] / "ARCHITECTURE.md").read_text()


def test_every_module_that_is_named_exists() -> None:
    there = {path.name for path in CORE.rglob("*.py")}
    assert set(re.findall(r"`(\w+\.py)`", PAGE)) <= there


def test_the_table_of_floors_is_the_one_that_is_tested() -> None:
    rows = re.findall(r"^\| (\d+) \| (.*) \|$", PAGE, re.MULTILINE)
    table = {int(floor): set(re.findall(r"`(\w+)`", rooms)) for floor, rooms in rows}
    assert table == {floor: rooms - {"_version"} for floor, rooms in enumerate(FLOORS)}
