"""Why an app answered 500: tracebacks, also of exceptions that the framework swallowed.

Flask and Django turn an exception into an answer and only log it; both send a signal first.
Frameworks are looked up among the loaded modules and never imported.
"""

from __future__ import annotations

import contextvars
import functools
import sys
import traceback
from typing import Any

__all__ = ["SWALLOWED", "text_of", "watch_frameworks"]

SWALLOWED: contextvars.ContextVar[list[str] | None] = contextvars.ContextVar(
    "telnyx_mock_swallowed", default=None
)
"""Where the current delivery collects the tracebacks of exceptions that a framework handled."""


def text_of(error: BaseException, *, skip: int = 0) -> str:
    """The traceback of *error* as Python prints it, without its outermost *skip* frames."""
    frames = error.__traceback__
    for _ in range(skip):
        frames = frames.tb_next if frames is not None and frames.tb_next is not None else frames
    return "".join(traceback.format_exception(type(error), error, frames))


def watch_frameworks() -> None:
    """Listen for the exceptions of the frameworks that are loaded by now."""
    for module in ("flask.signals", "django.core.signals"):
        if module in sys.modules:
            _listen(module)


@functools.cache
def _listen(module: str) -> None:
    sys.modules[module].got_request_exception.connect(_note, weak=False)


def _note(sender: object = None, exception: BaseException | None = None, **_: Any) -> None:
    seen = SWALLOWED.get()
    error = exception or sys.exception()
    if seen is not None and error is not None:
        seen.append(text_of(error))
