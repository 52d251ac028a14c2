"""The receiver can be reached at all, and serves something: else nothing else means anything."""

from __future__ import annotations

from collections.abc import Iterator

from telnyx_mock.contract.engine.context import Context
from telnyx_mock.contract.engine.finding import Finding
from telnyx_mock.contract.engine.reason import Inconclusive, Why
from telnyx_mock.contract.engine.rule import Check, Rule, Scope
from telnyx_mock.provider import FUNDAMENTALS
from telnyx_mock.schema.event import Event
from telnyx_mock.severity import Severity
from telnyx_mock.transports.receiver import Receiver
from telnyx_mock.transports.routes import post_routes

__all__ = ["RULES"]

CAUSES = {
    401: "it verifies with another public key; give it the harness's key in TELNYX_PUBLIC_KEY "
    "before it reads its settings, or give the harness its private key",
    403: "it verifies with another public key, or protects the path in another way (CSRF)",
    404: "there is nothing at this path; give the path that you told Telnyx",
    405: "this path takes no POST; give the path that you told Telnyx",
}
OTHER_KEY_HERE = (
    "it verifies with another public key; let it take TELNYX_PUBLIC_KEY, which is set before it is "
    "imported, and no other, or name the private key that belongs to its own with --key"
)
OTHER_KEY_THERE = (
    "it verifies with another public key; make a pair with 'telnyx-mock keys new', give the "
    "receiver the public key as TELNYX_PUBLIC_KEY, and name the private one with --key file:PATH"
)


def _cause(status: int | None, receiver: Receiver) -> str:
    """What is most likely wrong where every genuine webhook is refused with *status*."""
    if status == 401:
        return OTHER_KEY_HERE if receiver.in_process else OTHER_KEY_THERE
    cause = CAUSES.get(status or 0, "what it is sent is not what it expects at this path")
    routes = post_routes(receiver) if status in (404, 405) else ()
    return f"{cause}: it takes POST at {', '.join(routes)}" if routes else cause


def _serves_something(check: Check, context: Context, event: Event) -> Iterator[Finding]:
    refused = context.baseline.uniform_rejection()
    if refused is None:
        return
    if context.baseline.key_may_be_unknown(refused):
        raise Inconclusive(Why.KEY_UNKNOWN, answer=refused.answer())
    status, receiver = refused.status, context.emulator.receiver
    url, cause = receiver.url, _cause(status, receiver)
    problem = (
        f"was refused with {status} at {url}, as was every other genuine webhook: "
        f"most likely {cause}"
    )
    yield check.finding(refused, problem, "200 for at least one event")


RULES: tuple[Rule, ...] = (
    Rule(
        "serves-something",
        "accepts at least one genuine webhook",
        Severity.ERROR,
        Scope.RUN,
        "Where every genuine webhook is refused alike, nothing else can be judged.",
        FUNDAMENTALS,
        "Check the path, the host name and the public key.",
        _serves_something,
    ),
)
