"""Writes docs/reference/mutants.md: every faulty receiver, and which rules find it.

Run it as ``make mutants``. A test holds the page to the corpus, and another the corpus to the contract.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from tests.receivers.faults import FAULTS, TOPICS

PAGE = Path(__file__).parents[2] / "docs" / "reference" / "mutants.md"

INTRODUCTION = """# Faulty receivers

{number} receivers, each correct but for one fault, as people make them, and the rules of the contract
that find it. They are in `tests/receivers/faults`. *Also* names further rules that the fault breaks.
A receiver that no rule finds is correct all the same, or nobody could tell from outside.

This page is written by `make mutants`.
"""


def page() -> str:
    """The page."""
    lines = [INTRODUCTION.format(number=len(FAULTS))]
    for topic, module in TOPICS.items():
        lines += [f"## {(module.__doc__ or topic).rstrip('.')}", ""]
        lines += ["| the receiver | found by | also | worst finding |", "| --- | --- | --- | --- |"]
        lines += [*rows(topic), ""]
    return "\n".join(lines)


def rows(topic: str) -> Iterator[str]:
    """A row of the table for each fault of a topic."""
    for fault in (fault for fault in FAULTS.values() if fault.topic == topic):
        found = ", ".join(f"[{rule}](rules.md#{rule})" for rule in fault.rules)
        also = ", ".join(f"`{pattern}`" for pattern in fault.also)
        worst = fault.severity.value if fault.rules else "none"
        reason = f": {fault.reason[0].lower()}{fault.reason[1:]}" if fault.reason else ""
        yield f"| {fault} | {found} | {also} | {worst}{reason} |"


if __name__ == "__main__":
    PAGE.write_text(page())
