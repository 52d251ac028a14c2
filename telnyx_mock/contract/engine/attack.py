"""Sends a forgery, and observes whether it makes the receiver send a command."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial

from telnyx_mock.contract.effects.effects import Effects
from telnyx_mock.contract.engine.request_sender import call_of
from telnyx_mock.contract.engine.rule_context import Context
from telnyx_mock.delivery import Delivery
from telnyx_mock.payload.request import Request
from telnyx_mock.payload.webhook import Webhook

SIMPLEST_FORGERIES = ("signature-missing", "signature-by-another-key")
"""The forgeries that show whether a receiver verifies signatures at all."""


def attack(
    context: Context, what: Webhook | Request, *, forge: str | None = None
) -> tuple[Delivery, Effects]:
    """Send *what*, with the forgery *forge* if it is given.

    The result is that of :func:`attack_with`.
    """
    return attack_with(context, partial(context.sender.send, what, forge=forge))


def attack_with(context: Context, send: Callable[[], Delivery]) -> tuple[Delivery, Effects]:
    """Call *send*, which sends a forgery. Return the delivery and the commands that it caused.

    A command may belong to an earlier webhook. So it counts only if it occurs again once the
    receiver is idle. Raises Inconclusive if a control is due and the receiver does not accept it.
    """
    context.sender.controls.settle_if_due()
    delivery, effects = _observe(context, send, 0.0)
    if effects:
        if not context.observer.wait_until_idle(probed=False):
            return delivery, Effects()
        delivery, effects = _observe(context, send, context.patience.effect)
    return delivery, effects


def _observe(
    context: Context, send: Callable[[], Delivery], seconds: float
) -> tuple[Delivery, Effects]:
    """Return the result of *send*, and the commands within *seconds*, except for genuine calls."""
    delivery, effects = context.observer.observe(
        send, seconds=seconds, until_seen=True, probed=False
    )
    genuine, own = context.sender.calls, call_of(delivery)
    commands = (
        each
        for each in effects.commands
        if each.call_control_id == own or each.call_control_id not in genuine
    )
    # A call to another service may well report the attack.
    return delivery, replace(effects, commands=tuple(commands), calls=())
