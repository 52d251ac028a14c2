"""The report as SARIF 2.1.0, which GitHub's code scanning and many editors read."""

from __future__ import annotations

import json
import urllib.parse
from pathlib import PurePath

from telnyx_mock._version import __version__
from telnyx_mock.contract.known_fault import KnownFault
from telnyx_mock.contract.report import Report
from telnyx_mock.diagnosis.fault import Fault
from telnyx_mock.hidden import json_without_secrets
from telnyx_mock.reports.ci.places import FileLine, fingerprint, known_fault, some_line
from telnyx_mock.reports.summary import Summary
from telnyx_mock.schema.json_values import Json
from telnyx_mock.severity import Severity
from telnyx_mock.visible import visible

SCHEMA = (
    "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
)

_LEVELS = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.ADVICE: "note"}


def sarif_report(report: Report) -> dict[str, Json]:
    """Return *report* as a SARIF log: one result for each fault, at its file and line.

    GitHub refuses a log with a result that has no place.
    """
    summary = Summary.of(report.results)
    rules = {fault.kind.id: fault for fault in reversed(summary.faults)}
    ids = sorted(rules)
    run: dict[str, Json] = {
        "tool": {
            "driver": {
                "name": "telnyx-mock",
                "version": __version__,
                "rules": [_rule(rules[each]) for each in ids],
            }
        },
        "invocations": [_invocation(report)],
        "results": [
            *(_result(fault, report, ids) for fault in summary.faults),
            *(_known(known, report) for known in report.known),
        ],
        "columnKind": "unicodeCodePoints",
        "properties": {"verdict": report.verdict.value, **summary.counts()},
    }
    return {"$schema": SCHEMA, "version": "2.1.0", "runs": [run]}


def _rule(fault: Fault) -> dict[str, Json]:
    rule: dict[str, Json] = {
        "id": fault.kind.id,
        "shortDescription": _message(fault.kind.title),
        "fullDescription": _message(fault.kind.harm),
        "help": _message(fault.fix),
        "defaultConfiguration": {"level": _LEVELS[fault.severity]},
    }
    if fault.finding.source.startswith("https://"):
        rule["helpUri"] = fault.finding.source
    return rule


def _result(fault: Fault, report: Report, ids: list[str]) -> dict[str, Json]:
    return {
        "ruleId": fault.kind.id,
        "ruleIndex": ids.index(fault.kind.id),
        "level": _LEVELS[fault.severity],
        "message": _message(f"{fault.title} {fault.harm} Fix: {fault.fix}"),
        "locations": [_location(some_line(fault, report))],
        "partialFingerprints": {"telnyxMockFault/v1": fingerprint(fault)},
    }


def _known(known: KnownFault, report: Report) -> dict[str, Json]:
    """Return a *known* fault as a suppressed result, which is shown, but counts for nothing."""
    fault = known_fault(known)
    return {
        "ruleId": known.id,
        "level": _LEVELS[fault.severity],
        "message": _message(fault.finding.message),
        "locations": [_location(some_line(fault, report))],
        "suppressions": [
            {"kind": "external", "justification": visible(f"until {known.until}: {known.reason}")}
        ],
    }


def _location(place: FileLine) -> dict[str, Json]:
    path = PurePath(place.path)
    if "://" in place.path:  # the address of a receiver whose code is not known
        uri = urllib.parse.quote(place.path, safe=":/?&=%")
    else:
        uri = path.as_uri() if path.is_absolute() else urllib.parse.quote(path.as_posix())
    return {
        "physicalLocation": {
            "artifactLocation": {"uri": uri},
            "region": {"startLine": place.line},
        }
    }


def _invocation(report: Report) -> dict[str, Json]:
    problems = [report.problem] if report.problem else []
    notes = [("error", each) for each in problems] + [("warning", each) for each in report.notes]
    return {
        "executionSuccessful": report.complete,
        "toolExecutionNotifications": [
            {"level": level, "message": _message(sentence)} for level, sentence in notes
        ],
    }


def _message(text: str) -> dict[str, Json]:
    return {"text": visible(text)}


def sarif_text(report: Report) -> bytes:
    """Return *report* as the text of a SARIF file, without secrets."""
    return (json.dumps(json_without_secrets(sarif_report(report)), indent=2) + "\n").encode()
