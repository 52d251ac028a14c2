"""``telnyx-mock demo``: run the contract against a bundled receiver that has real faults."""

from __future__ import annotations

import secrets
from pathlib import Path

import click

from telnyx_mock.cli.echo import echo
from telnyx_mock.cli.exit_codes import ExitCode
from telnyx_mock.cli.report_files import ReportFiles, unfinished
from telnyx_mock.cli.silent_run import run_silently
from telnyx_mock.demo.receiver import FAULTS
from telnyx_mock.errors import UsageError
from telnyx_mock.reports.summary import Summary
from telnyx_mock.reports.terminal import terminal_report
from telnyx_mock.settings import Settings

TARGET = "telnyx_mock.demo.receiver:app"
EVENTS = ("call.initiated", "call.answered", "call.hangup", "message.received", "message.finalized")


@click.command("demo")
@click.option(
    "--html",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Write the HTML report to this file.",
)
@click.pass_context
def command(context: click.Context, html: Path | None) -> None:
    """Run the contract against a small receiver with five faults.

    Each of these faults has happened to somebody.
    """
    files = ReportFiles.of({"--html": html})
    settings, run_id = Settings(events=EVENTS, seed=1), secrets.token_hex(4)
    files.prepare(unfinished(run_id, TARGET, settings))
    echo(f"{click.style('$ telnyx-mock check', bold=True)} {TARGET}\n", colours=True)
    found = run_silently(TARGET, settings, run_id)
    if found.problem:
        raise UsageError(found.problem)
    echo(terminal_report(found, quiet=True), colours=True)
    for problem in files.write(found):
        raise UsageError(problem)
    broken = {fault.kind.id for fault in Summary.of(found.results).faults}
    missed = FAULTS - broken
    if missed:
        echo(f"\nThis missed {', '.join(sorted(missed))}.")
    else:
        echo(
            f"\nThese are the {len(FAULTS)} faults that were put into this receiver. Check your own:"
        )
        echo("telnyx-mock check yourapp:app --path /webhooks")
    context.exit(ExitCode.ERRORS if missed else ExitCode.CLEAN)
