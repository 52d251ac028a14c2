"""``telnyx-mock compare``: what changed from one run to another."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import click

from telnyx_mock.cli.exits import Exit
from telnyx_mock.contract.engine.finding import Finding
from telnyx_mock.contract.engine.result import Result
from telnyx_mock.errors import UsageError
from telnyx_mock.journal import FOLDER, Folder
from telnyx_mock.reports.comparison import compare
from telnyx_mock.severity import Severity

__all__ = ["command"]

TWO = "give two runs, which 'telnyx-mock runs' lists, or none for the two latest"


@click.command("compare")
@click.argument("before", metavar="RUN", required=False)
@click.argument("after", metavar="RUN", required=False)
@click.pass_context
def command(context: click.Context, before: str | None, after: str | None) -> None:
    """Tell what appeared and what was mended from one RUN to another.

    Without names, the two latest are compared; 'runs' lists them. A finding is the same in both if
    check, event and fields are. The exit code is 1 if an error appeared.
    """
    folder = Folder(Path(FOLDER))
    if before is not None and after is None:
        raise UsageError(f"There is nothing to compare {before} with; {TWO}.")
    first, second = folder.run(before or "previous"), folder.run(after or "latest")
    if first.id == second.id:
        raise UsageError(f"{before} and {after} are one run, {first.id}; {TWO}.")
    found = compare(
        [Result.from_json(row) for row in first.results()],
        [Result.from_json(row) for row in second.results()],
    )
    _show("appeared", found.appeared)
    _show("mended", found.mended)
    _show("not tried again", found.untried)
    for check, event, then, now in found.changed:
        click.echo(f"{then.value}, now {now.value}: {' '.join(filter(None, (check, event)))}")
    for run in (first, second):
        if not run.ended:
            click.echo(
                f"Run {run.id} has not ended, so it may not have tried everything.", err=True
            )
    click.echo(
        f"from {first.id} to {second.id}: {len(found.appeared)} appeared, "
        f"{len(found.mended)} mended, {len(found.same)} the same"
    )
    worse = any(finding.severity is Severity.ERROR for finding in found.appeared)
    context.exit(Exit.ERRORS if worse else Exit.CLEAN)


def _show(word: str, findings: Sequence[Finding]) -> None:
    for finding in findings:
        click.echo(f"{word}: {finding.severity.value}: {finding.rule}: {finding.message}")
