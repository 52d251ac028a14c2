"""The JSON report of a run, version 2."""

from __future__ import annotations

import json

from telnyx_mock.contract.app_facts import AppFacts
from telnyx_mock.contract.report import Report
from telnyx_mock.diagnosis.fault import Fault
from telnyx_mock.hidden import json_without_secrets
from telnyx_mock.reports.reliance import relied_on, unknown
from telnyx_mock.reports.summary import Summary
from telnyx_mock.schema.json_values import Json
from telnyx_mock.transports.own_code import shown_path


def json_report(report: Report) -> dict[str, Json]:
    """Return *report* as JSON. It lists every fault, check and finding once, with errors first.

    A fault names its findings by their positions in the list of findings, from 0.

    The same seed generates the same webhooks again, except for their ids and times. If the run
    ended early, the report is not *complete*, and has the *reason*. *app* tells the framework and the
    verifier of the receiver, and places in its code. *reads* lists what the receiver
    relies on, and
    *reads_unknown* the events for which it is not known, by reason.
    """
    summary = Summary.of(report.results)
    return {
        "version": 2,
        "run_id": report.run_id,
        "target": report.target,
        "seed": report.seed,
        "complete": report.complete,
        "reason": report.problem,
        "verdict": report.verdict.value,
        "unjudged_because": report.unjudged_because,
        "summary": {**summary.counts()},
        "warnings": [*(str(warning) for warning in summary.warnings), *report.notes],
        "faults": [_fault(fault, report, summary) for fault in summary.faults],
        "known": [each.to_json() for each in report.known],
        "checks": [
            {
                "id": result.rule,
                "severity": result.severity.value,
                "event": result.event,
                "outcome": result.outcome.value,
                "note": result.note,
                "reason": None if result.reason is None else result.reason.to_json(),
            }
            for result in report.results
        ],
        "app": _app(report.app),
        "reads": [each.to_json() for each in relied_on(report.results)],
        "reads_unknown": unknown(report.results),
        "findings": [finding.to_json() for finding in summary.findings],
    }


def _app(app: AppFacts) -> dict[str, Json]:
    """Return what is known of the *app*, with the files of places from the working directory."""
    places = [{**each.to_json(), "file": shown_path(each.file)} for each in app.places]
    return {**app.to_json(), "places": places}


def _fault(fault: Fault, report: Report, summary: Summary) -> dict[str, Json]:
    return {
        "id": fault.kind.id,
        "severity": fault.severity.value,
        "title": fault.title,
        "harm": fault.kind.harm,
        "where": fault.where(report.app),
        "who": fault.who,
        "fix": fault.fix,
        "code": fault.code(report.app, report.settings.path),
        "findings": [summary.findings.index(finding) for finding in fault.findings],
    }


def json_text(report: Report) -> bytes:
    """Return *report* as the text of a JSON file, without secrets."""
    return (json.dumps(json_without_secrets(json_report(report)), indent=2) + "\n").encode()
