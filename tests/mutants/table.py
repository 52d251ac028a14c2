"""Prints which check finds each mutant, and writes it to docs/reference/mutants.md.

``make mutants`` runs it. It ends with 1 where a mutant turns out other than ``mutants.py`` says.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

from telnyx_mock.contract.engine.finding import Finding
from telnyx_mock.contract.rules import timing
from telnyx_mock.contract.rules.registry import CONTRACT
from telnyx_mock.severity import Severity
from tests.mutants.kill import EVENTS, PATIENT, results
from tests.mutants.mutants import GROUPS, MUTANTS, Mutant

PAGE = Path(__file__).parents[2] / "docs" / "reference" / "mutants.md"

INTRODUCTION = f"""# Mutants

A correct receiver, `tests/mutants/receiver.py`, with one thing changed in it at a time, as people
do: {len(MUTANTS)} mutants, and what the contract first finds in each. It is run for
{", ".join(f"`{name}`" for name in EVENTS)}.

Where there is no finding, *equivalent* says why the mutant is as good as the receiver, *advice*
why what is found is no more than that, and *not judged* why nobody could tell it from outside.

This page is written by `make mutants`.
"""


def killer(mutant: Mutant) -> Finding | None:
    """The first error or warning in *mutant*; a slow one is judged by the checks of time alone."""
    checks = timing.RULES if mutant.deadline < PATIENT else CONTRACT.values()
    for result in results(mutant.source, mutant.name, checks, deadline=mutant.deadline):
        for finding in result.findings:
            if finding.severity is not Severity.ADVICE:
                return finding
    return None


def row(mutant: Mutant) -> tuple[bool, str]:
    """Whether it is as *mutant* says, and its row of the table."""
    finding = killer(mutant)
    if finding is not None:
        anchor = f"[{finding.rule}](rules.md#{finding.rule})"
        return not mutant.reason, f"| {mutant.name} | {anchor} | {_cell(finding.message)} |"
    if not mutant.reason:
        verdict = "survives"
    elif not mutant.judged:
        verdict = "not judged"
    elif mutant.check:
        verdict = f"advice: [{mutant.check}](rules.md#{mutant.check})"
    else:
        verdict = "equivalent"
    return bool(mutant.reason), f"| {mutant.name} | *{verdict}* | {mutant.reason or 'not known'} |"


def _cell(message: str) -> str:
    """The first line of a finding as a cell of a table."""
    line = message.splitlines()[0].replace("|", r"\|")
    return line if len(line) <= 160 else f"{line[:157]}..."


def lines(wrong: list[str]) -> Iterator[str]:
    """The page, line by line; names of mutants that are not as said are added to *wrong*."""
    yield INTRODUCTION
    for title, mutants in GROUPS.items():
        yield f"## {title[0].upper()}{title[1:]}\n"
        yield "| mutant | found by | finding |\n| --- | --- | --- |"
        for mutant in mutants:
            as_said, line = row(mutant)
            if not as_said:
                wrong.append(mutant.name)
            yield line
        yield ""


def main() -> int:
    """Print the page, and write it."""
    wrong: list[str] = []
    page = []
    for line in lines(wrong):
        print(line, flush=True)
        page.append(line)
    PAGE.write_text("\n".join(page).rstrip("\n") + "\n")
    for name in wrong:
        print(f"Not as said: {name}", file=sys.stderr)
    return bool(wrong)


if __name__ == "__main__":
    sys.exit(main())
