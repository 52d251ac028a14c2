"""Sends a forgery, and observes whether it leads to a command, whatever the answer is."""

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

__all__ = ["SIMPLEST_FORGERIES", "attack", "attack_with"]

SIMPLEST_FORGERIES = ("signature-missing", "signature-by-another-key")
"""The forgeries that show whether a receiver verifies signatures at all."""


def attack(
    context: Context, what: Webhook | Request, *, forge: str | None = None
) -> tuple[Delivery, Effects]:
    """Send *what*, forged as *forge* if that is given; see :func:`attack_with`."""
    return attack_with(context, partial(context.sender.send, what, forge=forge))


def attack_with(context: Context, send: Callable[[], Delivery]) -> tuple[Delivery, Effects]:
    """What *send*, which sends a forgery, returns, and the commands that the forgery led to.

    A command that shows now may belong to an earlier webhook. So it counts only if it shows again
    once the receiver is idle.
    """
    delivery, effects = _observe(context, send, 0.0)
    if effects:
        if not context.observer.wait_until_idle(probed=False):
            return delivery, Effects()
        delivery, effects = _observe(context, send, context.patience.effect)
    return delivery, effects


def _observe(
    context: Context, send: Callable[[], Delivery], seconds: float
) -> tuple[Delivery, Effects]:
    """What *send* returns, and the commands within *seconds* that no genuine webhook asked for."""
    delivery, effects = context.observer.observe(
        send, seconds=seconds, until_seen=True, probed=False
    )
    genuine = context.sender.calls - {call_of(delivery)}
    commands = (each for each in effects.commands if each.call_control_id not in genuine)
    return delivery, replace(effects, commands=tuple(commands))
