"""The JSON report of a run: for machines, version 1."""

from __future__ import annotations

from collections.abc import Sequence

from telnyx_mock.contract.engine.finding import Result
from telnyx_mock.reports.summary import Summary
from telnyx_mock.schema.json_values import Json

__all__ = ["json_report"]


def json_report(run_id: str, target: str, seed: int, results: Sequence[Result]) -> dict[str, Json]:
    """The report as JSON. Every result is listed, and every finding once, errors first.

    The same *seed* generates the same webhooks again, but for ids and times.
    """
    summary = Summary.of(results)
    return {
        "version": 1,
        "run_id": run_id,
        "target": target,
        "seed": seed,
        "summary": {
            "passed": summary.passed,
            "failed": summary.failed,
            "inconclusive": summary.inconclusive,
            "deliveries": summary.deliveries,
        },
        "warnings": list(summary.warnings),
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
