"""Sees an exception that the app raises and catches itself, while it handles one request."""

from __future__ import annotations

import sys
import threading
import traceback
from collections.abc import Callable
from types import FrameType
from typing import Any

from telnyx_mock.transports.own_code import is_library


def raised_in_app(send: Callable[[], object]) -> str:
    """Return the traceback of the last exception in code of the app while *send* runs; empty if none.

    Where a debugger or a measurement of coverage traces already, nothing is seen.
    """
    if sys.gettrace() is not None:
        return ""
    seen: list[str] = []

    def in_app(_: FrameType, event: str, about: Any) -> Any:
        if event == "exception" and not issubclass(about[0], StopIteration | StopAsyncIteration):
            _, error, where = about
            while error.__context__ is not None:  # the app may raise another to refuse the request
                error = error.__context__
                where = error.__traceback__
            seen.append("".join(traceback.format_exception(type(error), error, where)))
        return in_app

    def anywhere(frame: FrameType, event: str, about: Any) -> Any:
        if is_library(frame.f_code.co_filename):
            return None
        frame.f_trace_lines = False
        return in_app

    threading.settrace(anywhere)
    sys.settrace(anywhere)
    try:
        send()
    finally:
        sys.settrace(None)
        threading.settrace(None)
    return seen[-1] if seen else ""
