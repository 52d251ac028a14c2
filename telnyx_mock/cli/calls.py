"""``telnyx-mock calls``: lets simulated people call an app, and says what went wrong."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import click

from telnyx_mock.cli.app_output import dropped
from telnyx_mock.cli.echo import echo
from telnyx_mock.cli.exit_codes import ExitCode
from telnyx_mock.cli.options import ACCESS, Whole, settings_options
from telnyx_mock.cli.show import show
from telnyx_mock.cli.silent_run import use_own_cache
from telnyx_mock.contract.calls.run_calls import EXAMPLES, CallsReport, run_calls
from telnyx_mock.reports.calls_report import calls_report
from telnyx_mock.reports.files import try_out, write


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
@click.option(
    "--report", type=click.Path(dir_okay=False, path_type=Path), help="Write JSON to this file."
)
@click.pass_context
def command(
    context: click.Context,
    /,
    target: str,
    examples: int,
    dial: str,
    report: Path | None,
    **values: Any,
) -> None:
    """Let simulated people call TARGET, and say what must hold in every call, but does not.

    TARGET is an app or an address, as for 'check'. The server of an address must send its commands to the fake
    API, which listens on the port of --api (12111): start it with TELNYX_BASE_URL=http://127.0.0.1:12111/v2.

    People call, press keys, speak, stay silent and hang up at any moment, two at once. Webhooks come twice, late and again, and
    the API fails. What goes wrong is shown as the shortest story that shows it.

    Exit code: 0 no error found; 1 errors found; 2 not run; 3 something unsure.
    """
    if report is not None:
        try_out(report)
    use_own_cache()
    with dropped():
        found = run_calls(target, examples=examples, dial=dial, **values)
    show(calls_report(found), colours=True)
    if report is not None:
        write(report, f"{json.dumps(found.to_json(), indent=2)}\n".encode())
        echo(f"telnyx-mock: {report} has the stories.", err=True)
    context.exit(_exit_code(found))


def _exit_code(found: CallsReport) -> ExitCode:
    if found.errors:
        return ExitCode.ERRORS
    return ExitCode.INCONCLUSIVE if found.unsure else ExitCode.CLEAN
