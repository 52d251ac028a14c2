"""What a run is pointed at, as the command line takes it: a target, a path, a key, hosts."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import click

from telnyx_mock.contract.reproduce.target import Target
from telnyx_mock.transports.loading import is_address
from telnyx_mock.transports.tls import trusting

__all__ = ["Target", "plugin_options", "target_options"]


def _trusted(context: click.Context, parameter: click.Parameter, value: str | None) -> str | None:
    """*value*, once it is known that certificates can be verified with it, needed or not."""
    if value:
        trusting(value)
    return value


def target_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """The options of a command that sends something to a target."""
    for option in (
        click.option(
            "--ca-bundle",
            type=click.Path(dir_okay=False),
            metavar="FILE",
            callback=_trusted,
            help="Certificates (PEM) to verify an https address with.",
        ),
        click.option(
            "--header",
            "headers",
            multiple=True,
            metavar="HEADER",
            help="Add 'X-Env: staging', or 'X-Token: env:NAME' for a secret, to each request.",
        ),
        click.option(
            "--allow-host", "hosts", multiple=True, metavar="HOST", help="Allow sending to it."
        ),
        click.option("--key", metavar="REF", help="The private key: env:NAME or file:PATH."),
        click.option("--path", metavar="PATH", help="Where webhooks go, such as /webhooks."),
    ):
        command = option(command)
    return command


def plugin_options(target: Target) -> list[str]:
    """The options that name the receiver to the pytest plugin."""
    return [
        f"--telnyx-{'url' if is_address(target.name) else 'app'}={target.name}",
        *([f"--telnyx-path={target.path}"] if target.path is not None else []),
        *([f"--telnyx-key={target.key}"] if target.key is not None else []),
        *(f"--telnyx-allow-host={host}" for host in target.hosts),
        *(f"--telnyx-header={header}" for header in target.headers),
        *([f"--telnyx-ca-bundle={target.ca_bundle}"] if target.ca_bundle else []),
    ]
