"""Shows the progress of a run in one line, if standard error is a terminal."""

from __future__ import annotations

import os
import shutil
import sys
from typing import TextIO

from telnyx_mock.contract.engine.result import Result

_CLEAR = "\r\x1b[K"


class Progress:
    """Shows the progress of a run inside a ``with`` block.

    It writes to a copy of standard error, because a run silences standard error itself.
    """

    def __init__(self) -> None:
        self._terminal: TextIO | None = None
        self._done = 0

    def __enter__(self) -> Progress:
        if sys.stderr.isatty() and os.environ.get("TERM") != "dumb":
            self._terminal = os.fdopen(os.dup(sys.stderr.fileno()), "w", errors="replace")
        return self

    def heard(self, result: Result, planned: int) -> None:
        """Show that *result* is the next of the *planned* checks."""
        self._done += 1
        line = f"{self._done}/{planned} {result.rule} {result.event}"
        self._write(_CLEAR + line[: shutil.get_terminal_size().columns - 1])

    def __exit__(self, *exc: object) -> None:
        self._write(_CLEAR)
        if self._terminal is not None:
            self._terminal.close()

    def _write(self, text: str) -> None:
        if self._terminal is not None:
            self._terminal.write(text)
            self._terminal.flush()
