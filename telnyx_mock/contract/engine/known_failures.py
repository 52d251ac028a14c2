"""Keeps the failures that a run has met often, so that their causes are not looked for once more."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from telnyx_mock.contract.engine.finding import Finding
from telnyx_mock.contract.engine.leaks import excerpt
from telnyx_mock.contract.engine.reason import Skipped, Why
from telnyx_mock.delivery import Delivery
from telnyx_mock.delivery.delivery import crash_places
from telnyx_mock.hidden import without_secrets

OFTEN = 6
"""After this many findings about mutated fields show the same failure, others of it say no more."""


@dataclass(slots=True)
class KnownFailures:
    """The findings about mutated fields so far, by the failure that they show.

    *shown* is the number of findings that show a failure of the receiver.
    """

    shown: int = 0
    _found: dict[tuple[object, ...], list[Finding]] = field(default_factory=dict)

    def note(self, findings: Iterable[Finding]) -> None:
        """Note the failures that *findings* show, if they need certain fields."""
        for finding in findings:
            self.shown += finding.status is None or finding.status >= 500
            if finding.fields:
                failure = _failure(finding.traceback, finding.status, finding.answer)
                self._found.setdefault(failure, []).append(finding)

    def require_new(self, delivery: Delivery) -> None:
        """Raise Skipped if a mutated *delivery* failed as it did in enough earlier findings."""
        if delivery.accepted or delivery.webhook is None or delivery.request.forgery is not None:
            return
        trace = without_secrets(delivery.crash or delivery.logged or "")
        found = self._found.get(_failure(trace, delivery.status, excerpt(delivery.body)), [])
        if len(found) >= OFTEN and delivery.webhook.decisions():
            first = found[0]
            raise Skipped(
                Why.SAME_FAILURE,
                delivery.webhook.name,
                answer=delivery.answer(),
                rule=first.rule,
                event=first.event,
            )


def _failure(traceback: str, status: int | None, answer: str) -> tuple[object, ...]:
    places = crash_places(traceback)
    return ("crash", *places) if places else (status, answer)
