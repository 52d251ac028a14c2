"""Sets aside the findings of known faults, so that only new ones count."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from telnyx_mock.contract.calls.invariants import INVARIANTS
from telnyx_mock.contract.engine.finding import Finding
from telnyx_mock.contract.engine.result import Outcome, Result
from telnyx_mock.contract.known_fault import KnownFault
from telnyx_mock.contract.report import Report
from telnyx_mock.contract.rules.registry import CONTRACT
from telnyx_mock.diagnosis.known.entry import Entry
from telnyx_mock.severity import Severity


@dataclass(frozen=True, slots=True)
class SetAside:
    """The *results* without what is *known*; *notes* are sentences about entries that need care."""

    results: tuple[Result, ...]
    known: tuple[KnownFault, ...]
    notes: tuple[str, ...]


def covering(finding: Finding, entries: Iterable[Entry], today: dt.date) -> Entry | None:
    """Return the entry that sets *finding* aside *today*; None if none does."""
    for entry in entries:
        if entry.covers(finding) and not entry.has_ended(today):
            return entry
    return None


def set_aside(results: Sequence[Result], entries: Sequence[Entry], today: dt.date) -> SetAside:
    """Return *results* without the findings of the known faults in *entries*.

    A check that failed only by known faults has the outcome KNOWN.
    """
    found: dict[Entry, list[Finding]] = {}
    left = []
    notes = []
    for result in results:
        stays = []
        for finding in result.findings:
            entry = covering(finding, entries, today)
            if entry is None:
                stays.append(finding)
                notes += [each.again for each in entries if each.covers(finding)]
            else:
                found.setdefault(entry, []).append(finding)
        left.append(_with(result, tuple(stays)))
    known = [
        KnownFault(entry.id, entry.reason, entry.until, tuple(found[entry]))
        for entry in entries
        if entry in found
    ]
    return SetAside(tuple(left), tuple(known), tuple(dict.fromkeys(notes)))


def _with(result: Result, findings: tuple[Finding, ...]) -> Result:
    outcome = result.outcome
    if outcome is Outcome.FAILED and not any(
        finding.severity is Severity.ERROR for finding in findings
    ):
        outcome = Outcome.KNOWN
    return replace(result, findings=findings, outcome=outcome)


def gone(
    results: Sequence[Result], entries: Iterable[Entry], findings: Sequence[Finding]
) -> tuple[str, ...]:
    """Return a sentence for each entry whose fault was sought in *results*, but not found."""
    return tuple(
        entry.gone
        for entry in entries
        if entry.was_sought(results) and not any(map(entry.covers, findings))
    )


def misnamed(results: Sequence[Result], entries: Iterable[Entry]) -> tuple[str, ...]:
    """Return a sentence for each entry with a name that nothing has: no rule, no invariant, nothing in *results*."""
    rules = {*CONTRACT, *INVARIANTS, *(each.rule for each in results)}
    return tuple(str(wrong) for each in entries if (wrong := each.misnamed(rules)) is not None)


def without_known(report: Report, entries: Sequence[Entry], today: dt.date) -> Report:
    """Return *report* with the known faults in *entries* set aside."""
    aside = set_aside(report.results, entries, today)
    notes = aside.notes + misnamed(report.results, entries)
    if report.complete:
        notes += gone(report.results, entries, report.findings)
    return replace(report, results=aside.results, known=aside.known, notes=notes)
