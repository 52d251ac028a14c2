"""Writes a page for each kind of fault, and their index."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator

from scripts.reference.failure_modes import FAILURE_MODES
from scripts.reference.fault_receivers import CORRECT, EXAMPLES, PRINTED
from scripts.reference.markdown import prose, table
from telnyx_mock.contract.app_facts import Framework, Verifier
from telnyx_mock.diagnosis.explained import fix_as_code, fix_in_words, known_by
from telnyx_mock.diagnosis.kind import FaultKind
from telnyx_mock.diagnosis.kinds import KINDS

SECTIONS = {
    "calls": "A receiver that notes who calls",
    "commands": "A receiver that sends commands",
    "keys": "A receiver that trusts several keys",
    "texml": "A receiver of TeXML",
}
"""The headings of the correct receivers."""

_AFTER_FUNCTION = re.compile(r"(\n +.*)\n\n+(?=\S)")
_BEFORE_FUNCTION = re.compile(r"\n\n+(?=(?:async )?def |class |@)")
"""Around a function, the formatter wants two blank lines, and Markdown is formatted, too."""


def index() -> Iterator[str]:
    yield "# Faults\n"
    yield "What a report can say is wrong with a receiver. Each page shows a receiver with the fault, the"
    yield "report on it as printed, and the corrected code. All of them are run as tests."
    yield "`telnyx-mock explain FAULT` says the most important of it at a terminal.\n"
    yield from table(
        ("fault", "what is wrong", "who can do harm"),
        (
            (f"[{kind.id}]({kind.id}.md)", prose(kind.title), prose(kind.who.value))
            for kind in KINDS.values()
        ),
    )
    yield "# Correct receivers\n"
    yield "Each faulty receiver is one of these with a few lines changed.\n"
    for name, heading in SECTIONS.items():
        yield f"## {heading}\n"
        yield from _code(CORRECT[name])


def fault_page(kind: FaultKind) -> Iterator[str]:
    yield f"# {kind.id}\n"
    yield f"**{prose(kind.title)}**\n"
    yield f"- What can happen: {prose(kind.harm)}"
    yield f"- Who can do it: {prose(kind.who.value)}"
    yield f"- Known by the rules: {prose(known_by(kind))}"
    modes = [f"{mode.number} ({mode.failure})" for mode in FAILURE_MODES if kind.id in mode.named]
    if modes:
        yield f"- [Failure modes](../failure-modes.md): {'; '.join(modes)}"
    yield ""
    example = EXAMPLES.get(kind.id)
    if example is None:
        yield "## Corrected\n"
        yield f"{prose(fix_in_words(kind))}\n"
        if text := fix_as_code(kind, Framework.FLASK, Verifier.PYNACL):
            yield from _code(text)
        return
    heading = SECTIONS[example.correct]
    link = f"[{heading[0].lower()}{heading[1:]}](index.md#{heading.lower().replace(' ', '-')})"
    yield "## A receiver that does it\n"
    yield f"It is {link}, but for this:\n"
    yield from _code(example.parts)
    yield "## The report\n"
    yield "```console"
    yield f"$ telnyx-mock {shlex.join(example.words())}"
    yield "```\n"
    if example.advice:
        yield "This is advice, of which a report gives the number; `-v` shows all advice.\n"
    else:
        yield from _code((PRINTED / f"{kind.id}.txt").read_text(), "text")
    yield "## Corrected\n"
    yield f"{prose(fix_in_words(kind))}\n"
    if text := example.corrected():
        yield from _code(text)


def _code(text: str, language: str = "python") -> Iterator[str]:
    if language == "python":
        text = _BEFORE_FUNCTION.sub("\n\n\n", _AFTER_FUNCTION.sub(r"\1\n\n\n", text.strip()))
    yield f"```{language}\n{text.strip()}\n```\n"
