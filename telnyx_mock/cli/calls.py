"""``telnyx-mock calls``: lets simulated people call an app, and says what went wrong."""

from __future__ import annotations

import secrets
import shlex
import time
from dataclasses import replace
from pathlib import Path
from typing import Any

import click

from telnyx_mock.cli.check import FILE, exit_code
from telnyx_mock.cli.echo import echo
from telnyx_mock.cli.exit_codes import ExitCode
from telnyx_mock.cli.options import ACCESS, Whole, settings_options
from telnyx_mock.cli.report_files import UNFINISHED, ReportFiles
from telnyx_mock.cli.show import show
from telnyx_mock.cli.silent_run import supervised, use_own_cache
from telnyx_mock.contract.calls.invariants import Violation
from telnyx_mock.contract.calls.results import KEEPS_RUNNING, broken, results
from telnyx_mock.contract.calls.run_calls import EXAMPLES, run_calls
from telnyx_mock.contract.report import Report
from telnyx_mock.contract.run_contract import OnResult, OnWarning
from telnyx_mock.contract.watched import Watch
from telnyx_mock.errors import TelnyxMockError
from telnyx_mock.reports.calls_report import calls_report
from telnyx_mock.settings import Settings
from telnyx_mock.signing.keys import KeyPair


@click.command("calls")
@click.argument("target")
@settings_options(*ACCESS, "api", "seed", "strict")
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
@click.option("--report", type=FILE, help="Write JSON to this file.")
@click.option("--html", type=FILE, help="Write an HTML page for people to this file.")
@click.option("--junit", type=FILE, help="Write JUnit XML to this file.")
@click.option("--sarif", type=FILE, help="Write SARIF 2.1.0 to this file, for code scanning.")
@click.pass_context
def command(
    context: click.Context,
    /,
    target: str,
    examples: int,
    dial: str,
    report: Path | None,
    html: Path | None,
    junit: Path | None,
    sarif: Path | None,
    **values: Any,
) -> None:
    """Let simulated people call TARGET, and say what must hold in every call, but does not.

    TARGET is an app or an address, as for 'check'. The server of an address must send its commands to the fake
    API, which listens on the port of --api (12111): start it with TELNYX_BASE_URL=http://127.0.0.1:12111/v2.

    People call, press keys, speak, stay silent and hang up at any moment, two at once. Webhooks come twice, late and again, and
    the API fails. What goes wrong is shown as the shortest story that shows it.

    Exit code: 0 no error found; 1 errors found; 2 not run, or ended early; 3 something unsure.
    """
    if values["seed"] is None:
        values["seed"] = secrets.randbelow(2**32)
    settings = Settings(**values, examples=examples)
    if settings.key:
        KeyPair.load(settings.key)
    files = ReportFiles.of({"--report": report, "--html": html, "--junit": junit, "--sarif": sarif})
    unfinished = Report(
        run_id=secrets.token_hex(4),
        target=target,
        settings=settings,
        seed=values["seed"],
        results=(),
        ended=time.time(),
        problem=UNFINISHED,
        command="calls",
    )
    files.prepare(unfinished)
    again = ["telnyx-mock", "calls", target, *settings.words(), *(["--dial", dial] if dial else [])]

    def work(on_result: OnResult, on_warning: OnWarning, watch: Watch | None) -> Report:
        began = time.monotonic()
        found = run_calls(target, examples=examples, dial=dial, watch=watch, **values)
        told = tuple(results(found, shlex.join(again), round(time.monotonic() - began, 3)))
        for each in told:
            on_result(each, len(told))
        return replace(unfinished, results=told, problem="", ended=time.time())

    use_own_cache()
    try:
        found, story = supervised(unfinished.run_id, target, settings, work, quiet=True)
    except TelnyxMockError as error:
        files.write(replace(unfinished, problem=str(error), ended=time.time()))
        raise
    found = replace(found, command="calls")
    if found.problem and story and not found.interrupted:
        ended = broken(Violation(KEEPS_RUNNING, found.problem, story), shlex.join(again))
        found = replace(found, results=(*found.results, ended))
    show(calls_report(found), colours=True)
    problems = files.write(found)
    for problem in filter(None, [found.problem, *problems]):
        echo(f"telnyx-mock: {problem}", err=True)
    context.exit(ExitCode.NOT_RUN if problems else exit_code(found))
