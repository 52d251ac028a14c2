"""The options of ``check`` and ``calls`` that say when they run, how much, and what they keep."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import click

from telnyx_mock.cli.echo import echo
from telnyx_mock.cli.kept_results import kept_results
from telnyx_mock.contract.engine.result import Outcome
from telnyx_mock.errors import UsageError
from telnyx_mock.journal import FOLDER, Folder
from telnyx_mock.severity import Severity

Command = Callable[..., Any]


def run_options(tried: str) -> Callable[[Command], Command]:
    """Return a decorator that adds the options to a command; *tried* says what it tries."""
    options = [
        click.option(
            "--journal/--no-journal",
            default=True,
            help=f"Keep every delivery in {FOLDER}/, for 'runs', 'replay' and 'compare'; it does.",
        ),
        click.option(
            "--last-failed",
            is_flag=True,
            help="Try only the checks that failed, warned or were inconclusive in the latest run.",
        ),
        click.option(
            "--watch",
            "watches",
            is_flag=True,
            help="Run again whenever a Python file or a settings file below this folder changes.",
        ),
        click.option("--dry-run", is_flag=True, help=f"Print which {tried}, and send nothing."),
    ]

    def decorate(command: Command) -> Command:
        for option in reversed(options):
            command = option(command)
        return command

    return decorate


def journal_folder(run_id: str, *, wanted: bool) -> str:
    """Return the folder for the journal of the run; empty if none is *wanted*, or if it cannot be written.

    Print a warning in the latter case.
    """
    if not wanted:
        return ""
    try:
        Folder(Path(FOLDER)).begin(run_id)
    except UsageError as problem:  # a run is worth more than its journal
        echo(f"telnyx-mock: {problem} The run goes on without it.", err=True)
        return ""
    return FOLDER


def last_failed(*, of_calls: bool) -> list[tuple[str, str]] | None:
    """Return the rule and event of each check of the latest run that is to be tried again.

    It is a run of ``calls``, or one of another command. If there is none, say so, and return None. Raises UsageError if
    there is no journal of a run.
    """
    latest = Folder(Path(FOLDER)).run("latest", of_calls=of_calls)
    results = kept_results(latest)
    failed = [
        (result.rule, result.event)
        for result in results
        if result.outcome in (Outcome.FAILED, Outcome.INCONCLUSIVE)
        or any(finding.severity is not Severity.ADVICE for finding in result.findings)
    ]
    if not failed:
        why = (
            f"No check of run {latest.id} failed" if results else f"Run {latest.id} has no results"
        )
        echo(f"telnyx-mock: {why}, so all are tried.", err=True)
    return failed or None
