"""``telnyx-mock verify``: tell whether a request is genuine, and the reason if it is not."""

from __future__ import annotations

from typing import BinaryIO

import click

from telnyx_mock.cli.echo import echo
from telnyx_mock.cli.options import Number
from telnyx_mock.clock import SYSTEM_CLOCK
from telnyx_mock.payload.request import SIGNATURE_HEADER, TIMESTAMP_HEADER, Request
from telnyx_mock.signing.verification import TOLERANCE, verify


@click.command("verify")
@click.argument("body", type=click.File("rb", lazy=True), default="-")
@click.option(
    "--public-key",
    envvar="TELNYX_PUBLIC_KEY",
    required=True,
    help="The public key in base64, as the portal shows it.",
)
@click.option("--timestamp", required=True, help="The header telnyx-timestamp.")
@click.option("--signature", required=True, help="The header telnyx-signature-ed25519.")
@click.option(
    "--now",
    type=Number(min=0),
    metavar="SECONDS",
    help="Verify as of this time, in Unix seconds; now if not given.",
)
@click.option(
    "--tolerance",
    type=Number(min=0),
    metavar="SECONDS",
    default=TOLERANCE,
    show_default=True,
    help="The largest difference between the timestamp and the clock, in either direction.",
)
@click.pass_context
def command(
    context: click.Context,
    body: BinaryIO,
    public_key: str,
    timestamp: str,
    signature: str,
    now: float | None,
    tolerance: float,
) -> None:
    """Tell whether the signature in the headers fits BODY.

    BODY is a file; without one, standard input is read. The exit code is 0 if the request is
    genuine, and 1 if it is not.
    """
    headers = (
        (TIMESTAMP_HEADER, _bytes(timestamp)),
        (SIGNATURE_HEADER, _bytes(signature)),
    )
    at = SYSTEM_CLOCK.now() if now is None else now
    verdict = verify(public_key, Request(headers, body.read()), now=at, tolerance=tolerance)
    echo(f"{verdict.reason.value}: {verdict.explanation}")
    context.exit(0 if verdict.ok else 1)


def _bytes(text: str) -> bytes:
    """Return *text* as the bytes that the shell gave, which may be invalid UTF-8."""
    return text.encode(errors="surrogateescape")
