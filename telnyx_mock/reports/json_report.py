"""The JSON report of a run: for machines, one file, version 1."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

from telnyx_mock.checks.finding import Result
from telnyx_mock.errors import UsageError
from telnyx_mock.events.kinds import Json
from telnyx_mock.reports.summary import Summary

__all__ = ["json_report", "write_json_report"]


def json_report(run_id: str, target: str, results: Sequence[Result]) -> dict[str, Json]:
    """The report as JSON. Every result is listed, and every finding once, errors first."""
    summary = Summary.of(results)
    return {
        "version": 1,
        "run_id": run_id,
        "target": target,
        "summary": {
            "passed": summary.passed,
            "failed": summary.failed,
            "inconclusive": summary.inconclusive,
            "deliveries": summary.deliveries,
        },
        "checks": [
            {
                "id": result.check,
                "severity": result.severity.value,
                "event": result.event,
                "outcome": result.outcome.value,
                "note": result.note,
            }
            for result in results
        ],
        "findings": [finding.to_json() for finding in summary.findings],
    }


def write_json_report(path: Path, report: dict[str, Json]) -> None:
    """Write *report* to *path*. Raises UsageError where that is not possible."""
    try:
        path.write_text(json.dumps(report, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
    except OSError as error:
        raise UsageError(f"The report {path} cannot be written: {error.strerror}.") from None
