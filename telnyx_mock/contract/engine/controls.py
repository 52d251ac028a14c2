"""Sends controls: genuine webhooks that show whether a refusal before them was the receiver's own.

A firewall that bans a host after some refusals answers everything with 403 from then on. So a refusal
counts only if the receiver accepts a genuine webhook afterwards.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from telnyx_mock.contract.engine.reason import Blocked, Inconclusive, Reason, Why
from telnyx_mock.contract.engine.without_key import is_forged
from telnyx_mock.delivery import Delivery
from telnyx_mock.errors import BudgetSpent

EARLY = (3, 5, 10, 20)
"""After so many refusals, a control is due: usual limits are 3, 5, 10 and 20."""

EVERY = 20
"""Later, a control is due if so many refusals came after the last accepted genuine webhook."""

TRIES = 3
"""How often a control is sent that the receiver fails at, perhaps by chance."""


@dataclass(frozen=True, slots=True)
class Doubt:
    """Why no refusal after the one with the number *believed* counts."""

    believed: int
    reason: Reason


@dataclass(slots=True)
class Controls:
    """Counts the *refusals* of a run; those up to the number *believed* count.

    *send* sends the control, and returns None if the run knows no webhook that the receiver accepts.
    *forget* forgets what was concluded from refusals that do not count.
    *doubt* tells the runner of a control that was not accepted. *ended* is set once the receiver has
    stopped accepting genuine webhooks.
    """

    send: Callable[[], Delivery | None] = lambda: None
    forget: Callable[[], None] = lambda: None
    refusals: int = 0
    believed: int = 0
    doubt: Doubt | None = None
    ended: Reason | None = None

    @property
    def waiting(self) -> bool:
        """Whether refusals wait for a control."""
        return self.refusals > self.believed

    def note(self, delivery: Delivery) -> None:
        """Count *delivery* to the receiver if it was refused, or is genuine and was accepted."""
        request = delivery.request
        if delivery.refused:
            self.refusals += 1
        elif delivery.accepted and not is_forged(request) and request.malformed is None:
            self.believed = self.refusals

    def require_open(self) -> None:
        """Raise Inconclusive if the receiver has stopped accepting genuine webhooks."""
        if self.ended is not None:
            raise Inconclusive(self.ended.why, self.ended.about, **self.ended.details)

    def settle_if_due(self) -> None:
        """Do as :meth:`settle` if many refusals wait for a control."""
        due = next((each for each in EARLY if each > self.believed), self.believed + EVERY)
        if self.refusals >= due:
            self.settle()

    def settle(self) -> None:
        """Send a control if refusals wait for one.

        Raises Inconclusive if the receiver does not accept it, and then *doubt* says why.
        """
        if not self.waiting:
            return
        self.require_open()
        before, last = self.believed, self.refusals
        try:
            answers = self._answers()
        except BudgetSpent as problem:
            self._doubt(before, Reason(Why.BUDGET_SPENT, details={"problem": str(problem)}))
            raise
        except Blocked as problem:
            self._doubt(before, problem.reason)
            raise
        reason = self._reason(answers, before, last) if answers else None
        if reason is None:
            self.believed = self.refusals
            return
        self._doubt(before, reason)
        raise Inconclusive(reason.why, reason.about, **reason.details)

    def _doubt(self, believed: int, reason: Reason) -> None:
        self.believed = self.refusals
        self.forget()
        self.doubt = self.doubt or Doubt(believed, reason)

    def _answers(self) -> list[int]:
        """Send controls until one is accepted, or it is sure that none is; return their statuses.

        The list is empty if there is no control, and 0 stands for no answer.
        """
        statuses: list[int] = []
        while len(statuses) < TRIES and not (_REFUSED & {*statuses[1:]}):
            try:
                delivery = self.send()
            except Blocked:
                raise
            except Inconclusive:  # 429 each time
                statuses.append(429)
                continue
            if delivery is None:
                return []
            statuses.append(delivery.status or 0)
            if delivery.accepted:
                break
        return statuses

    def _reason(self, statuses: list[int], before: int, last: int) -> Reason | None:
        """Return why the refusals up to the *last* do not count; None if they do."""
        final = statuses[-1]
        accepted = 200 <= final < 300
        if accepted and not _REFUSED & {*statuses}:
            return None
        if not accepted and final not in _REFUSED:
            return Reason(Why.CONTROL_FAILED, details={"answer": str(final or "no answer")})
        first, nth = _ordinal(before + 1), _ordinal(last)
        when = nth if first == nth else f"{first} to {nth}"
        if accepted:
            return Reason(Why.STOPPED_FOR_A_WHILE, details={"when": when})
        self.ended = Reason(Why.STOPPED_ACCEPTING, details={"when": when})
        return self.ended


_REFUSED = frozenset(range(400, 500))


def _ordinal(number: int) -> str:
    """Return *number* as an ordinal: 1st, 2nd, 3rd, 4th, 11th."""
    endings = {} if number % 100 in (11, 12, 13) else {1: "st", 2: "nd", 3: "rd"}
    return f"{number}{endings.get(number % 10, 'th')}"
