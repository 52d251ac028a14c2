"""``telnyx-mock play``: play a flow against the receiver, and print the story as it happens."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from telnyx_mock.cli.app_output import escaped, noticing_exit
from telnyx_mock.cli.completion import complete_flow
from telnyx_mock.cli.echo import echo
from telnyx_mock.cli.exit_codes import ExitCode
from telnyx_mock.cli.options import ACCESS, settings_options
from telnyx_mock.cli.table import print_table
from telnyx_mock.contract.opening.receiver_opener import Opener
from telnyx_mock.emulator import Emulator
from telnyx_mock.errors import ReceiverFailure, UsageError
from telnyx_mock.flows.all_flows import FLOWS, find_flow
from telnyx_mock.reports.files import write
from telnyx_mock.settings import Settings
from telnyx_mock.signing.keys import KeyPair
from telnyx_mock.simulator.call import NotPossible
from telnyx_mock.simulator.transcript import Entry, columns
from telnyx_mock.transports.added_headers import added_headers
from telnyx_mock.transports.environment import (
    added_variables,
    receiver_environment,
    variables,
    without_key,
)
from telnyx_mock.transports.throttle import Budget, Throttled
from telnyx_mock.visible import visible_line

if TYPE_CHECKING:
    from telnyx_mock.flows.flow import Flow


@click.command("play")
@click.argument("flow_name", metavar="[FLOW]", required=False, shell_complete=complete_flow)
@click.argument("target", required=False)
@settings_options(*ACCESS)
@click.option("--list", "lists", is_flag=True, help="List the flows, and play none.")
@click.option(
    "--set",
    "assignments",
    metavar="NAME=VALUE",
    multiple=True,
    help="Change who calls whom and what they do: from, to, digits (the first keys), text (the first words).",
)
@click.option(
    "--mermaid",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Write a sequence diagram for Mermaid to this file.",
)
@click.pass_context
def command(
    context: click.Context,
    /,
    flow_name: str | None,
    target: str | None,
    lists: bool,
    assignments: tuple[str, ...],
    mermaid: Path | None,
    **access: Any,
) -> None:
    """Let people do what FLOW says with the app TARGET, and print each act, webhook and command.

    TARGET is an app, as for 'check'. Without FLOW, list the flows. Times are virtual.

    The exit code is 0 if the app accepted every webhook, 1 if it did not, and 3 if the flow ended early
    because somebody could not do what it says.
    """
    if lists or flow_name is None:
        print_table(("FLOW", "WHAT HAPPENS"), [(each.name, each.about) for each in FLOWS.values()])
        return
    flow = find_flow(flow_name).having(_values(assignments))
    if target is None:
        raise UsageError(f"TARGET is missing: telnyx-mock play {flow.name} TARGET.")
    if mermaid is not None:
        write(mermaid, b"sequenceDiagram\n")  # before anything happens, say if it cannot be written
    context.exit(_play(flow, target, mermaid, Settings(**access)))


def _play(flow: Flow, target: str, mermaid: Path | None, settings: Settings) -> ExitCode:
    pair = KeyPair.load(settings.key) if settings.key else KeyPair.generate()
    added = variables({**without_key(settings.key), **added_variables(settings.env)})
    own_exit = noticing_exit(ExitCode.NOT_RUN)
    with receiver_environment(pair.public_key), added, escaped(), own_exit:
        receiver = Opener(settings).open(target)
        emulator = Emulator(
            Throttled(receiver, Budget(), added_headers(settings.headers)), key=pair
        )
        try:
            return _tell(flow, emulator, mermaid)
        finally:
            emulator.unbind()
            receiver.close()


def _tell(flow: Flow, emulator: Emulator, mermaid: Path | None) -> ExitCode:
    from telnyx_mock.flows.mermaid import mermaid as diagram
    from telnyx_mock.flows.player import Player

    own = flow.numbers.get(flow.acts[0].who, "")
    story: list[Entry] = []

    def tell(entry: Entry) -> None:
        story.append(entry)
        at, who, what = columns(entry, own=own)
        echo(visible_line(f"{at:>9}  {who:<12}  {what}"))

    try:
        Player(emulator, flow, tell).play()
    except NotPossible as problem:
        echo(f"The flow ends here: {visible_line(problem.sentence)}")
        return ExitCode.INCONCLUSIVE
    except ReceiverFailure as failure:
        echo(visible_line(str(failure).partition("\n")[0]))
        return ExitCode.ERRORS
    finally:
        if mermaid is not None:
            write(mermaid, diagram(story, own).encode())
    return ExitCode.CLEAN


def _values(assignments: Iterable[str]) -> dict[str, str]:
    values = {}
    for assignment in assignments:
        name, equals, value = assignment.partition("=")
        if not equals or not value:
            raise UsageError(f"--set needs NAME=VALUE, as in digits=2, not {assignment!r}.")
        values[name] = value
    return values
