"""The signs, words and colours that the page uses for outcomes."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import Enum

from telnyx_mock.contract.engine.result import Outcome, Result
from telnyx_mock.severity import Severity


class State(Enum):
    """How a check ended, the worst first. A value is a sign and a word: colour is not needed."""

    ERROR = ("✕", "failed")
    WARNING = ("!", "passed, with a warning")
    INCONCLUSIVE = ("?", "inconclusive")
    ADVICE = ("i", "passed, with advice")
    KNOWN = ("≈", "known")
    PASSED = ("✓", "passed")
    SKIPPED = ("\N{EN DASH}", "skipped")

    @property
    def sign(self) -> str:
        """The sign, one character. Screen readers skip it, so the word must be beside it."""
        return self.value[0]

    @property
    def word(self) -> str:
        """The word that says what the sign means."""
        return self.value[1]

    @property
    def style(self) -> str:
        """The class of the state in the style sheet."""
        return self.name.lower()


@dataclass(frozen=True, slots=True)
class Share:
    """A part of a bar: the *number* of results in a *state*; *start* and *width* in percent."""

    state: State
    number: int
    start: float
    width: float


def state_of(result: Result) -> State:
    """Return the state of *result*: its outcome, and if it passed, its worst finding."""
    if result.outcome is not Outcome.PASSED:
        return _STATES[result.outcome]
    found = {finding.severity for finding in result.findings}
    if Severity.WARNING in found:
        return State.WARNING
    return State.ADVICE if Severity.ADVICE in found else State.PASSED


_STATES = {
    Outcome.FAILED: State.ERROR,
    Outcome.INCONCLUSIVE: State.INCONCLUSIVE,
    Outcome.KNOWN: State.KNOWN,
    Outcome.SKIPPED: State.SKIPPED,
}


def shares(states: Iterable[State]) -> Iterator[Share]:
    """Return how often each of *states* occurs, in the order of the bar."""
    counted = Counter(states)
    start = 0.0
    for state in State:
        if counted[state]:
            width = 100 * counted[state] / counted.total()
            yield Share(state, counted[state], round(start, 2), round(width, 2))
            start += width
