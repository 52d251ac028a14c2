"""The receiver serves something at its address; otherwise no other rule can be judged."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

from telnyx_mock.contract.engine.finding import Finding
from telnyx_mock.contract.engine.other_address import NO_POST, other_address, serves_nothing
from telnyx_mock.contract.engine.raised import raised_in_app
from telnyx_mock.contract.engine.reason import Inconclusive, Why
from telnyx_mock.contract.engine.rule import Check, Rule, Scope
from telnyx_mock.contract.engine.rule_context import Context
from telnyx_mock.delivery import Delivery
from telnyx_mock.delivery.delivery import cause_of
from telnyx_mock.hidden import without_secrets
from telnyx_mock.payload.webhook import sample
from telnyx_mock.provider_urls import FUNDAMENTALS
from telnyx_mock.schema.event import Event
from telnyx_mock.severity import Severity
from telnyx_mock.transports.receiver import Receiver
from telnyx_mock.transports.routes import post_paths

CAUSES = {
    403: (
        "the receiver verifies with a different public key, or protects the path in another way "
        "(CSRF)"
    ),
    404: "this path serves nothing. Give the path that you entered at Telnyx",
}
_MISTAKE = re.compile(
    r"(nacl\.exceptions\.|builtins\.)?(Type|Attribute|Name|UnboundLocal|Key|Index|Import|ModuleNotFound|"
    r"UnicodeDecode|UnicodeEncode|Value)Error\b|binascii\.Error\b"
)
"""What Python raises for a mistake in code, unless the app raises it itself."""

OWN_ERROR = "the receiver takes an error of its own for a bad signature"
OTHER_KEY_HERE = (
    "the receiver verifies with a different public key. Let it read TELNYX_PUBLIC_KEY, which is "
    "set before the app is imported, or give the private key of its public key with --key"
)
OTHER_KEY_THERE = (
    "the receiver verifies with a different public key. Make a pair with 'telnyx-mock keys new', "
    "start the receiver with the public key of the pair as TELNYX_PUBLIC_KEY, and give the "
    "private key with --key file:PATH"
)


def _cause(status: int | None, receiver: Receiver) -> str:
    """Return the most likely cause if *receiver* refuses every genuine webhook with *status*."""
    if status == 401:
        return OTHER_KEY_HERE if receiver.in_process else OTHER_KEY_THERE
    cause = CAUSES.get(
        status or 0, ("this path of the receiver expects other requests than webhooks")
    )
    routes = post_paths(receiver) if status == 404 else ()
    return f"{cause}: the receiver accepts POST at {', '.join(routes)}" if routes else cause


def _check_served(check: Check, context: Context, event: Event) -> Iterator[Finding]:
    refused = context.baseline.uniform_rejection()
    if refused is None:
        return
    if context.baseline.key_may_be_unknown(refused):
        raise Inconclusive(Why.KEY_UNKNOWN, answer=refused.answer())
    status, receiver = refused.status, context.emulator.receiver
    if status == NO_POST:
        raise other_address(receiver, serves_nothing(refused))
    trace = _caught(context, refused)
    likely = OWN_ERROR if trace and is_own_error(trace) else _cause(status, receiver)
    problem = (
        f"was refused with {status} at {receiver.url}, like every other genuine webhook. Most "
        f"likely {likely}"
    )
    finding = check.finding(refused, problem, "200 for at least one event")
    if trace and is_own_error(trace) and not finding.traceback:
        observed = without_secrets(f"{finding.observed} ({cause_of(trace)})")
        finding = replace(finding, observed=observed, traceback=without_secrets(trace))
    yield finding


def _caught(context: Context, refused: Delivery) -> str:
    """Return the traceback of what the app raises and catches while it refuses a genuine webhook."""
    webhook = refused.request.webhook
    if not context.emulator.receiver.in_process or webhook is None or not refused.refused:
        return ""
    return raised_in_app(lambda: context.sender.send(sample(webhook.event.name)))


def is_own_error(traceback: str) -> bool:
    """Return whether *traceback* shows a mistake of the app, and not what it raises to refuse a request."""
    *_, before, last = ["", *traceback.strip().splitlines()]
    return bool(_MISTAKE.match(last)) and not before.strip().startswith("raise ")


RULES: tuple[Rule, ...] = (
    Rule(
        "serves-something",
        "accepts at least one genuine webhook",
        Severity.ERROR,
        Scope.RUN,
        (
            "If the receiver refuses every genuine webhook with the same status, nothing else can "
            "be judged."
        ),
        FUNDAMENTALS,
        "Check the path, the host name and the public key of the receiver.",
        _check_served,
    ),
)
