"""The HTML report for people: one file that needs nothing else."""

from __future__ import annotations

from telnyx_mock.contract.report import Report

__all__ = ["html_report"]


def html_report(report: Report, *options: str) -> bytes:
    """*report* as one HTML page, which shows the command that repeats the run.

    *options* are those of the command that are no settings of the run.
    """
    # The template engine takes time to load, and only a run with --html needs it.
    from telnyx_mock.reports.html.page import rendered

    return rendered(report, *options)
