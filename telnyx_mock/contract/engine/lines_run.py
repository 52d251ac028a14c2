"""Sees which lines of the app run while it handles one request."""

from __future__ import annotations

import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType
from typing import Any, TypeAlias

from telnyx_mock.transports.own_code import is_library

Lines: TypeAlias = set[tuple[str, int]]
"""Files of the app with the numbers of lines."""


@contextmanager
def lines_run() -> Iterator[Lines]:
    """Yield a set that has the lines that ran, after the ``with`` block.

    Where a debugger or a measurement of coverage traces already, it stays empty.
    """
    seen: Lines = set()

    def in_app(frame: FrameType, event: str, _: Any) -> Any:
        if event == "line":
            seen.add((frame.f_code.co_filename, frame.f_lineno))
        return in_app

    def anywhere(frame: FrameType, _: str, __: Any) -> Any:
        return None if is_library(frame.f_code.co_filename) else in_app

    if sys.gettrace() is not None:
        yield seen
        return
    threading.settrace(anywhere)
    sys.settrace(anywhere)
    try:
        yield seen
    finally:
        sys.settrace(None)
        threading.settrace(None)
