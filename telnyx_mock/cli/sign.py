"""``telnyx-mock sign``: print the signature headers for a body."""

from __future__ import annotations

from typing import BinaryIO

import click

from telnyx_mock.cli.echo import echo
from telnyx_mock.cli.options import Whole
from telnyx_mock.clock import SYSTEM_CLOCK
from telnyx_mock.payload.request import SIGNATURE_HEADER, TIMESTAMP_HEADER
from telnyx_mock.signing.keys import KeyPair


@click.command("sign")
@click.argument("body", type=click.File("rb", lazy=True), default="-")
@click.option("--key", required=True, metavar="REF", help="The private key: env:NAME or file:PATH.")
@click.option(
    "--timestamp",
    type=Whole(min=0),
    metavar="SECONDS",
    help="Sign for this time, in Unix seconds; now if not given.",
)
def command(body: BinaryIO, key: str, timestamp: int | None) -> None:
    """Print the signature headers for BODY.

    BODY is a file; without one, standard input is read.
    """
    pair = KeyPair.load(key)
    stamp = str(int(SYSTEM_CLOCK.now()) if timestamp is None else timestamp).encode()
    echo(f"{TIMESTAMP_HEADER.decode()}: {stamp.decode()}")
    echo(f"{SIGNATURE_HEADER.decode()}: {pair.sign(stamp, body.read()).decode()}")
