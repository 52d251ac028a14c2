"""Sends requests at the same moment, while the Telnyx API answers slowly enough for them to meet."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import TypeAlias

from telnyx_mock.contract.effects.effects import Effects
from telnyx_mock.contract.engine.rule_context import Context
from telnyx_mock.delivery import Delivery
from telnyx_mock.payload.request import Request

__all__ = ["ROUNDS", "Observe", "send_at_once"]

ROUNDS = 3
"""How often a race is tried: a receiver does not lose it every time."""

Observe: TypeAlias = Callable[[Callable[[], list[Delivery]]], tuple[list[Delivery], Effects]]
"""A method of the observer: calls a function that sends, and returns the effects too."""


def send_at_once(
    context: Context, requests: Sequence[Request], observe: Observe
) -> tuple[list[Delivery], Effects]:
    """The deliveries of *requests* that are sent at the same moment, and their effects together."""
    with context.emulator.api.taking(context.patience.api_latency):
        return observe(partial(context.sender.send_at_once, requests))
