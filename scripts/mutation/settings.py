"""Reads which modules are mutated, and which tests judge each, from ``pyproject.toml``."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


@dataclass(frozen=True, slots=True)
class Settings:
    """The *tests* of each module, as arguments of pytest; and how much is tried.

    *sample* is the number of mutants of a module that are tried by default. *excluded* are patterns
    of operators of cosmic-ray. The score of all modules must be at least *aim* per cent.
    """

    tests: dict[str, str]
    sample: int
    excluded: list[str]
    aim: float


def load() -> Settings:
    """Return the settings. Of two patterns that match a module, the first counts."""
    with (ROOT / "pyproject.toml").open("rb") as file:
        table = tomllib.load(file)["tool"]["mutation"]
    tests: dict[str, str] = {}
    for pattern, arguments in table["tests"].items():
        modules = sorted(ROOT.glob(pattern))
        if not modules:
            raise SystemExit(f"No module matches {pattern!r} in [tool.mutation.tests].")
        for module in modules:
            tests.setdefault(str(module.relative_to(ROOT)), arguments)
    return Settings(tests, table["sample"], table["exclude-operators"], table["aim"])
