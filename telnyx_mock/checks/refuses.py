"""The receiver refuses what Telnyx did not send: forgeries, and junk without a signature.

A refusal counts only if the genuine twin of the forgery was accepted, and only if the receiver
had no effect on the Telnyx API while it refused.
"""

from __future__ import annotations

import base64
from collections.abc import Iterator
from dataclasses import replace

from telnyx_mock.checks.campaign import Campaign
from telnyx_mock.checks.check import Check, Scope
from telnyx_mock.checks.finding import Finding
from telnyx_mock.delivery import Delivery
from telnyx_mock.events.model import ContentType, Event
from telnyx_mock.forgeries import FORGERIES
from telnyx_mock.forgeries.forgery import Forgery
from telnyx_mock.request import SIGNATURE_HEADER, Request
from telnyx_mock.severity import Severity
from telnyx_mock.webhook import sample

__all__ = ["REFUSES"]

SIGNING_GUIDE = "https://developers.telnyx.com/docs/messaging/messages/receiving-webhooks"
EXPECTED = "4xx, and no effect"


def _unrefused(check: Check, delivery: Delivery, effects: tuple[str, ...]) -> Finding | None:
    """The finding that a forged *delivery* makes, if it was not refused without *effects*."""
    status, severity, fix = delivery.status, check.severity, check.fix
    if effects:
        problem = f"had an effect: the receiver sent the command {' and '.join(effects)}"
        severity = Severity.ERROR
    elif delivery.refused:
        return None
    elif status is None:
        problem = "got no answer"
    elif status >= 500:
        problem = f"made the receiver fail with {status}"
        fix = (
            "Take whatever is missing or malformed in a request for a failed verification, and "
            "answer 401 or 403."
        )
    elif status >= 300:
        problem = f"was answered with the redirect {status}, not refused"
        severity = min(severity, Severity.WARNING, key=_rank)
    else:
        problem = f"was accepted with {status}"
    return check.finding(delivery, problem, EXPECTED, severity=severity, fix=fix)


def _rank(severity: Severity) -> int:
    return [Severity.ADVICE, Severity.WARNING, Severity.ERROR].index(severity)


def _refuses(forgery: Forgery) -> Check:
    def look(check: Check, campaign: Campaign, event: Event) -> Iterator[Finding]:
        campaign.require_twin(event)
        delivery, effects = campaign.attack(sample(event.name), forge=forgery.name)
        finding = _unrefused(check, delivery, effects)
        if finding is not None:
            yield finding

    return Check(
        f"refuses-{forgery.name}",
        f"refuses {forgery.name}",
        forgery.severity,
        Scope.FAMILY,
        f"A receiver that falls for it {forgery.reason}.",
        SIGNING_GUIDE,
        "Verify every request over timestamp|body with the account's public key before anything "
        "else, and answer 401 or 403 if it fails for whatever reason.",
        look,
    )


JSON_JUNK: dict[str, bytes] = {
    "an empty body": b"",
    "cut-off JSON": b'{"data": {',
    "null": b"null",
    "a list": b"[]",
    "a string": b'"call.initiated"',
    "bytes that are not UTF-8": b'{"data": "\xff\xfe"}',
    "JSON nested 2,000 deep": b"[" * 2000 + b"]" * 2000,
}
FORM_JUNK: dict[str, bytes] = {
    "an empty body": b"",
    "percent signs": b"%%%=%zz",
    "bytes that are not UTF-8": b"CallSid=%ff%fe&From=\xff",
    "JSON": b'{"CallSid": "v3:1"}',
}


def _survives_junk(check: Check, campaign: Campaign, event: Event) -> Iterator[Finding]:
    campaign.require_twin(event)
    junk = FORM_JUNK if event.content_type is ContentType.FORM else JSON_JUNK
    answers: set[str] = set()
    for description, body in junk.items():
        for signed in (False, True):
            delivery, effects = campaign.attack(_junk(campaign, event, body, signed=signed))
            finding = _unrefused(check, delivery, effects)
            if finding is not None and delivery.answer() not in answers:
                answers.add(delivery.answer())
                how = "with a false signature" if signed else "without a signature"
                message = (
                    f"A request with {description}, {how}, "
                    + finding.message.partition(" ")[2].partition(" ")[2]
                )
                yield replace(finding, message=message, event=event.name)


def _junk(campaign: Campaign, event: Event, body: bytes, *, signed: bool) -> Request:
    genuine = campaign.emulator.request(sample(event.name))
    false_signature = base64.b64encode(bytes(range(64))) if signed else None
    request = genuine.with_headers((SIGNATURE_HEADER, false_signature))
    return replace(request, body=body, webhook=None)


REFUSES: tuple[Check, ...] = (
    *(_refuses(forgery) for forgery in FORGERIES.values()),
    Check(
        "survives-junk",
        "refuses unsigned junk without failing",
        Severity.ERROR,
        Scope.FAMILY,
        "Anyone can send anything to a public address; a failure there is noise in your alarms, "
        "and shows that something runs before the signature is verified.",
        SIGNING_GUIDE,
        "Verify the raw bytes first, and parse only what is genuine.",
        _survives_junk,
    ),
)
