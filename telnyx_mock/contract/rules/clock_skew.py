"""The receiver accepts webhooks that are a little late, or signed by a slightly wrong clock."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import replace
from functools import partial

from telnyx_mock.contract.engine.finding import Finding
from telnyx_mock.contract.engine.rule import Check, Rule, Scope
from telnyx_mock.contract.engine.rule_context import Context
from telnyx_mock.contract.rules.genuine import finding_if_unaccepted
from telnyx_mock.delivery import Delivery
from telnyx_mock.payload.draft import Draft
from telnyx_mock.payload.webhook import sample
from telnyx_mock.provider_urls import MESSAGING_GUIDE
from telnyx_mock.schema.event import Event
from telnyx_mock.severity import Severity
from telnyx_mock.signing.sign import sign
from telnyx_mock.signing.verification import TOLERANCE


def _check_skews(check: Check, context: Context, event: Event) -> Iterator[Finding]:
    return _check_timestamps(check, context, event, (-60, 60, -240, 240))


def _check_edges(check: Check, context: Context, event: Event) -> Iterator[Finding]:
    return _check_timestamps(check, context, event, (1 - TOLERANCE, TOLERANCE - 1))


def _check_timestamps(
    check: Check, context: Context, event: Event, skews: tuple[int, ...]
) -> Iterator[Finding]:
    """Send the sample with timestamps that are wrong by each of *skews*, in seconds.

    Yield at most one finding for the past, and one for the future.
    """
    context.baseline.require_accepted(event)
    found: set[bool] = set()
    for skew in skews:
        is_past = skew < 0
        if is_past in found:
            continue
        how = f"with a timestamp {abs(skew)} s in the {'past' if is_past else 'future'}"
        send = partial(_send_skewed, context, event, skew)
        fix = check.rule.fix
        finding = finding_if_unaccepted(check, context, event, send, how, fix=fix)
        if finding is not None:
            found.add(is_past)
            yield replace(finding, reproduce="")  # the command would sign with the current time


def _send_skewed(context: Context, event: Event, skew: int) -> Delivery:
    emulator = context.emulator
    now = emulator.clock.now()
    # Rounded towards now, so that the timestamp is off by at most the skew.
    timestamp = math.ceil(now) + skew if skew < 0 else int(now) + skew
    draft = Draft(sample(event.name).fresh(now))
    return context.sender.send(sign(draft, emulator.key, timestamp=timestamp))


RULES: tuple[Rule, ...] = (
    Rule(
        "accepts-clock-skew",
        "accepts timestamps up to four minutes in the past or in the future",
        Severity.ERROR,
        Scope.CONTENT_TYPE,
        "A delivery may wait on its way, and clocks differ. The guides and the official SDKs "
        "allow five minutes in both directions.",
        MESSAGING_GUIDE,
        "Compare the timestamp with your clock in whole seconds since 1970 (UTC). Allow a "
        "difference of 300 s in both directions.",
        _check_skews,
    ),
    Rule(
        "accepts-edge-of-tolerance",
        "accepts timestamps that are almost five minutes in the past or in the future",
        Severity.ADVICE,
        Scope.CONTENT_TYPE,
        "The guides allow five minutes, and the official SDKs allow 300 s, in both directions.",
        MESSAGING_GUIDE,
        "Allow a difference of up to 300 s in both directions; exactly 300 s is still allowed.",
        _check_edges,
    ),
)
