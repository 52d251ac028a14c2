"""``telnyx-mock calls``: lets simulated people call an app, and says what went wrong."""

from __future__ import annotations

import secrets
import sys
import time
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import click

from telnyx_mock.cli.completion import complete_invariant, complete_invariant_severity
from telnyx_mock.cli.configured_as_check import ConfiguredAsCheck
from telnyx_mock.cli.options import ACCESS, LIMITS, Whole, settings_options
from telnyx_mock.cli.outcome import OutcomeOptions, outcome_options
from telnyx_mock.cli.plan import show_calls_plan
from telnyx_mock.cli.report_files import unfinished
from telnyx_mock.cli.run_options import journal_folder, run_options
from telnyx_mock.cli.run_options import last_failed as latest_failed
from telnyx_mock.cli.silent_run import supervised, use_own_cache
from telnyx_mock.cli.watching import watch as watch_files
from telnyx_mock.contract.calls.invariants import (
    KEEPS_RUNNING,
    Invariant,
    Violation,
    chosen_invariants,
)
from telnyx_mock.contract.calls.results import WHOLE_RUN, again, broken
from telnyx_mock.contract.calls.run_calls import EXAMPLES, run_calls
from telnyx_mock.contract.report import Report
from telnyx_mock.contract.run_contract import OnResult, OnWarning
from telnyx_mock.contract.watched import Watch
from telnyx_mock.errors import UsageError
from telnyx_mock.reports.calls_report import calls_report
from telnyx_mock.settings import Settings
from telnyx_mock.signing.keys import KeyPair


@click.command("calls", cls=ConfiguredAsCheck)
@click.argument("target")
@settings_options(*ACCESS, *LIMITS, "deadline", "api", "drain", "seed", "strict", "fail_fast")
@click.option(
    "--only",
    multiple=True,
    metavar="INVARIANT",
    shell_complete=complete_invariant,
    help="Judge only these invariants, such as acts-once-on-a-webhook or 'answers-*'.",
)
@click.option(
    "--exclude",
    multiple=True,
    metavar="INVARIANT",
    shell_complete=complete_invariant,
    help="Do not judge these invariants.",
)
@click.option(
    "--severity",
    multiple=True,
    metavar="INVARIANT=SEVERITY",
    shell_complete=complete_invariant_severity,
    help="Give this severity to an invariant: error, warning or advice, as in 'records-once=error'.",
)
@click.option(
    "--examples",
    type=Whole(min=1, max=10_000),
    default=EXAMPLES,
    metavar="N",
    help=f"The number of simulations, each with up to two callers. The default is {EXAMPLES}.",
)
@click.option(
    "--dial",
    default="",
    metavar="HOW",
    help="Let the app call somebody, too: MODULE:FUNCTION, or a request to the app such as 'POST /call' or "
    '\'POST /call {"to": "+13125550142"}\'.',
)
@outcome_options
@run_options("invariants would be judged")
@click.pass_context
def command(
    context: click.Context,
    /,
    target: str,
    examples: int,
    dial: str,
    journal: bool,
    last_failed: bool,
    watches: bool,
    dry_run: bool,
    **values: Any,
) -> None:
    """Let simulated people call TARGET, and say what must hold in every call, but does not.

    TARGET is an app or an address, as for 'check'. The server of an address must send its commands to the fake
    API, which listens on the port of --api (12111): start it with TELNYX_BASE_URL=http://127.0.0.1:12111/v2.

    People call, press keys, speak, stay silent and hang up at any moment, two at once. Webhooks come twice, late and again, and
    the API fails. What goes wrong is shown as the shortest story that shows it.

    TARGET and the options that mean the same to 'check' can be set in advance, as for 'check'. Its
    rules and reports are its own: --only, --exclude, --severity, --examples and the report files.

    Exit code: 0 no error found; 1 errors found; 2 not run, or ended early; 3 something unsure.
    """
    outcome = OutcomeOptions.of(values)
    settings = Settings(**values, examples=examples)
    invariants = chosen_invariants(settings)
    if settings.key:
        KeyPair.load(settings.key)
    if watches:
        watch_files(sys.argv[1:])
        return
    if dry_run:
        show_calls_plan(target, settings, invariants)
        return
    if settings.seed is None:
        settings = replace(settings, seed=secrets.randbelow(2**32))
    if last_failed:
        settings = _of_last_failed(settings, invariants)
    before = unfinished(secrets.token_hex(4), target, settings)
    before = replace(before, command="calls", words=("--dial", dial) if dial else ())
    outcome.prepare(before)
    kept = journal_folder(before.run_id, wanted=journal)

    def is_known(violation: Violation) -> bool:
        return all(map(outcome.known.covers, broken(violation, "").findings))

    def work(on_result: OnResult, on_warning: OnWarning, watch: Watch | None) -> Report:
        found = run_calls(
            target,
            **{name: getattr(settings, name) for name in (*values, "examples")},
            dial=dial,
            run_id=before.run_id,
            journal=kept,
            watch=watch,
            is_known=is_known,
        )
        for each in found.results:
            on_result(each, len(found.results))
        return replace(
            before,
            results=found.results,
            problem="",
            ended=time.time(),
            app=found.app,
            journal_problem=found.journal_problem,
        )

    use_own_cache()
    with outcome.telling(before):
        found, story = supervised(before.run_id, target, settings, work, quiet=True)
    found = replace(found, command="calls", words=before.words)
    ended = chosen_invariants(settings).get(KEEPS_RUNNING)
    if found.problem and story and ended and not found.interrupted:
        finding = broken(Violation(ended, found.problem, story), again(target, settings, dial))
        found = replace(found, results=(*found.results, finding))
    context.exit(outcome.end(found, calls_report))


def _of_last_failed(settings: Settings, invariants: Mapping[str, Invariant]) -> Settings:
    """Return *settings* that choose those *invariants* that failed in the latest run, or all if it was unsure.

    Raises UsageError if none is left.
    """
    failed = dict(latest_failed(of_calls=True) or {WHOLE_RUN: ""})
    if WHOLE_RUN in failed:
        return settings
    only = tuple(name for name in invariants if name in failed)
    if not only:
        raise UsageError("No invariant that failed in the latest run is chosen.")
    return replace(settings, only=only)
