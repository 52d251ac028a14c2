"""The report as GitLab's code quality report, which a merge request shows."""

from __future__ import annotations

import json

from telnyx_mock.contract.report import Report
from telnyx_mock.hidden import json_without_secrets
from telnyx_mock.reports.ci.places import FileLine, fingerprint, known_fault, some_line
from telnyx_mock.reports.summary import Summary
from telnyx_mock.schema.json_values import Json
from telnyx_mock.severity import Severity
from telnyx_mock.visible import visible_line

_SEVERITIES = {Severity.ERROR: "critical", Severity.WARNING: "minor", Severity.ADVICE: "info"}


def code_quality_report(report: Report) -> list[Json]:
    """Return an entry for each fault, and one if the run ended early.

    GitLab demands a file and a line.
    """
    rows: list[Json] = []
    seen: set[str] = set()
    unknown = FileLine(report.target, 1)
    for fault in Summary.of(report.results).faults:
        place = some_line(fault, report)
        print_ = fingerprint(fault)
        while print_ in seen:  # GitLab drops a second entry with the fingerprint of a first
            print_ += "+"
        seen.add(print_)
        words = f"{fault.title} Fix: {fault.fix}"
        rows.append(_row(fault.kind.id, words, print_, _SEVERITIES[fault.severity], place))
    for known in report.known:
        print_ = f"known {known.id} {known.until} {known.reason}"
        place = some_line(known_fault(known), report)
        rows.append(_row(known.id, f"Known: {known}", print_, "info", place))
    for note in report.notes:
        rows.append(_row("known-faults", note, note, "minor", unknown))
    if report.problem:
        rows.append(_row("run-is-complete", report.problem, "run-is-complete", "blocker", unknown))
    return rows


def _row(name: str, words: str, print_: str, severity: str, place: FileLine) -> dict[str, Json]:
    return {
        "description": visible_line(words),
        "check_name": name,
        "fingerprint": print_,
        "severity": severity,
        "location": {"path": place.path, "lines": {"begin": place.line}},
    }


def code_quality_text(report: Report) -> bytes:
    """Return *report* as the text of a JSON file, without secrets."""
    return (json.dumps(json_without_secrets(code_quality_report(report)), indent=2) + "\n").encode()
