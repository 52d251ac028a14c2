"""Says in one sentence that telnyx-mock itself failed, and where."""

from __future__ import annotations

import traceback
from pathlib import Path

from telnyx_mock.hidden import without_secrets

_PACKAGE = Path(__file__).parents[1]
_PLACES = 4
_LONGEST = 300


def own_fault(error: BaseException, when: str = "") -> str:
    """Return what to say about *error*, which no code of ours has handled; *when* begins with a blank.

    The last places of the traceback are part of it, the innermost first.
    """
    text = traceback.TracebackException(type(error), error, None, compact=True)
    what = next(text.format_exception_only()).strip()
    what = without_secrets(what)
    what = what if len(what) <= _LONGEST else f"{what[:_LONGEST]}…"
    steps = traceback.extract_tb(error.__traceback__)[-_PLACES:]
    places = ", ".join(f"{_short(step.filename)}:{step.lineno}" for step in reversed(steps))
    return (
        f"This is a fault of telnyx-mock{when}: {what} ({places}). Please report it at the tracker of "
        "telnyx-mock."
    )


def _short(file: str) -> str:
    path = Path(file)
    return str(path.relative_to(_PACKAGE)) if path.is_relative_to(_PACKAGE) else path.name
