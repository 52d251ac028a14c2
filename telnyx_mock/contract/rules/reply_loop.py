"""The receiver does not reply to its own messages.

Telnyx reports on each message that the receiver sends, at the same address that gets incoming
messages. A receiver that mistakes the report for a message replies to it. Then it gets a report on
that reply, and so on.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from typing import Any

from telnyx_mock.catalogue.registry import find
from telnyx_mock.contract.engine.finding import Finding
from telnyx_mock.contract.engine.reason import Skipped, Why
from telnyx_mock.contract.engine.rule import Check, Rule, Scope
from telnyx_mock.contract.engine.rule_context import Context
from telnyx_mock.delivery import Delivery
from telnyx_mock.fake_api.command import Command
from telnyx_mock.payload.webhook import webhook
from telnyx_mock.provider_urls import MESSAGING_GUIDE
from telnyx_mock.schema.event import Event
from telnyx_mock.severity import Severity

INBOUND = "message.received"
REPORTS = ("message.sent", "message.finalized")

REPLIES = 3
"""This many replies to replies are a loop, because one or two may be on purpose."""

RECEIVER, CORRESPONDENT = "+13125550199", "+13125550142"
"""The numbers of the receiver, and of the person who writes to it."""


def _loops(check: Check, context: Context, event: Event) -> Iterator[Finding]:
    acting = context.acting().get("messaging", ())
    if find(INBOUND) not in acting or not _send(context, INBOUND, CORRESPONDENT, RECEIVER)[1]:
        raise Skipped(Why.NO_REPLY, INBOUND)
    # A reply to a report goes to the sender of the message; a message that follows one up does not.
    sender, recipient = RECEIVER, CORRESPONDENT
    for _ in range(REPLIES):
        for report in REPORTS:
            delivery, replied = _send(context, report, sender, recipient)
            if replied:
                break
        else:
            return
        sender, recipient = recipient, sender
    yield check.finding(
        delivery,
        "about the receiver's own message made it reply to the sender of that message; the "
        f"report on that reply made it reply again, {REPLIES} times in a row",
        "200, and no message",
        alone=False,
    )


def _send(context: Context, name: str, sender: str, recipient: str) -> tuple[Delivery, bool]:
    """Deliver an event *name* about a message, and tell whether its sender gets a reply.

    The receiver must be idle before: a thread of the app may still act on an earlier event.
    """
    context.observer.wait_until_idle(probed=False)
    parties: dict[str, Any] = {"from.phone_number": sender, "to[0].phone_number": recipient}
    send = partial(context.sender.send, webhook(name, **parties))
    delivery, effects = context.observer.observe_soon(send, probed=False)
    return delivery, any(sender in _recipients(command) for command in effects.commands)


def _recipients(command: Command) -> list[object]:
    """Return the recipients of the message that *command* sends; empty for any other command."""
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
        "Telnyx sends message.sent and message.finalized to the same address as "
        "message.received, with the same fields. A receiver that replies to all of them sends "
        "messages without end.",
        MESSAGING_GUIDE,
        "Read data.event_type, and reply only to message.received.",
        _loops,
    ),
)
