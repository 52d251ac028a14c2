"""The HTML report for people: one file that needs nothing else."""

from __future__ import annotations

from telnyx_mock.contract.report import Report

__all__ = ["html_report"]


def html_report(report: Report, *options: str) -> bytes:
    """Return *report* as one HTML page, which shows the command that repeats the run.

    *options* are added to this command, such as ``--html FILE``.
    """
    # Only a run with --html needs the template engine, which takes time to load.
    from telnyx_mock.reports.html.page import rendered

    return rendered(report, *options)
