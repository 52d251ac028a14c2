"""``telnyx-mock demo``: the contract against a bundled receiver that has real faults."""

from __future__ import annotations

from pathlib import Path

import click

from telnyx_mock.cli.exits import Exit
from telnyx_mock.cli.silent_run import run_silently
from telnyx_mock.demo.receiver import FAULTS
from telnyx_mock.errors import UsageError
from telnyx_mock.reports.files import prepare, write
from telnyx_mock.reports.html import html_report
from telnyx_mock.reports.run import Run
from telnyx_mock.reports.summary import Summary
from telnyx_mock.reports.terminal import terminal_report
from telnyx_mock.settings import Settings

__all__ = ["command"]

TARGET = "telnyx_mock.demo.receiver:app"
EVENTS = ("call.initiated", "call.answered", "call.hangup", "message.received", "message.finalized")


@click.command("demo")
@click.option(
    "--html",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Write the page that 'check --html' writes.",
)
@click.pass_context
def command(context: click.Context, html: Path | None) -> None:
    """Show what a run looks like, on a small receiver with five faults that happen to people."""
    if html is not None:
        prepare(html)

    click.echo(f"{click.style('$ telnyx-mock check', bold=True)} {TARGET}\n")
    found = run_silently(TARGET, Settings(events=EVENTS, seed=1))
    if found.problem:
        raise UsageError(found.problem)
    summary = Summary.of(found.results)
    click.echo(terminal_report(summary, seed=1))
    if html is not None:
        write(html, html_report(Run.of(found, f"telnyx-mock check {TARGET}"), found.results))
    rules = {finding.rule for finding in summary.findings}
    click.echo("\nThe faults that were put into it:")
    for fault, check in FAULTS.items():
        mark = "found " if check in rules else "missed"
        click.echo(f"  {mark}  {fault} ({check})")
    click.echo("\nYour turn:  telnyx-mock check yourapp:app --path /webhooks")
    context.exit(Exit.CLEAN if rules >= set(FAULTS.values()) else Exit.ERRORS)
