"""Sends one request to a target, and prints what came of it."""

from __future__ import annotations

from dataclasses import replace

import click

from telnyx_mock.attacks.forgeries import FORGERIES, Expected
from telnyx_mock.contract.engine.opener import Opener
from telnyx_mock.delivery import Delivery
from telnyx_mock.emulator import Emulator
from telnyx_mock.payload.request import Request
from telnyx_mock.settings import Settings
from telnyx_mock.signing.keys import KeyPair
from telnyx_mock.transports.added_headers import added_headers
from telnyx_mock.transports.environment import receiver_environment
from telnyx_mock.transports.throttle import Budget, Throttled

__all__ = ["did_right", "send_once"]


def send_once(request: Request, pair: KeyPair, target: str, settings: Settings) -> Delivery:
    """Send *request*, which *pair* signed, to *target*; print the answer, and what it led to."""
    with receiver_environment(pair.public_key):
        receiver = Opener(settings).open(target)
        # One request needs no bound, but the user's headers.
        emulator = Emulator(
            Throttled(receiver, Budget(), added_headers(settings.headers)), key=pair
        )
        try:
            if not settings.key and not receiver.in_process:
                click.echo(
                    "Signed with a key made just now, which the receiver cannot know; "
                    "give --key if it verifies.",
                    err=True,
                )
            delivery = emulator.send(request)
            # Those of work in the background, too.
            delivery = replace(delivery, commands=tuple(emulator.api.commands))
            _print(delivery)
        finally:
            emulator.unbind()
            receiver.close()
    for call in delivery.blocked:
        click.echo(f"telnyx-mock: The receiver made a call that was refused: {call}", err=True)
    return delivery


def did_right(delivery: Delivery) -> bool:
    """Whether the receiver did what it owes such a request."""
    request = delivery.request
    if request.forgery is not None:
        forgery = FORGERIES[request.forgery]
        acted = any(command.method not in ("GET", "HEAD") for command in delivery.commands)
        wrongly = acted and forgery.expected is not Expected.SURVIVED  # which may be accepted
        return forgery.allows(delivery.status) and not wrongly
    if request.malformed is not None or request.webhook is None:
        return delivery.status is not None and delivery.status < 500
    return delivery.accepted


def _print(delivery: Delivery) -> None:
    click.echo(f"{delivery.sent()}: {delivery.answer()} in {delivery.elapsed * 1000:.0f} ms")
    for command in delivery.commands:
        click.echo(f"command: {command.method} {command.path}")
    if delivery.body:
        click.echo(delivery.body[:4000].decode("utf-8", "replace"))
    if delivery.crash:
        click.echo(delivery.crash, err=True)
