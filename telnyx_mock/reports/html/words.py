"""How outcomes and amounts are shown: a sign, a word and a colour each, never a colour alone."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from enum import Enum

from telnyx_mock.contract.engine.finding import Result
from telnyx_mock.reports.html.markup import Markup, join, tag
from telnyx_mock.severity import Outcome, Severity

__all__ = ["State", "bar", "count", "duration", "sign", "state_of"]


class State(Enum):
    """How a check ended, as it is shown, the worst first: a sign and a word."""

    ERROR = ("✕", "failed")
    WARNING = ("!", "warning")
    INCONCLUSIVE = ("?", "inconclusive")
    ADVICE = ("i", "advice")
    PASSED = ("✓", "passed")
    LEFT_OUT = ("\N{EN DASH}", "left out")

    @property
    def style(self) -> str:
        """The class of the style sheet."""
        return self.name.lower().replace("_", "-")


def state_of(result: Result) -> State:
    """How *result* is shown: by its worst finding, if it has any."""
    found = {finding.severity for finding in result.findings}
    if result.outcome is Outcome.FAILED or Severity.ERROR in found:
        return State.ERROR
    if Severity.WARNING in found:
        return State.WARNING
    if result.outcome is Outcome.INCONCLUSIVE:
        return State.INCONCLUSIVE
    if Severity.ADVICE in found:
        return State.ADVICE
    return State.LEFT_OUT if result.outcome is Outcome.SKIPPED else State.PASSED


def sign(state: State) -> Markup:
    """The sign of *state*, which is not read out: a word must stand beside it."""
    return tag("span", state.value[0], aria_hidden="true", class_="sign")


def bar(states: Iterable[State]) -> Markup:
    """*states* as a bar of parts and, beside it, in numbers."""
    counted = Counter(states)
    total = sum(counted.values())
    parts, before = [], 0.0
    for state in State:
        width = 100 * counted[state] / total if total else 0.0
        if width:
            parts.append(
                tag("rect", x=round(before, 2), width=round(width, 2), height=8, class_=state.style)
            )
        before += width
    numbers = [
        tag(
            "li",
            sign(state),
            " ",
            tag("b", f"{counted[state]:,}"),
            f" {state.value[1]}",
            class_=state.style,
        )
        for state in State
        if counted[state]
    ]
    return join(
        tag(
            "svg", parts,
            viewBox="0 0 100 8", preserveAspectRatio="none", aria_hidden="true", class_="bar",
        ),
        tag("ul", numbers, class_="numbers"),
    )  # fmt: skip


def count(number: int, one: str, many: str = "") -> str:
    """*number* with its noun, which gets an *s* for the plural unless *many* is given."""
    return f"{number:,} {one if number == 1 else many or one + 's'}"


def duration(milliseconds: float) -> str:
    """A time in the unit that suits it."""
    if milliseconds >= 60_000:
        minutes, seconds = divmod(round(milliseconds / 1000), 60)
        return f"{minutes} min {seconds} s"
    if milliseconds >= 1000:
        return f"{milliseconds / 1000:.3g} s"
    return f"{milliseconds:.3g} ms"
