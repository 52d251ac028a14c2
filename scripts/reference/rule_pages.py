"""Writes the pages about the rules of the contract, and about the failures that they find."""

from __future__ import annotations

from collections.abc import Iterator

from scripts.reference.failure_modes import FAILURE_MODES, NEW
from scripts.reference.markdown import prose, table
from telnyx_mock.contract.rules.registry import CONTRACT

MOST_RULES = 6
"""The most rules that one row of the failure modes names."""


def rules() -> Iterator[str]:
    yield "# Rules\n"
    yield "The receiver contract: the rules that `telnyx-mock check` and"
    yield "`pytest --pyargs pytest_telnyx_mock.contract` apply to a receiver. A broken rule counts by its"
    yield "severity. An *error* fails the run. A *warning* fails it with `--strict`. *Advice* never does.\n"
    yield from table(
        ("rule", "a receiver", "severity", "tried for"),
        (
            (f"[{id_}](#{id_})", prose(rule.title), rule.severity.value, rule.scope.value)
            for id_, rule in CONTRACT.items()
        ),
    )
    for id_, rule in CONTRACT.items():
        yield f"## {id_}\n"
        yield f"A receiver **{prose(rule.title)}**.\n"
        yield f"- Why: {prose(rule.why)}"
        yield f"- Severity: {rule.severity.value}; tried for {rule.scope.value}"
        if rule.source:
            yield f"- Source: <{rule.source}>"
        yield f"- Fix: {prose(rule.fix)}\n"


def failure_modes() -> Iterator[str]:
    yield "# Failure modes\n"
    yield "How receivers of Telnyx webhooks break. Each failure was seen in a receiver, an SDK or an issue"
    yield "tracker. Each row names the rules that find the failure, the [faults](faults/index.md) that a"
    yield "report may name for it, and what no rule can find.\n"
    rows = []
    for mode in FAILURE_MODES:
        found = [f"[{id_}](rules.md#{id_})" for id_ in mode.rules(CONTRACT)]
        if len(found) > MOST_RULES:
            more = f"and {len(found) - MOST_RULES + 1} more of `{'`, `'.join(mode.found_by)}`"
            found[MOST_RULES - 1 :] = [more]
        rules_, kinds = ", ".join(found) or "none", ", ".join(map(_fault_link, mode.named))
        rows.append((str(mode.number), mode.failure, rules_, kinds, mode.limit))
    yield from table(("", "a receiver that", "is found by", "named as", "limits"), rows)
    yield "## Further faults\n"
    yield "These faults belong to none of the failure modes:"
    yield f"{', '.join(map(_fault_link, NEW))}.\n"


def _fault_link(kind: str) -> str:
    return f"[{kind}](faults/{kind}.md)"
