"""``telnyx-mock keys``: make key pairs for receivers that run in another process."""

from __future__ import annotations

from pathlib import Path

import click

from telnyx_mock.cli.echo import echo
from telnyx_mock.signing.keys import KeyPair


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
    help="Write the private key to this file.",
)
def new(path: Path) -> None:
    """Make a key pair.

    The private key goes into a file and is never printed; the public key is printed. Give the
    receiver the public key as TELNYX_PUBLIC_KEY. Give telnyx-mock the file, with --key file:PATH.
    """
    key = KeyPair.generate()
    key.save(path)
    echo(f"TELNYX_PUBLIC_KEY={key.public_key}")
    echo(f"The private key is in {path}. Use it with --key file:{path}", err=True)
