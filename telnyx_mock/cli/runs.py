"""``telnyx-mock runs``: list the runs in the journal, the latest first."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import click

from telnyx_mock.cli.echo import echo
from telnyx_mock.cli.kept_results import kept_results
from telnyx_mock.cli.table import print_table
from telnyx_mock.journal import FOLDER, Folder, Run
from telnyx_mock.reports.amounts import first_of
from telnyx_mock.severity import Severity

HEADING = ("run", "when", "command", "target", "deliveries", "errors", "warnings", "state")


@click.command("runs")
def command() -> None:
    """List the runs of 'check' and 'calls' in this directory, the latest first.

    A run that is "not ended" still goes on, or was killed; its journal has the deliveries up to
    now. If a run is "full", its journal lacks the later deliveries.
    """
    folder = Folder(Path(FOLDER))
    runs, skipped = folder.runs(), folder.skipped()
    if skipped:
        echo(f"telnyx-mock: Skipped, because they are no journals: {first_of(skipped)}.", err=True)
    if not runs:
        echo(f"There is no journal in {FOLDER}/, so there are no runs to list.")
        return
    print_table(HEADING, [_row(run) for run in reversed(runs)])


def _row(run: Run) -> tuple[str, ...]:
    findings = [finding.severity for result in kept_results(run) for finding in result.findings]
    states = [*([] if run.ended else ["not ended"]), *(["full"] if run.full else [])]
    return (
        run.id,
        f"{dt.datetime.fromtimestamp(run.started):%Y-%m-%d %H:%M:%S}",
        run.command or "-",
        run.target["name"] or "-",
        str(run.count()),
        str(findings.count(Severity.ERROR)),
        str(findings.count(Severity.WARNING)),
        ", ".join(states),
    )
