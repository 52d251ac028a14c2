"""Tells GitHub Actions what a run found, if it runs there."""

from __future__ import annotations

import os

from telnyx_mock.cli.echo import echo, echo_commands
from telnyx_mock.contract.report import Report


def in_github_actions() -> bool:
    """Whether this process runs in a job of GitHub Actions, which sets GITHUB_ACTIONS."""
    return os.environ.get("GITHUB_ACTIONS") == "true"


def tell_github(report: Report) -> None:
    """Print an annotation for each error and warning, and add *report* to the summary of the step."""
    from telnyx_mock.reports.ci.github import annotation_commands, write_step_summary

    echo_commands(annotation_commands(report))
    try:
        write_step_summary(report)
    except OSError as error:
        echo(f"telnyx-mock: The summary cannot be written: {error.strerror}.", err=True)
