"""The receiver serves something at its address; otherwise no other rule can be judged."""

from __future__ import annotations

from collections.abc import Iterator

from telnyx_mock.contract.engine.finding import Finding
from telnyx_mock.contract.engine.other_address import NO_POST, other_address, serves_nothing
from telnyx_mock.contract.engine.reason import Inconclusive, Why
from telnyx_mock.contract.engine.rule import Check, Rule, Scope
from telnyx_mock.contract.engine.rule_context import Context
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
    problem = (
        f"was refused with {status} at {receiver.url}, like every other genuine webhook. Most "
        f"likely {_cause(status, receiver)}"
    )
    yield check.finding(refused, problem, "200 for at least one event")


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
