"""Sends requests at the same moment while the Telnyx API answers slowly, so that they overlap."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import TypeAlias

from telnyx_mock.contract.effects.effects import Effects
from telnyx_mock.contract.engine.rule_context import Context
from telnyx_mock.delivery import Delivery
from telnyx_mock.payload.request import Request

ROUNDS = 3
"""How often a race is tried, because a receiver does not lose it every time."""

Observe: TypeAlias = Callable[[Callable[[], list[Delivery]]], tuple[list[Delivery], Effects]]
"""A method of the observer: it calls a function that sends, and also returns the effects."""


def send_at_once(
    context: Context, requests: Sequence[Request], observe: Observe
) -> tuple[list[Delivery], Effects]:
    """Send *requests* at the same moment; return their deliveries and all effects."""
    with context.emulator.api.taking(context.patience.api_latency):
        return observe(partial(context.sender.send_at_once, requests))
