"""``telnyx-mock play``: play a flow against the receiver, and print the story as it happens."""

from __future__ import annotations

import asyncio
import inspect
from collections.abc import Callable, Iterable
from functools import partial
from pathlib import Path
from typing import Any

import click

from telnyx_mock.cli.bound import bound
from telnyx_mock.cli.completion import complete_flow
from telnyx_mock.cli.echo import echo
from telnyx_mock.cli.exit_codes import ExitCode
from telnyx_mock.cli.options import ACCESS, settings_options
from telnyx_mock.cli.table import print_table
from telnyx_mock.emulator import Emulator
from telnyx_mock.errors import ReceiverFailure, UsageError
from telnyx_mock.flows.all_flows import FLOWS, find_flow
from telnyx_mock.flows.flow import Flow
from telnyx_mock.reports.files import write
from telnyx_mock.settings import API_PORT, Settings
from telnyx_mock.simulator.call import NotPossible
from telnyx_mock.simulator.disturbances import Disturbances
from telnyx_mock.simulator.mermaid import mermaid as diagram
from telnyx_mock.simulator.simulation import Simulation
from telnyx_mock.simulator.transcript import Entry, columns
from telnyx_mock.transports.loading import load
from telnyx_mock.visible import visible_line


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
@click.option(
    "--html",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Draw the sequence diagram on an HTML page for people, in this file.",
)
@click.option(
    "--first",
    metavar="MODULE:FUNCTION",
    help="A function that is called before anybody does anything, such as one that dials.",
)
@click.option(
    "--disturb",
    "disturbing",
    type=click.Choice(["duplicated", "shuffled", "delayed", "lost"]),
    multiple=True,
    help="Let webhooks come twice, in another order, late, or at the second attempt; it may be given several times.",
)
@click.option(
    "--seed",
    metavar="N",
    type=click.IntRange(min=0),
    default=0,
    show_default=True,
    help="What --disturb does to each webhook: the same number does the same.",
)
@click.option(
    "--api",
    "api_port",
    type=click.IntRange(1, 65535),
    default=API_PORT,
    show_default=True,
    help="The port of the fake API, if TARGET is an address.",
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
    html: Path | None,
    first: str | None,
    disturbing: tuple[str, ...],
    seed: int,
    api_port: int,
    **access: Any,
) -> None:
    """Let people do what FLOW says with the app TARGET, and print each act, webhook and command.

    TARGET is an app or an address, as for 'check'. The server of an address must send its commands to the
    fake API, which listens while the flow is played. Without FLOW, list the flows. Times are virtual.

    The exit code is 0 if the app accepted every webhook, 1 if it did not, and 3 if the flow ended early
    because somebody could not do what it says.
    """
    if lists or flow_name is None:
        print_table(("FLOW", "WHAT HAPPENS"), [(each.name, each.about) for each in FLOWS.values()])
        return
    flow = find_flow(flow_name).having(_values(assignments))
    if target is None:
        raise UsageError(f"TARGET is missing: telnyx-mock play {flow.name} TARGET.")
    if flow.is_begun_by_app and first is None:
        raise UsageError(
            f"The app begins the flow {flow.name!r}: name the function of your app that does so, "
            "with --first MODULE:FUNCTION."
        )
    for file, empty in ((mermaid, b"sequenceDiagram\n"), (html, b"")):
        if file is not None:
            write(file, empty)  # before anything happens, say if it cannot be written
    with bound(target, Settings(**access), api_port) as (emulator, address):
        if address and first:
            raise UsageError("--first needs an app in this process, and TARGET is an address.")
        if address:
            echo(f"The commands of your server must come to TELNYX_BASE_URL={address}", err=True)
        does_first = partial(_do_first, first) if first else None
        disturbances = Disturbances(**dict.fromkeys(disturbing, True), seed=seed)
        story: list[Entry] = []
        problem = ""
        try:
            code, problem = _tell(flow, emulator, story, does_first, disturbances)
        finally:
            if mermaid is not None:
                write(mermaid, diagram(story).encode())
            if html is not None:
                from telnyx_mock.reports.html.flow_page import flow_page  # it loads jinja2

                write(html, flow_page(flow, target, story, problem))
        context.exit(code)


def _tell(
    flow: Flow,
    emulator: Emulator,
    story: list[Entry],
    first: Callable[[], object] | None,
    disturbances: Disturbances,
) -> tuple[ExitCode, str]:
    """Print each line of the flow, and add it to *story*. Return the exit code, and why the flow ended early, if it did."""
    from telnyx_mock.simulator.player import Player

    def tell(entry: Entry) -> None:
        story.append(entry)
        at, who, what = columns(entry, own=story[0].telephone)
        echo(visible_line(f"{at:>9}  {who:<12}  {what}"))

    try:
        simulation = Simulation(emulator, emulator.api)
        simulation.disturbances = disturbances
        Player(simulation, flow, tell).play(first)
    except NotPossible as problem:
        sentence = f"The flow ends here: {visible_line(problem.sentence)}"
        echo(sentence)
        return ExitCode.INCONCLUSIVE, sentence
    except ReceiverFailure as failure:
        sentence = visible_line(str(failure).partition("\n")[0])
        echo(sentence)
        return ExitCode.ERRORS, sentence
    return ExitCode.CLEAN, ""


def _values(assignments: Iterable[str]) -> dict[str, str]:
    values = {}
    for assignment in assignments:
        name, equals, value = assignment.partition("=")
        if not equals or not value:
            raise UsageError(f"--set needs NAME=VALUE, as in digits=2, not {assignment!r}.")
        values[name] = value
    return values


def _do_first(name: str) -> None:
    """Call the user's function *name*. It may be async."""
    result = load(f"{name.removesuffix('()')}()")
    if inspect.iscoroutine(result):
        asyncio.run(result)
