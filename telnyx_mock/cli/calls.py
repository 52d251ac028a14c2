"""``telnyx-mock calls``: lets simulated people call an app, and says what went wrong."""

from __future__ import annotations

import secrets
import shlex
import time
from dataclasses import replace
from typing import Any

import click

from telnyx_mock.cli.completion import complete_invariant, complete_invariant_severity
from telnyx_mock.cli.configured_as_check import ConfiguredAsCheck
from telnyx_mock.cli.options import ACCESS, LIMITS, Whole, settings_options
from telnyx_mock.cli.outcome import OutcomeOptions, outcome_options
from telnyx_mock.cli.plan import show_calls_plan
from telnyx_mock.cli.report_files import unfinished
from telnyx_mock.cli.silent_run import supervised, use_own_cache
from telnyx_mock.contract.calls.invariants import KEEPS_RUNNING, Violation, chosen_invariants
from telnyx_mock.contract.calls.results import broken, results
from telnyx_mock.contract.calls.run_calls import EXAMPLES, run_calls
from telnyx_mock.contract.report import Report
from telnyx_mock.contract.run_contract import OnResult, OnWarning
from telnyx_mock.contract.watched import Watch
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
@click.option(
    "--dry-run", is_flag=True, help="Print which invariants would be judged, and send nothing."
)
@click.pass_context
def command(
    context: click.Context,
    /,
    target: str,
    examples: int,
    dial: str,
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
    if dry_run:
        show_calls_plan(target, settings, invariants)
        return
    if values["seed"] is None:
        values["seed"] = secrets.randbelow(2**32)
        settings = replace(settings, seed=values["seed"])
    before = unfinished(secrets.token_hex(4), target, settings)
    before = replace(before, command="calls", words=("--dial", dial) if dial else ())
    outcome.prepare(before)
    again = ["telnyx-mock", "calls", target, *settings.words(), *before.words]

    def is_known(violation: Violation) -> bool:
        return all(map(outcome.known.covers, broken(violation, "").findings))

    def work(on_result: OnResult, on_warning: OnWarning, watch: Watch | None) -> Report:
        began = time.monotonic()
        found = run_calls(
            target, examples=examples, dial=dial, watch=watch, is_known=is_known, **values
        )
        seconds = round(time.monotonic() - began, 3)
        judged = tuple(results(found, invariants, shlex.join(again), seconds))
        for each in judged:
            on_result(each, len(judged))
        return replace(before, results=judged, problem="", ended=time.time(), app=found.app)

    use_own_cache()
    with outcome.telling(before):
        found, story = supervised(before.run_id, target, settings, work, quiet=True)
    found = replace(found, command="calls", words=before.words)
    ended = invariants.get(KEEPS_RUNNING)
    if found.problem and story and ended and not found.interrupted:
        finding = broken(Violation(ended, found.problem, story), shlex.join(again))
        found = replace(found, results=(*found.results, finding))
    context.exit(outcome.end(found, calls_report))
