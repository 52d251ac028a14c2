"""``telnyx-mock check``: runs the contract against a receiver, and gives a verdict."""

from __future__ import annotations

import secrets
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import click

from telnyx_mock.catalogue.registry import EVERYTHING, select
from telnyx_mock.cli.config import ConfiguredCommand
from telnyx_mock.cli.options import FILE, settings_options
from telnyx_mock.cli.outcome import OutcomeOptions, outcome_options
from telnyx_mock.cli.plan import show_plan
from telnyx_mock.cli.report_files import unfinished
from telnyx_mock.cli.run_options import journal_folder, run_options
from telnyx_mock.cli.run_options import last_failed as latest_failed
from telnyx_mock.cli.silent_run import run_silently
from telnyx_mock.cli.watching import watch
from telnyx_mock.contract.rules.registry import chosen
from telnyx_mock.installed import offered
from telnyx_mock.reports.terminal import terminal_report
from telnyx_mock.settings import Settings, options
from telnyx_mock.signing.keys import KeyPair


@click.command("check", cls=ConfiguredCommand)
@click.argument("target")
@settings_options()
@outcome_options
@click.option(
    "--reads",
    type=FILE,
    help="Write to this file which members of webhooks the app reads, and where.",
)
@run_options("rules would be tried")
@click.pass_context
def command(
    context: click.Context,
    /,
    target: str,
    reads: Path | None,
    journal: bool,
    last_failed: bool,
    watches: bool,
    dry_run: bool,
    **values: Any,
) -> None:
    """Run the receiver contract against TARGET and say what is wrong with it.

    TARGET is an address (http://localhost:8000/webhooks) or an app that can be imported from here
    (myapp:app, or myapp:create_app()). An app in process gets its public key in TELNYX_PUBLIC_KEY
    before it is imported; a server in another process needs the key pair of 'telnyx-mock keys new'.

    To see whether the app handles each webhook only once, the check looks at the commands that the
    app sends to Telnyx. With --probe, it also compares what the probe
    returns.

    You can also set TARGET and each option by the same name in [tool.telnyx-mock] of
    pyproject.toml, or in the environment, as in TELNYX_MOCK_MAX_REQUESTS. The command line
    overrides the environment, and the environment overrides the file.

    In GitHub Actions, each error and warning is also an annotation at its line, and the job has a
    summary.

    Exit code: 0 no error found; 1 errors found; 2 not run, or ended early; 3 something inconclusive.
    """
    settings = Settings(**{each.field: values.pop(each.field) for each in options()})
    select(settings.events or EVERYTHING)
    if not (
        settings.rules_from or offered()
    ):  # else the run knows them, once the app's keys are set
        chosen(settings.only, settings.exclude, named=settings.rules_with_severity)
    outcome = OutcomeOptions.of(values, reads=reads)
    if settings.key:
        KeyPair.load(settings.key)
    if watches:
        watch(sys.argv[1:])
        return
    if dry_run:
        show_plan(target, settings)
        return
    if settings.seed is None:
        settings = replace(settings, seed=secrets.randbelow(2**32))
    run_id = secrets.token_hex(4)
    before = unfinished(run_id, target, settings)
    outcome.prepare(before)
    checks = latest_failed(of_calls=False) if last_failed else None
    kept = journal_folder(run_id, wanted=journal)
    with outcome.telling(before):
        found = run_silently(
            target,
            settings,
            run_id,
            kept,
            checks=checks,
            is_known=outcome.known.covers,
            quiet=outcome.quiet,
        )
    context.exit(outcome.end(found, terminal_report))
