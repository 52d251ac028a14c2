"""The receiver sends nothing after the end of an answer: it would be taken for the next answer."""

from __future__ import annotations

from collections.abc import Iterator

from telnyx_mock.contract.engine.finding import Finding
from telnyx_mock.contract.engine.reason import Skipped, Why
from telnyx_mock.contract.engine.rule import Check, Rule, Scope
from telnyx_mock.contract.engine.rule_context import Context
from telnyx_mock.hidden import bytes_without_secrets
from telnyx_mock.payload.webhook import sample
from telnyx_mock.schema.event import Event
from telnyx_mock.severity import Severity

FORGERY = "signature-by-another-key"

SHOWN = 40
"""How many of the bytes a finding shows."""


def _check_nothing_follows(check: Check, context: Context, event: Event) -> Iterator[Finding]:
    if context.emulator.receiver.in_process:
        raise Skipped(Why.NEEDS_CONNECTION)
    # A second answer that comes a moment later is seen before the next request.
    for forge in (FORGERY, FORGERY) if context.settings.forgeries_only else (None, FORGERY, None):
        delivery = context.sender.send(sample(event.name), forge=forge)
        left_over = b"" if delivery.response is None else delivery.response.left_over
        if left_over:
            shown = ascii(bytes_without_secrets(left_over)[:SHOWN])[1:]
            problem = f"sent bytes that belong to no answer after one had ended: {shown}"
            expected = "nothing after the end of the answer"
            yield check.finding(delivery, problem, expected, subject="The receiver", alone=False)
            return


RULES: tuple[Rule, ...] = (
    Rule(
        "sends-nothing-after-answers",
        "sends nothing after the end of an answer",
        Severity.WARNING,
        Scope.RUN,
        "Whoever keeps the connection open takes these bytes for the answer to the next request. "
        "So a webhook may count as accepted that the receiver has not handled, or the other way "
        "round.",
        "https://www.rfc-editor.org/rfc/rfc9112#section-6.3",
        "Send no body with 204 and 304, and no more of a body than Content-Length says. Let your "
        "framework write this header.",
        _check_nothing_follows,
    ),
)
