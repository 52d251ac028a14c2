"""``telnyx-mock verify``: whether a request is genuine, and if not, why."""

from __future__ import annotations

from typing import BinaryIO

import click

from telnyx_mock.cli.number import Number
from telnyx_mock.clock import SYSTEM_CLOCK
from telnyx_mock.payload.request import SIGNATURE_HEADER, TIMESTAMP_HEADER, Request
from telnyx_mock.signing.verification import TOLERANCE, verify

__all__ = ["command"]


@click.command("verify")
@click.argument("body", type=click.File("rb", lazy=True), default="-")
@click.option(
    "--public-key", envvar="TELNYX_PUBLIC_KEY", required=True, help="Base64, from the portal."
)
@click.option("--timestamp", required=True, help="The header telnyx-timestamp.")
@click.option("--signature", required=True, help="The header telnyx-signature-ed25519.")
@click.option("--now", type=Number(), metavar="SECONDS", help="Unix seconds; now, if not given.")
@click.option(
    "--tolerance",
    type=Number(),
    metavar="SECONDS",
    default=TOLERANCE,
    show_default=True,
    help="How far the timestamp may be from that.",
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
    """Tell whether BODY, a file or standard input, was signed as its headers say."""
    headers = (
        (TIMESTAMP_HEADER, _bytes(timestamp)),
        (SIGNATURE_HEADER, _bytes(signature)),
    )
    moment = SYSTEM_CLOCK.now() if now is None else now
    verdict = verify(public_key, Request(headers, body.read()), now=moment, tolerance=tolerance)
    click.echo(f"{verdict.reason.value}: {verdict.explanation}")
    context.exit(0 if verdict.ok else 1)


def _bytes(text: str) -> bytes:
    """*text* as it came from the shell, which may be no UTF-8."""
    return text.encode(errors="surrogateescape")
