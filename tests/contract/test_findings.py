"""The sentences of findings, and the commands that reproduce them."""

from __future__ import annotations

import re

import pytest

from telnyx_mock.attacks.forgeries import FORGERIES
from telnyx_mock.attacks.malformed import MALFORMED
from telnyx_mock.contract.engine.finding import Finding
from telnyx_mock.contract.rules import (
    accepts,
    api_failures,
    background_errors,
    clock_skew,
    commands,
    deduplication_poisoning,
    distinct_events,
    documents,
    each_choice,
    endless_retries,
    failover,
    fails_closed,
    idempotency,
    information_leaks,
    key_rotation,
    malformed,
    new_values,
    order,
    refuses,
    reply_loop,
    separate_calls,
    timing,
    unknown_fields,
    unsigned,
)
from telnyx_mock.contract.rules.registry import CONTRACT, subjects
from tests.conftest import Snapshot
from tests.contract.conftest import MakeRunner, run
from tests.receivers.faults import BAD

MODULES = (
    accepts,
    unknown_fields,
    clock_skew,
    commands,
    documents,
    each_choice,
    new_values,
    timing,
    unsigned,
    refuses,
    malformed,
    background_errors,
    order,
    distinct_events,
    separate_calls,
    idempotency,
    deduplication_poisoning,
    reply_loop,
    endless_retries,
    failover,
    api_failures,
    fails_closed,
    key_rotation,
    information_leaks,
)


def findings(runner: MakeRunner, rule: str) -> tuple[Finding, ...]:
    """What *rule* finds in the receiver that breaks it."""
    fault = BAD[rule]
    made = runner(fault.receiver, *fault.events, **fault.setup())
    results = (run(made, rule, subject) for subject in subjects(CONTRACT[rule], made.events))
    return next(result.findings for result in results if result.findings)


def shown(finding: Finding, rule: str) -> str:
    """The finding without what its *rule* says, and with NAME for the name of a forgery."""
    lines = [finding.message, finding.reproduce, f"expected {finding.expected}"]
    lines += [f"why {finding.why}"] if finding.why != CONTRACT[rule].why else []
    lines += [f"fix {finding.fix}"] if finding.fix != CONTRACT[rule].fix else []
    text = re.sub(r"\d+\.\d+ s\b", "0.0 s", "".join(f"    {line}\n" for line in lines if line))
    name = rule.partition("-")[2]
    return text.replace(name, "NAME") if name in {*FORGERIES, *MALFORMED} else text


@pytest.mark.slow
def test_the_words_of_findings(runner: MakeRunner, snapshot: Snapshot) -> None:
    """Each distinct finding once, below the first rule that has it."""
    rules = [rule.id for module in MODULES for rule in module.RULES]
    texts: dict[str, str] = {}
    for rule in rules:
        for finding in findings(runner, rule):
            texts.setdefault(shown(finding, rule), rule)
    snapshot("findings", "".join(f"{rule}\n{text}" for text, rule in texts.items()))
