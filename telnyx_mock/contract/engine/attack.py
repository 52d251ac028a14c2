"""Sends a forgery, and sees whether it leads to a command in spite of a refusal."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from telnyx_mock.contract.engine.context import Context
from telnyx_mock.contract.engine.sender import call_of
from telnyx_mock.delivery import Delivery
from telnyx_mock.payload.request import Request
from telnyx_mock.payload.webhook import Webhook

__all__ = ["attack", "watched"]


def attack(
    context: Context, what: Webhook | Request, *, forge: str | None = None
) -> tuple[Delivery, tuple[str, ...]]:
    """Send *what*, forged as *forge* if that is given; see :func:`watched`."""
    return watched(context, partial(context.sender.send, what, forge=forge))


def watched(context: Context, send: Callable[[], Delivery]) -> tuple[Delivery, tuple[str, ...]]:
    """What *send* returns for a forgery, and the names of the commands that the forgery led to.

    An earlier webhook may have led to a command that shows only now. So the command counts only if
    it shows again once the receiver is idle.
    """
    delivery, commands = _commands(context, send, 0.0)
    if commands:
        if not context.observer.wait_until_idle(probed=False):
            return delivery, ()
        delivery, commands = _commands(context, send, context.patience.effect)
    return delivery, commands


def _commands(
    context: Context, send: Callable[[], Delivery], seconds: float
) -> tuple[Delivery, tuple[str, ...]]:
    """What *send* returns, and the commands within *seconds* that no genuine webhook asked for."""
    delivery, effects = context.observer.observe(
        send, seconds=seconds, until_seen=True, probed=False
    )
    names = (
        command.name
        for command in effects.commands
        if command.call_control_id not in context.sender.calls
        or command.call_control_id == call_of(delivery)
    )
    return delivery, tuple(dict.fromkeys(names))
