"""Every exception the harness raises, and the wording of the hint behind an unknown name.

::

    TelnyxMockError
    ├── UsageError        the caller asked for something that cannot be; nothing was sent
    ├── DeliveryError     the receiver could not be reached at all
    └── BudgetSpent       the budget of the run is used up

    AssertionError
    └── ReceiverFailure   the receiver was reached and did something wrong

The first three are no fault of the receiver, so they derive from ``Exception``. A
:class:`ReceiverFailure` is a verdict, so test runners must see it as a failed assertion.
This module imports nothing of the package.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable
from enum import Enum

__all__ = [
    "BudgetSpent",
    "DeliveryError",
    "Hint",
    "ReceiverFailure",
    "TelnyxMockError",
    "UsageError",
    "unknown",
]


class TelnyxMockError(Exception):
    """The base of what goes wrong on the harness's side of the wire."""


class Hint(Enum):
    """What the caller can do about a :class:`UsageError`. The value says it to a Python caller."""

    LOOSE = "Pass strict=False to send it all the same."


class UsageError(TelnyxMockError):
    """The caller's mistake: an unknown name, a bad value, a missing setting, a guard rail.

    *problem* is a sentence. The command line has its own words for the *hint*.
    """

    def __init__(self, problem: str, hint: Hint | None = None) -> None:
        super().__init__(problem if hint is None else f"{problem} {hint.value}")
        self.problem = problem
        self.hint = hint


class DeliveryError(TelnyxMockError):
    """No answer could be had: the receiver refused the connection, or cannot be resolved."""


class BudgetSpent(TelnyxMockError):
    """Nothing more may be sent: the budget of the run is used up.

    *requests* is that budget; None if it is not one of requests but of time.
    """

    def __init__(self, sentence: str, requests: int | None = None) -> None:
        super().__init__(sentence)
        self.requests = requests


class ReceiverFailure(AssertionError):
    """The receiver answered, and the answer breaks a rule. The text says which, and why."""


def unknown(what: str, name: str, known: Iterable[str], *, where: str = "") -> UsageError:
    """A :class:`UsageError` for *name*, with the nearest of the *known* names as the hint.

    *what* is the noun ("event", "field"), *where* an optional place ("of call.initiated").
    """
    names = sorted(known)
    folded = {known_name.casefold(): known_name for known_name in names}
    near = [
        folded[match]
        for match in difflib.get_close_matches(name.casefold(), list(folded), n=3, cutoff=0.6)
    ]
    place = f" {where}" if where else ""
    if near:
        hint = f"Did you mean {' or '.join(repr(match) for match in near)}?"
    elif len(names) <= 12:
        hint = f"Known: {', '.join(names)}." if names else "None is known."
    else:
        hint = f"{len(names)} are known, such as {', '.join(names[:4])}."
    return UsageError(f"There is no {what} {name!r}{place}. {hint}")
