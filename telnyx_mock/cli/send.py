"""``telnyx-mock send``: one signed webhook, now."""

from __future__ import annotations

import sys

import click

from telnyx_mock.cli.exits import Exit
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
@click.option("--path", default="/", help="Where webhooks go, such as /webhooks.")
@override_options
@click.option("--forge", "forgery", metavar="NAME", help="Send a lie instead; see 'forgeries'.")
@click.option("--layout", metavar="NAME", help="How the body is written: indented, escaped, ...")
@click.option("--key", metavar="REF", help="The private key: env:NAME or file:PATH.")
@click.option("--allow-host", "hosts", multiple=True, metavar="HOST", help="Allow sending to it.")
@click.option("--dry-run", is_flag=True, help="Print the request; send nothing.")
@click.pass_context
def command(
    context: click.Context,
    event: str,
    target: str | None,
    path: str,
    assignments: tuple[str, ...],
    absent: tuple[str, ...],
    loose: bool,
    forgery: str | None,
    layout: str | None,
    key: str | None,
    hosts: tuple[str, ...],
    dry_run: bool,
) -> None:
    """Send one webhook of EVENT to TARGET, and print the answer.

    TARGET is an address or an app, as for 'check'. The exit code is 0 if the receiver did right:
    accepted what is genuine, refused what is forged; and 1 if it did not.
    """
    values = overrides(event, assignments, absent)
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
        _print_request(request)
        return
    if target is None:
        raise UsageError("There is no TARGET to send to; give one, or --dry-run.")
    if key is None and "://" in target:
        click.echo(
            "Signed with a key made just now, which the receiver cannot know; "
            "give --key if it verifies.",
            err=True,
        )
    with receiver_environment(pair.public_key):
        receiver = open_target(target, path=path, allowed_hosts=hosts)
        emulator = Emulator(receiver, key=pair)
        try:
            delivery = emulator.send(request)
        finally:
            emulator.unbind()
            receiver.close()
    _print_delivery(delivery)
    right = delivery.accepted if forgery is None else delivery.refused
    context.exit(Exit.CLEAN if right else Exit.ERRORS)


def _print_request(request: Request) -> None:
    query = b"?" + request.query if request.query else b""
    out = sys.stdout.buffer
    out.write(request.method.encode() + b" " + query + b" HTTP/1.1\n")
    for name, value in request.headers:
        out.write(name + b": " + value + b"\n")
    out.write(b"\n" + request.body + b"\n")
    out.flush()


def _print_delivery(delivery: Delivery) -> None:
    click.echo(f"{delivery.sent()}: {delivery.answer()} in {delivery.elapsed * 1000:.0f} ms")
    for command in delivery.commands:
        click.echo(f"command: {command.method} {command.path}")
    if delivery.body:
        click.echo(delivery.body[:4000].decode("utf-8", "replace"))
    if delivery.crash:
        click.echo(delivery.crash, err=True)
