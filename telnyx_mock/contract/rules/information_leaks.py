"""The receiver keeps its secrets, and the inside of its code, out of its answers.

What is sent here shows what any refusal shows, whichever checks are run beside these. What a rarer
answer shows was noted by the campaign, as far as that answer came in this process.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace

from telnyx_mock.contract.engine.campaign import Campaign
from telnyx_mock.contract.engine.finding import Finding
from telnyx_mock.contract.engine.leaks import SECRET, api_key, leaks
from telnyx_mock.contract.engine.rule import Check, Inconclusive, Scope, Skipped, excerpt
from telnyx_mock.delivery import Delivery
from telnyx_mock.payload.request import SIGNATURE_HEADER, TIMESTAMP_HEADER, Request
from telnyx_mock.payload.webhook import sample
from telnyx_mock.provider import WEBHOOK_LOG
from telnyx_mock.schema.event import Event
from telnyx_mock.severity import Severity
from telnyx_mock.transports.environment import API_KEY

__all__ = ["DISCRETION"]

CONTENT_TYPES = (b"application/json", b"application/x-www-form-urlencoded")
BODIES = (b"", b'{"data": {', b"null", b'{"data": "\xff"}')
WEAKNESS = "https://cwe.mitre.org/data/definitions/209.html"


def _given_away(campaign: Campaign, event: Event) -> dict[str, Delivery]:
    """What is given away, and an answer that does: one to what is sent here, if any of them does."""
    shown: dict[str, Delivery] = {}
    for delivery in _provoked(campaign, event):
        for what in leaks(delivery):
            shown.setdefault(what, delivery)
    return {**campaign.sending.leaked, **shown}


def _provoked(campaign: Campaign, event: Event) -> Iterator[Delivery]:
    """What receivers answer that parse before they verify, or tell why they refuse."""
    if not campaign.settings.forgeries_only:
        with suppress(Inconclusive):
            yield campaign.sample_of(event)
    yield campaign.send(sample(event.name), forge="signature-by-another-key")
    for content_type in CONTENT_TYPES:
        for body in BODIES:
            timestamp = str(int(campaign.emulator.clock.now())).encode("ascii")
            headers = ((b"content-type", content_type), (TIMESTAMP_HEADER, timestamp))
            yield campaign.send(Request((*headers, (SIGNATURE_HEADER, b"AAAA")), body))


def _secrets(check: Check, campaign: Campaign, event: Event) -> Iterator[Finding]:
    secret = api_key()
    if not secret:
        raise Skipped(
            f"which secrets the receiver has is not known: {API_KEY} is not set here, or so short "
            "that it may be in an answer by chance"
        )
    delivery = _given_away(campaign, event).get(SECRET)
    if delivery is not None:
        finding = check.finding(delivery, f"was answered with {SECRET}", "an answer without it")
        hidden = f"[{API_KEY}]"
        key = secret.encode("utf-8", "surrogateescape")
        yield replace(
            finding,
            observed=finding.observed.replace(secret, hidden),
            answer=excerpt(delivery.body.replace(key, hidden.encode())),
            traceback="",
        )


def _traces(check: Check, campaign: Campaign, event: Event) -> Iterator[Finding]:
    for what, delivery in _given_away(campaign, event).items():
        if what != SECRET:
            expected = "an answer that tells nothing of the code"
            finding = check.finding(delivery, f"was answered with {what}", expected)
            yield replace(finding, traceback="")  # where there is one, it is another fault


DISCRETION: tuple[Check, ...] = (
    Check(
        "answers-without-secrets",
        "shows no secret in an answer",
        Severity.ERROR,
        Scope.RUN,
        "With the API key whoever reads the answer can send messages and make calls at your cost. "
        "Answers end up in logs, and Telnyx keeps those to webhooks.",
        WEBHOOK_LOG,
        "Answer with a status and no body, or with fixed words; never with settings, nor with the "
        "text of an exception. Change the key, since it was shown.",
        _secrets,
    ),
    Check(
        "answers-without-traces",
        "shows a stranger nothing of its code",
        Severity.WARNING,
        Scope.RUN,
        "A stack trace or a debug page tells whoever sends a forged request which versions, paths "
        "and names there are; a debug page may even run code.",
        WEAKNESS,
        "Turn the debug mode off where the receiver can be reached from outside, and let errors be "
        "logged and not answered.",
        _traces,
    ),
)
