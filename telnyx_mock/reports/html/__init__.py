"""The HTML report for people: one file that needs nothing else."""

from __future__ import annotations

from collections.abc import Sequence

from telnyx_mock.contract.engine.result import Result
from telnyx_mock.reports.run import Run

__all__ = ["html_report"]


def html_report(run: Run, results: Sequence[Result]) -> bytes:
    """The report on *run* as one HTML page."""
    # The template engine takes time to load, and only a run with --html needs it.
    from telnyx_mock.reports.html.page import rendered

    return rendered(run, results)
