"""``telnyx-mock api``: serve the fake API on this machine, until the user stops it."""

from __future__ import annotations

import threading

import click

from telnyx_mock.cli.echo import echo
from telnyx_mock.settings import API_PORT


@click.command("api")
@click.option(
    "--port",
    type=click.IntRange(0, 65535),
    default=API_PORT,
    show_default=True,
    help="The port to listen on; 0 chooses a free one.",
)
@click.option(
    "--stateless",
    is_flag=True,
    help="Answer every operation in its documented shape, whatever happened before.",
)
def command(port: int, stateless: bool) -> None:
    """Serve a fake of the Telnyx API on this machine, until Ctrl+C.

    The official SDKs find it by TELNYX_BASE_URL. Any API key will do; a request without one is refused.
    Only this machine can reach the server.
    """
    from telnyx_mock.fake_api.api_server import ApiServer
    from telnyx_mock.fake_api.asgi import with_state, without_state

    server = ApiServer(without_state if stateless else with_state, port)
    echo(f"The fake Telnyx API listens. Stop it with Ctrl+C.\nTELNYX_BASE_URL={server.base_url}")
    try:
        threading.Event().wait()
    except KeyboardInterrupt:
        server.close()
