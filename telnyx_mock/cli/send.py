"""``telnyx-mock send``: one signed webhook, now."""

from __future__ import annotations

from collections.abc import Iterable

import click

from telnyx_mock.api.command import Command
from telnyx_mock.cli.exits import Exit
from telnyx_mock.cli.target import target_options
from telnyx_mock.cli.values import override_options, overrides
from telnyx_mock.clock import SYSTEM_CLOCK
from telnyx_mock.delivery import Delivery
from telnyx_mock.draft import Draft
from telnyx_mock.emulator import Emulator
from telnyx_mock.errors import UsageError
from telnyx_mock.forgeries import forge
from telnyx_mock.receivers.environment import receiver_environment
from telnyx_mock.receivers.target import open_target
from telnyx_mock.request import Request
from telnyx_mock.signing import KeyPair
from telnyx_mock.webhook import webhook

__all__ = ["command"]


@click.command("send")
@click.argument("event")
@click.argument("target", required=False)
@target_options
@override_options
@click.option("--forge", "forgery", metavar="NAME", help="Send a lie instead; see 'forgeries'.")
@click.option("--layout", metavar="NAME", help="How the body is written: indented, escaped, ...")
@click.option("--dry-run", is_flag=True, help="Print the request; send nothing.")
@click.pass_context
def command(
    context: click.Context,
    event: str,
    target: str | None,
    path: str | None,
    key: str | None,
    hosts: tuple[str, ...],
    assignments: tuple[str, ...],
    absent: tuple[str, ...],
    loose: bool,
    forgery: str | None,
    layout: str | None,
    dry_run: bool,
) -> None:
    """Send one webhook of EVENT to TARGET, and print the answer.

    TARGET is an address or an app, as for 'check'. The exit code is 0 if the receiver did right:
    accepted what is genuine, refused what is forged; and 1 if it did not.
    """
    values = overrides(event, assignments, absent, loose=loose)
    pair = KeyPair.generate() if key is None else KeyPair.load(key)
    draft = Draft(webhook(event, strict=not loose, **values), layout)
    if forgery is not None and layout is not None:
        raise UsageError("--layout does not go with --forge: a forgery has the usual layout.")
    now = SYSTEM_CLOCK.now()
    request = (
        draft.signed(pair, int(now))
        if forgery is None
        else forge(forgery, draft.webhook, pair, now)
    )
    if dry_run:
        _print_request(request, path or "/")
        return
    if target is None:
        raise UsageError("There is no TARGET to send to; give one, or --dry-run.")
    with receiver_environment(pair.public_key):
        receiver = open_target(target, path=path or "/", allowed_hosts=hosts)
        emulator = Emulator(receiver, key=pair)
        try:
            if key is None and not receiver.in_process:
                click.echo(
                    "Signed with a key made just now, which the receiver cannot know; "
                    "give --key if it verifies.",
                    err=True,
                )
            delivery = emulator.send(request)
            _print_delivery(delivery, emulator.api.commands)
        finally:
            emulator.unbind()
            receiver.close()
    for call in delivery.blocked:
        click.echo(f"telnyx-mock: The receiver made a call that was refused: {call}", err=True)
    right = delivery.accepted if forgery is None else delivery.refused
    unclear = Exit.INCONCLUSIVE if delivery.blocked else Exit.ERRORS
    context.exit(Exit.CLEAN if right else unclear)


def _print_request(request: Request, path: str) -> None:
    query = b"?" + request.query if request.query else b""
    lines = [
        b"%b %b HTTP/1.1" % (request.method.encode(), path.encode() + query),
        *(b"%b: %b" % header for header in request.headers),
        b"",
        request.body,
    ]
    click.echo(b"\n".join(lines))


def _print_delivery(delivery: Delivery, commands: Iterable[Command]) -> None:
    click.echo(f"{delivery.sent()}: {delivery.answer()} in {delivery.elapsed * 1000:.0f} ms")
    for command in commands:
        click.echo(f"command: {command.method} {command.path}")
    if delivery.body:
        click.echo(delivery.body[:4000].decode("utf-8", "replace"))
    if delivery.crash:
        click.echo(delivery.crash, err=True)
