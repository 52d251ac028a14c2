"""The signs, words and colours by which the page shows outcomes."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import Enum

from telnyx_mock.contract.engine.result import Outcome, Result
from telnyx_mock.severity import Severity

__all__ = ["Share", "State", "shares", "state_of"]


class State(Enum):
    """How a check ended, the worst first. A value is a sign and a word: no colour stands alone."""

    ERROR = ("✕", "failed")
    WARNING = ("!", "warning")
    INCONCLUSIVE = ("?", "inconclusive")
    ADVICE = ("i", "advice")
    PASSED = ("✓", "passed")
    SKIPPED = ("\N{EN DASH}", "skipped")

    @property
    def sign(self) -> str:
        """One character; screen readers skip it, so the word must stand beside it."""
        return self.value[0]

    @property
    def word(self) -> str:
        """What the sign means."""
        return self.value[1]

    @property
    def style(self) -> str:
        """The class in the style sheet."""
        return self.name.lower()


@dataclass(frozen=True, slots=True)
class Share:
    """A part of a bar: the *number* of results in a *state*; *start* and *width* are percentages."""

    state: State
    number: int
    start: float
    width: float


def state_of(result: Result) -> State:
    """The state of *result*: that of its worst finding, if it has any."""
    found = {finding.severity for finding in result.findings}
    if result.outcome is Outcome.FAILED or Severity.ERROR in found:
        return State.ERROR
    if Severity.WARNING in found:
        return State.WARNING
    if result.outcome is Outcome.INCONCLUSIVE:
        return State.INCONCLUSIVE
    if Severity.ADVICE in found:
        return State.ADVICE
    return State.SKIPPED if result.outcome is Outcome.SKIPPED else State.PASSED


def shares(states: Iterable[State]) -> Iterator[Share]:
    """How often each of *states* occurs, in the order of a bar."""
    counted = Counter(states)
    start = 0.0
    for state in State:
        if counted[state]:
            width = 100 * counted[state] / counted.total()
            yield Share(state, counted[state], round(start, 2), round(width, 2))
            start += width
