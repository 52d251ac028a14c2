"""The receiver does not answer the messages that it sends itself.

Telnyx reports on each message that was sent at the same address at which messages come in. A
receiver that takes such a report for a message replies to it, is told of the reply, and so on.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from typing import Any

from telnyx_mock.catalogue.registry import find
from telnyx_mock.contract.engine.context import Context
from telnyx_mock.contract.engine.finding import Finding
from telnyx_mock.contract.engine.reason import Skipped, Why
from telnyx_mock.contract.engine.rule import Check, Rule, Scope
from telnyx_mock.delivery import Delivery
from telnyx_mock.fake_api.command import Command
from telnyx_mock.payload.webhook import webhook
from telnyx_mock.provider import MESSAGING_GUIDE
from telnyx_mock.schema.event import Event
from telnyx_mock.severity import Severity

__all__ = ["RULES"]

INBOUND = "message.received"
REPORTS = ("message.sent", "message.finalized")

ROUNDS = 3
"""How many replies to replies are a loop: one or two may be what somebody wants."""

MINE, THEIRS = "+13125550199", "+13125550142"


def _loops(check: Check, context: Context, event: Event) -> Iterator[Finding]:
    of_family = context.acting().get("messaging", ())
    replies = find(INBOUND) in of_family and _told(context, INBOUND, THEIRS, MINE)[1]
    if not replies:
        raise Skipped(Why.NO_REPLY, INBOUND)
    # A reply to a report goes to the number that the message came from, which no follow-up does.
    parties = MINE, THEIRS
    for _ in range(ROUNDS):
        for name in REPORTS:
            delivery, replies = _told(context, name, *parties)
            if replies:
                break
        else:
            return
        parties = parties[1], parties[0]
    yield check.finding(
        delivery,
        "about a reply of the receiver's own led to another reply, to the number that had sent it; "
        f"so did the report on that one, {ROUNDS} times in a row",
        "200, and no message",
        alone=False,
    )


def _told(context: Context, name: str, sender: str, recipient: str) -> tuple[Delivery, bool]:
    """The delivery of an event *name* about a message, and whether its sender was written to."""
    parties: dict[str, Any] = {"from.phone_number": sender, "to[0].phone_number": recipient}
    send = partial(context.sender.send, webhook(name, **parties))
    delivery, effects = context.observer.observe_soon(send, probed=False)
    return delivery, any(sender in _recipients(command) for command in effects.commands)


def _recipients(command: Command) -> list[object]:
    """Whom a *command* writes to; empty where it sends no message."""
    if not command.name.startswith("messages"):
        return []
    to = command.parameters.get("to")
    return to if isinstance(to, list) else [to]


RULES: tuple[Rule, ...] = (
    Rule(
        "no-reply-loop",
        "does not reply to its own messages",
        Severity.ERROR,
        Scope.RUN,
        "message.sent and message.finalized come to the same address as message.received, and have "
        "the same fields: a receiver that replies to each of them writes messages without end.",
        MESSAGING_GUIDE,
        "Look at data.event_type, and reply to message.received alone.",
        _loops,
    ),
)
