"""The sentences of findings, and the commands that reproduce them."""

from __future__ import annotations

import re

import pytest

from telnyx_mock.contract.engine.finding import Finding
from telnyx_mock.contract.rules import (
    accepts,
    clock_skew,
    documents,
    each_choice,
    malformed,
    new_values,
    refuses,
    timing,
    unreachable,
    unsigned,
)
from telnyx_mock.contract.rules.registry import CONTRACT, subjects
from tests.conftest import Snapshot
from tests.contract.conftest import MakeRunner
from tests.receivers.bad import BAD, DEADLINES

MODULES = {
    module.__name__.rpartition(".")[2]: module
    for module in (
        accepts,
        clock_skew,
        documents,
        each_choice,
        malformed,
        new_values,
        refuses,
        timing,
        unreachable,
        unsigned,
    )
}
EVENTS = ("call.initiated", "call.hangup", "texml.http-request")


def findings(runner: MakeRunner, rule: str) -> tuple[Finding, ...]:
    """What *rule* finds in the receiver that breaks it."""
    made = runner(BAD[rule], *EVENTS, deadline=DEADLINES.get(BAD[rule], 9.0))
    results = (
        made.run(CONTRACT[rule], subject) for subject in subjects(CONTRACT[rule], made.events)
    )
    return next((result.findings for result in results if result.findings), ())


@pytest.mark.parametrize("module", MODULES)
def test_the_words_of_findings(module: str, runner: MakeRunner, snapshot: Snapshot) -> None:
    """One line for each finding, and each text about what is expected, why, and how to fix it once."""
    lines, texts = [], set()
    for rule in MODULES[module].RULES:
        found = findings(runner, rule.id)
        assert found, f"{rule.id} finds nothing in the receiver that breaks it"
        lines.append(rule.id)
        for finding in found:
            lines += [f"  {text}" for text in (finding.message, finding.reproduce) if text]
            texts |= {f"expected: {finding.expected}"}
            texts |= {f"why: {finding.why}"} - {f"why: {rule.why}"}
            texts |= {f"fix: {finding.fix}"} - {f"fix: {rule.fix}"}
    text = re.sub(r"\d+\.\d+ s\b", "0.0 s", "\n".join([*lines, "", *sorted(texts), ""]))
    snapshot(f"findings-{module}", text)
