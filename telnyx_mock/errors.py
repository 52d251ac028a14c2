"""The exceptions of this package, and the hint for an unknown name.

::

    TelnyxMockError
    ├── UsageError        the caller asked for something impossible; nothing was sent
    ├── DeliveryError     the receiver could not be reached at all
    └── BudgetSpent       the budget of the run is used up

    AssertionError
    └── ReceiverFailure   the receiver was reached and did something wrong

The first three are no fault of the receiver, so they derive from ``Exception``. A
:class:`ReceiverFailure` is a verdict, so test runners must see it as a failed assertion.
This module imports only what escapes the text of others.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable
from enum import Enum

from telnyx_mock.visible import visible, visible_line

_SHOWN = 200
"""The most characters of an unknown name that an error shows."""

_MOST_WITH_WORD = 8
"""The most names that an error suggests because the unknown name is a part of them."""


class TelnyxMockError(Exception):
    """The base class of all errors that are not the fault of the receiver.

    Others may have written a part of the *sentence*, so it is one line with escapes for what is
    invisible.
    """

    def __init__(self, sentence: str) -> None:
        super().__init__(visible_line(sentence))


class Hint(Enum):
    """What the caller can do about a :class:`UsageError`.

    The value is the text for Python callers.
    """

    LOOSE = "Pass strict=False to send the value anyway."


class UsageError(TelnyxMockError):
    """A mistake of the caller, such as an unknown name, a bad value or a missing setting.

    *problem* is a sentence. The command line prints its own text for the *hint*.
    """

    def __init__(self, problem: str, hint: Hint | None = None) -> None:
        super().__init__(problem if hint is None else f"{problem} {hint.value}")
        self.problem = visible_line(problem)
        self.hint = hint


class DeliveryError(TelnyxMockError):
    """The receiver could not be reached: it refuses connections, or its name is unknown."""


class BudgetSpent(TelnyxMockError):
    """The budget of the run is used up, so no request may be sent any more.

    *requests* is the budget as a number of requests, or None if the budget is a time.
    """

    def __init__(self, sentence: str, requests: int | None = None) -> None:
        super().__init__(sentence)
        self.requests = requests


class ReceiverFailure(AssertionError):
    """The answer of the receiver breaks a rule. The text says which rule, and why.

    The receiver may have written a part of the text, so what is invisible in it is escaped.
    """

    def __init__(self, text: str) -> None:
        super().__init__(visible(text))


def _with_word(word: str, names: Iterable[str]) -> list[str]:
    """Return the first *names* of which *word* is a part, as ``expired`` is of ``replay-expired``."""
    parts = [name for name in names if word in re.split(r"[-_.]", name)]
    return parts[:_MOST_WITH_WORD]


def unknown(what: str, name: object, known: Iterable[str], *, where: str = "") -> UsageError:
    """Return a :class:`UsageError` for *name*, with the most similar *known* names as the hint.

    *what* is the noun ("event", "field"), *where* an optional place ("of call.initiated").
    """
    names = sorted(known)
    if not isinstance(name, str):
        return UsageError(f"A name is a text, so there is no {what} {name!r:.200}.")
    folded = {known_name.casefold(): known_name for known_name in names}
    near = [
        folded[match]
        for match in difflib.get_close_matches(name.casefold(), list(folded), n=3, cutoff=0.6)
    ]
    near += [
        folded[each] for each in _with_word(name.casefold(), folded) if folded[each] not in near
    ]
    place = f" {where}" if where else ""
    if near:
        hint = f"Did you mean {' or '.join(repr(match) for match in near)}?"
    elif len(names) <= 12:
        hint = f"Known: {', '.join(names)}." if names else "None is known."
    else:
        hint = f"{len(names)} names are known, such as {', '.join(names[:4])}."
    shown = repr(name if len(name) <= _SHOWN else f"{name[:_SHOWN]}...")
    return UsageError(f"There is no {what} {shown}{place}. {hint}")
