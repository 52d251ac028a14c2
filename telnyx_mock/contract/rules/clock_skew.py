"""The receiver accepts what is a little late, or dated by a clock that is a little off."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import replace

from telnyx_mock.contract.engine.context import Context
from telnyx_mock.contract.engine.finding import Finding
from telnyx_mock.contract.engine.rule import Check, Rule, Scope
from telnyx_mock.contract.rules.accepts import unaccepted
from telnyx_mock.payload.draft import Draft
from telnyx_mock.payload.webhook import sample
from telnyx_mock.provider import MESSAGING_GUIDE
from telnyx_mock.schema.event import Event
from telnyx_mock.severity import Severity
from telnyx_mock.signing.sign import sign
from telnyx_mock.signing.verification import TOLERANCE

__all__ = ["RULES"]


def _skewed(check: Check, context: Context, event: Event) -> Iterator[Finding]:
    yield from _signed_at(check, context, event, (-60, 60, -240, 240))


def _edge(check: Check, context: Context, event: Event) -> Iterator[Finding]:
    yield from _signed_at(check, context, event, (1 - TOLERANCE, TOLERANCE - 1))


def _signed_at(
    check: Check, context: Context, event: Event, skews: tuple[int, ...]
) -> Iterator[Finding]:
    """Send the sample with its time off by each of *skews*; one finding for each direction."""
    context.baseline.require_accepted(event)
    guilty: set[bool] = set()
    for skew in skews:
        emulator = context.emulator
        now = emulator.clock.now()
        # Rounded towards now, so that it is off by no more than it says.
        timestamp = math.ceil(now) + skew if skew < 0 else int(now) + skew
        draft = Draft(sample(event.name).fresh(now))
        delivery = context.sender.send(sign(draft, emulator.key, timestamp=timestamp))
        how = f"signed {abs(skew)} s {'ago' if skew < 0 else 'ahead'}"
        finding = unaccepted(check, delivery, how, fix=check.rule.fix)
        if finding is not None and (skew < 0) not in guilty:
            guilty.add(skew < 0)
            yield replace(finding, reproduce="")  # the command would sign at the right time


RULES: tuple[Rule, ...] = (
    Rule(
        "accepts-clock-skew",
        "accepts what is up to four minutes late, or four minutes ahead",
        Severity.ERROR,
        Scope.CONTENT_TYPE,
        "A delivery may have waited, and clocks differ. The guides allow five minutes; the "
        "official SDKs do, both ways.",
        MESSAGING_GUIDE,
        "Compare the timestamp with your clock in whole seconds since 1970, UTC, and allow 300 s "
        "both ways.",
        _skewed,
    ),
    Rule(
        "accepts-edge-of-tolerance",
        "accepts what is just within five minutes, either way",
        Severity.ADVICE,
        Scope.CONTENT_TYPE,
        "The guides say five minutes, and the official SDKs take 300 s for it, both ways.",
        MESSAGING_GUIDE,
        "Allow 300 s both ways, the 300th included.",
        _edge,
    ),
)
