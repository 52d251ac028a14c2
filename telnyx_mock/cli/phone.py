"""``telnyx-mock phone``: serve a page on which the user plays calls with the app."""

from __future__ import annotations

import sys
from contextlib import suppress
from typing import Any

import click

from telnyx_mock.cli.bound import bound
from telnyx_mock.cli.echo import echo
from telnyx_mock.cli.options import ACCESS, settings_options
from telnyx_mock.cli.watching import RELOAD, reload
from telnyx_mock.emulator import Emulator
from telnyx_mock.errors import UsageError
from telnyx_mock.settings import API_PORT, Settings

PORT = 12112
"""The port beside that of ``telnyx-mock api``."""


@click.command("phone")
@click.argument("target")
@settings_options(*ACCESS)
@click.option(
    "--port",
    type=click.IntRange(0, 65535),
    default=PORT,
    show_default=True,
    help="The port of the page; 0 chooses a free one.",
)
@click.option(
    "--api",
    "api_port",
    type=click.IntRange(0, 65535),
    default=API_PORT,
    show_default=True,
    help="The port of the fake API, if TARGET is an address; 0 chooses a free one.",
)
@click.option(
    RELOAD, "reloads", is_flag=True, help="Start again whenever a file of the project changes."
)
def command(target: str, port: int, api_port: int, reloads: bool, **access: Any) -> None:
    """Serve a page on which you play calls with the app TARGET, until Ctrl+C.

    You ring, press keys, speak, write and hang up; you see what people hear, each webhook and each command.
    TARGET is an app or an address, as for 'check'. The server of an address must send its commands to
    the fake API, whose address this command prints. Only this machine can reach the page.
    """
    if reloads:
        if not port:
            raise UsageError(f"{RELOAD} needs a port that stays the same; leave out --port 0.")
        reload(sys.argv[1:])
        return
    with (
        suppress(KeyboardInterrupt),
        bound(target, Settings(**access), api_port) as (emulator, address),
    ):
        if address:
            echo(f"Start your server with TELNYX_BASE_URL={address}")
        _serve(emulator, target, port)


def _serve(emulator: Emulator, target: str, port: int) -> None:
    from telnyx_mock.phone.switchboard import Switchboard
    from telnyx_mock.phone.web import PhoneApp
    from telnyx_mock.transports.loopback_server import HOST, LoopbackServer

    board = Switchboard(emulator)
    server = LoopbackServer(PhoneApp(board, target), port, "The page")
    try:
        echo(f"Here is a telephone for {target}. Stop it with Ctrl+C.")
        echo(f"http://{HOST}:{server.port}/")
        board.serve()
    finally:
        board.log.close()  # first, as the server waits for open requests
        server.close()
