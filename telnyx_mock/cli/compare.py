"""``telnyx-mock compare``: show what changed between two runs."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import click

from telnyx_mock.cli.echo import echo
from telnyx_mock.cli.exit_codes import ExitCode
from telnyx_mock.cli.kept_results import kept_results
from telnyx_mock.contract.engine.finding import Finding
from telnyx_mock.errors import UsageError
from telnyx_mock.journal import FOLDER, Folder
from telnyx_mock.reports.comparison import compare
from telnyx_mock.severity import Severity

TWO_RUNS = "name two runs that 'telnyx-mock runs' lists, or name no run to compare the latest with the one before it"


@click.command("compare")
@click.argument("before", metavar="RUN", required=False)
@click.argument("after", metavar="RUN", required=False)
@click.pass_context
def command(context: click.Context, before: str | None, after: str | None) -> None:
    """Show which findings are new and which are fixed.

    The second RUN is compared with the first; 'runs' lists the runs. Without names, the latest run is
    compared with the one of the same command before it. A finding is the same in both runs if its rule, event and fields are the
    same. The exit code is 1 if an error is new.
    """
    folder = Folder(Path(FOLDER))
    if before is not None and after is None:
        raise UsageError(f"Only one run exists, so there is nothing to compare; {TWO_RUNS}.")
    second = folder.run(after or "latest")
    same = None if before else second.command == "calls"
    first = folder.run(before or "previous", of_calls=same)
    if first.id == second.id:
        raise UsageError(f"{before} and {after} are the same run, {first.id}; {TWO_RUNS}.")
    found = compare(kept_results(first), kept_results(second))
    _show("new", found.appeared)
    _show("fixed", found.fixed)
    _show("not tried again", found.untried)
    for rule, event, then, now in found.changed:
        echo(f"{then.value}, now {now.value}: {rule} {event}".rstrip())
    for run in (first, second):
        if not run.ended:
            echo((f"Run {run.id} has not ended, so some of its checks may be missing."), err=True)
    echo(
        f"from {first.id} to {second.id}: {len(found.appeared)} new, {len(found.fixed)} fixed, "
        f"{len(found.same)} the same"
    )
    worse = any(finding.severity is Severity.ERROR for finding in found.appeared)
    context.exit(ExitCode.ERRORS if worse else ExitCode.CLEAN)


def _show(word: str, findings: Sequence[Finding]) -> None:
    for finding in findings:
        echo(f"{word}: {finding.severity.value}: {finding.rule}: {finding.message}")
