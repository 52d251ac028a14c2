"""``telnyx-mock keys``: key pairs for receivers that run in another process."""

from __future__ import annotations

from pathlib import Path

import click

from telnyx_mock.signing.keys import KeyPair

__all__ = ["command"]


@click.group("keys")
def command() -> None:
    """Make key pairs."""


@command.command("new")
@click.option(
    "--out",
    "path",
    type=click.Path(dir_okay=False, path_type=Path),
    default=Path("telnyx-mock.key"),
    show_default=True,
    help="The file for the private key. It is never printed.",
)
def new(path: Path) -> None:
    """Make a key pair: the private key goes into a file, the public key is printed.

    Give the receiver the public key as TELNYX_PUBLIC_KEY, and telnyx-mock the file, with
    --key file:PATH.
    """
    key = KeyPair.generate()
    key.save(path)
    click.echo(f"TELNYX_PUBLIC_KEY={key.public_key}")
    click.echo(f"The private key is in {path}; use it with --key file:{path}", err=True)
