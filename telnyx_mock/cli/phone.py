"""``telnyx-mock phone``: serve a page on which the user plays calls with the app."""

from __future__ import annotations

from typing import Any

import click

from telnyx_mock.cli.app_output import escaped, noticing_exit
from telnyx_mock.cli.echo import echo
from telnyx_mock.cli.exit_codes import ExitCode
from telnyx_mock.cli.options import ACCESS, settings_options
from telnyx_mock.contract.opening.receiver_opener import Opener
from telnyx_mock.emulator import Emulator
from telnyx_mock.settings import Settings
from telnyx_mock.signing.keys import KeyPair
from telnyx_mock.transports.added_headers import added_headers
from telnyx_mock.transports.environment import (
    added_variables,
    receiver_environment,
    variables,
    without_key,
)
from telnyx_mock.transports.throttle import Budget, Throttled

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
def command(target: str, port: int, **access: Any) -> None:
    """Serve a page on which you play calls with the app TARGET, until Ctrl+C.

    You ring, press keys, speak and hang up; you see what the caller hears, each webhook and each command.
    TARGET is an app, as for 'check'. Only this machine can reach the page.
    """
    from telnyx_mock.phone.switchboard import Switchboard
    from telnyx_mock.phone.web import PhoneApp
    from telnyx_mock.transports.loopback_server import HOST, LoopbackServer

    settings = Settings(**access)
    pair = KeyPair.load(settings.key) if settings.key else KeyPair.generate()
    added = variables({**without_key(settings.key), **added_variables(settings.env)})
    own_exit = noticing_exit(ExitCode.NOT_RUN)
    with receiver_environment(pair.public_key), added, escaped(), own_exit:
        receiver = Opener(settings).open(target)
        emulator = Emulator(
            Throttled(receiver, Budget(), added_headers(settings.headers)), key=pair
        )
        try:
            board = Switchboard(emulator)
            server = LoopbackServer(PhoneApp(board, target), port, "The page")
            try:
                echo(f"Here is a telephone for {target}. Stop it with Ctrl+C.")
                echo(f"http://{HOST}:{server.port}/")
                board.serve()
            except KeyboardInterrupt:
                pass
            finally:
                server.close()
        finally:
            emulator.unbind()
            receiver.close()
