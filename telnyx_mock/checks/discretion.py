"""The receiver keeps its secrets, and the inside of its code, out of its answers.

Every answer of the run has been looked at by then, as far as it came in this process; what is sent
here is there so that something is seen where these checks are run alone.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from telnyx_mock.checks.campaign import Campaign
from telnyx_mock.checks.check import Check, NotSelected, Scope
from telnyx_mock.checks.finding import Finding
from telnyx_mock.checks.given_away import SECRET, api_key
from telnyx_mock.events.model import Event
from telnyx_mock.receivers.environment import API_KEY
from telnyx_mock.request import SIGNATURE_HEADER, TIMESTAMP_HEADER, Request
from telnyx_mock.severity import Severity
from telnyx_mock.webhook import sample

__all__ = ["DISCRETION"]

CONTENT_TYPES = (b"application/json", b"application/x-www-form-urlencoded")
BODIES = (b"", b'{"data": {', b"null", b'{"data": "\xff"}')
WEAKNESS = "https://cwe.mitre.org/data/definitions/209.html"


def _provoke(campaign: Campaign, event: Event) -> None:
    """Send what receivers that parse before they verify, or tell why they refuse, stumble over."""
    campaign.send(sample(event.name), forge="signature-by-another-key")
    for content_type in CONTENT_TYPES:
        for body in BODIES:
            timestamp = str(int(campaign.emulator.clock.now())).encode("ascii")
            headers = ((b"content-type", content_type), (TIMESTAMP_HEADER, timestamp))
            campaign.send(Request((*headers, (SIGNATURE_HEADER, b"AAAA")), body))


def _secrets(check: Check, campaign: Campaign, event: Event) -> Iterator[Finding]:
    secret = api_key()
    if not secret:
        raise NotSelected(f"which secrets the receiver has is not known: {API_KEY} is not set here")
    if not campaign.settings.forgeries_only:
        campaign.sample_of(event)
    _provoke(campaign, event)
    delivery = campaign.gave_away.get(SECRET)
    if delivery is not None:
        finding = check.finding(delivery, f"was answered with {SECRET}", "an answer without it")
        hidden = f"[{API_KEY}]"
        yield replace(
            finding,
            observed=finding.observed.replace(secret, hidden),
            answer=finding.answer.replace(secret, hidden),
            traceback="",
        )


def _traces(check: Check, campaign: Campaign, event: Event) -> Iterator[Finding]:
    _provoke(campaign, event)
    for what, delivery in campaign.gave_away.items():
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
        "https://developers.telnyx.com/docs/v2/development/api-guide/webhooks",
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
