"""Warnings about a run as a whole, which a reader needs to read before the findings."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import Enum

from telnyx_mock.contract.engine.reason import Why
from telnyx_mock.contract.engine.result import Result
from telnyx_mock.reports.amounts import first_of


class WarningKind(Enum):
    """What a warning is about. The value is the sentence of the warning."""

    EVENTS_NOT_JUDGED = "Not judged: {events}. {reason}"


@dataclass(frozen=True, slots=True)
class RunWarning:
    """One warning: its *kind*, and the *details* that fill the gaps of the sentence."""

    kind: WarningKind
    details: dict[str, str]

    def __str__(self) -> str:
        return self.kind.value.format(**self.details)


def run_warnings(results: Sequence[Result]) -> Iterator[RunWarning]:
    """Return the warnings about the run that produced *results*."""
    yield from _events_not_judged(results)


def _events_not_judged(results: Sequence[Result]) -> Iterator[RunWarning]:
    """Return a warning that names the events which were not sent because the budget was used up."""
    unjudged = [
        result
        for result in results
        if result.rule == "accepts-sample" and result.why is Why.BUDGET_SPENT
    ]
    if unjudged:
        events = first_of([result.event for result in unjudged])
        details = {"events": events, "reason": unjudged[0].note}
        yield RunWarning(WarningKind.EVENTS_NOT_JUDGED, details)
