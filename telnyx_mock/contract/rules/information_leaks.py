"""The receiver keeps its secrets and its stack traces out of its answers.

These rules send requests that make many receivers reveal too much. They also report leaks in the
answers that other rules got in this process.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace

from telnyx_mock.contract.engine.finding import Finding
from telnyx_mock.contract.engine.leaks import SECRET, api_key, leaks
from telnyx_mock.contract.engine.reason import Inconclusive, Skipped, Why
from telnyx_mock.contract.engine.rule import Check, Rule, Scope
from telnyx_mock.contract.engine.rule_context import Context
from telnyx_mock.delivery import Delivery
from telnyx_mock.payload.request import SIGNATURE_HEADER, TIMESTAMP_HEADER, Request
from telnyx_mock.payload.webhook import sample
from telnyx_mock.provider_urls import WEBHOOK_LOG
from telnyx_mock.schema.event import Event
from telnyx_mock.severity import Severity
from telnyx_mock.transports.environment import API_KEY

CONTENT_TYPES = (b"application/json", b"application/x-www-form-urlencoded")
BODIES = (b"", b'{"data": {', b"null", b'{"data": "\xff"}')
WEAKNESS = "https://cwe.mitre.org/data/definitions/209.html"


def _leaked(context: Context, event: Event) -> dict[str, Delivery]:
    """Yield the leaks of the run, each with a delivery that shows it, preferably from this rule."""
    shown: dict[str, Delivery] = {}
    for delivery in _provoke(context, event):
        for leak in leaks(delivery):
            shown.setdefault(leak, delivery)
    return {**context.sender.leaked, **shown}


def _provoke(context: Context, event: Event) -> Iterator[Delivery]:
    """Yield deliveries that leak if the receiver parses too early, or explains its errors."""
    if not context.settings.forgeries_only:
        with suppress(Inconclusive):
            yield context.baseline.sample_of(event)
    yield context.sender.send(sample(event.name), forge="signature-by-another-key")
    for content_type in CONTENT_TYPES:
        for body in BODIES:
            timestamp = str(int(context.emulator.clock.now())).encode("ascii")
            headers = ((b"content-type", content_type), (TIMESTAMP_HEADER, timestamp))
            yield context.sender.send(Request((*headers, (SIGNATURE_HEADER, b"AAAA")), body))


def _secrets(check: Check, context: Context, event: Event) -> Iterator[Finding]:
    if not api_key():
        raise Skipped(Why.SECRETS_UNKNOWN, variable=API_KEY)
    delivery = _leaked(context, event).get(SECRET)
    if delivery is not None:
        expected = "an answer without the secret"
        finding = check.finding(delivery, f"was answered with {SECRET}", expected)
        yield replace(finding, traceback="")


def _traces(check: Check, context: Context, event: Event) -> Iterator[Finding]:
    for leak, delivery in _leaked(context, event).items():
        if leak != SECRET:
            expected = "an answer that shows nothing of the code"
            finding = check.finding(delivery, f"was answered with {leak}", expected)
            yield replace(finding, traceback="")  # a crash is reported by another rule


RULES: tuple[Rule, ...] = (
    Rule(
        "answers-without-secrets",
        "shows no secret in an answer",
        Severity.ERROR,
        Scope.RUN,
        "Anyone who reads the API key in an answer can send messages and make calls at your "
        "cost. Answers are often logged: Telnyx, too, keeps a log of the answers to webhooks.",
        WEBHOOK_LOG,
        "Answer with a status and an empty body, or with a fixed text. Never put settings or the "
        "text of an exception into an answer. Replace the API key, because it was shown.",
        _secrets,
    ),
    Rule(
        "answers-without-traces",
        "shows nothing of its code to a stranger",
        Severity.WARNING,
        Scope.RUN,
        "A stack trace or a debug page shows versions, paths and names to the sender of a forged "
        "request. Some debug pages even let their reader run code.",
        WEAKNESS,
        "Turn off the debug mode if the receiver can be reached from outside. Write errors to "
        "the log, and keep them out of answers.",
        _traces,
    ),
)
