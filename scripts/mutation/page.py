"""Writes the page of mutation scores, and lists the survivors with their reasons."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping, Sequence
from pathlib import Path

from scripts.mutation.session import Result, Survivor
from scripts.mutation.settings import ROOT, Settings

PAGE = ROOT / "benchmarks" / "mutation.md"

REASONS = Path(__file__).with_name("survivors.toml")
"""Why each survivor may survive: a table for each module, from the mutated line to the reason.

The table ``*`` has lines that occur in several modules.
"""

INTRODUCTION = """\
# Tests of the tests

`make mutation` writes this page. It changes one operator, number, condition or handler of a module
at a time with [cosmic-ray](https://cosmic-ray.readthedocs.io/), and runs the quick tests of that
module. A mutant at which a test fails, or at which the tests do not end, is killed. `pyproject.toml`
names the tests of each module, and the few operators of cosmic-ray that are left out because they
show the same (`+` becomes `-`, but not also `*`). Annotations are never evaluated, so they are not
mutated.

Of a module with more than {sample} mutants, {sample} are tried, always the same; `make mutation ALL=1`
tries all. The score is the share of the tried mutants that are killed. The aim is {aim:.0f} % of all,
and a reason for each survivor below. Tests are written for mutants that were tried, so of the others
more survive.
"""


def write_page(results: Sequence[Result], settings: Settings) -> None:
    """Write the page about all modules."""
    reasons = _read_reasons()
    lines = [INTRODUCTION.format(sample=settings.sample, aim=settings.aim)]
    lines += ["| module | mutants | tried | killed | survivors | score |"]
    lines += ["|---|---|---|---|---|---|"]
    lines += [
        _row(f"`{each.module}`", each.mutants, each.tried, each.killed)
        for each in results
        if each.tried
    ]
    mutants, tried, killed = (
        sum(getattr(each, name) for each in results) for name in ("mutants", "tried", "killed")
    )
    lines += [_row("all", mutants, tried, killed), "", "## Survivors", ""]
    for each in results:
        if each.survivors:
            lines += [f"`{each.module}`:", ""]
            known = {**reasons.get("*", {}), **reasons.get(each.module, {})}
            lines += [_entry(one, known) for one in each.survivors]
            lines += [""]
    PAGE.write_text("\n".join(lines).rstrip() + "\n", encoding="utf-8")


def low_score(results: Sequence[Result], settings: Settings) -> list[str]:
    """Return the problem if too many of the tried mutants survive."""
    tried, killed = sum(each.tried for each in results), sum(each.killed for each in results)
    if 100 * killed >= settings.aim * tried:
        return []
    return [f"The score of all modules is below {settings.aim:.0f} %."]


def find_problems(results: Sequence[Result]) -> list[str]:
    """Return a sentence for each survivor without a reason, and for each reason without a survivor."""
    problems, reasons = [], _read_reasons()
    for each in results:
        known = reasons.get(each.module, {})
        surviving = {one.after for one in each.survivors}
        problems += [
            f"{each.module}:{one.line}: no test fails at: {one.after}"
            for one in each.survivors
            if one.after not in {*known, *reasons.get("*", {})}
        ]
        problems += [
            f"{each.module}: {REASONS.name} explains what does not survive: {after}"
            for after in known
            if each.tried == each.mutants and after not in surviving
        ]
    return problems


def _read_reasons() -> dict[str, dict[str, str]]:
    return tomllib.loads(REASONS.read_text(encoding="utf-8"))


def _row(name: str, mutants: int, tried: int, killed: int) -> str:
    score = f"{100 * killed / tried:.0f} %" if tried else ""
    return f"| {name} | {mutants} | {tried} | {killed} | {tried - killed} | {score} |"


def _entry(survivor: Survivor, reasons: Mapping[str, str]) -> str:
    reason = reasons.get(survivor.after, "no reason is known")
    return f"- line {survivor.line}, ``{survivor.before}`` → ``{survivor.after}``: {reason}"
