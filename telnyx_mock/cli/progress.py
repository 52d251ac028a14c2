"""Shows the progress of a run on standard error: one changing line on a terminal, few lines elsewhere."""

from __future__ import annotations

import os
import shutil
import sys
import time
from typing import TextIO

from telnyx_mock.cli.echo import echo
from telnyx_mock.contract.engine.result import Result

_CLEAR = "\r\x1b[K"

INTERVAL = 30.0
"""The seconds between two lines of progress where standard error is no terminal, such as a log of CI."""


class Progress:
    """Shows the progress of a run inside a ``with`` block, unless *quiet*.

    It writes to a copy of the terminal, because a run silences standard error itself.
    """

    def __init__(self, *, quiet: bool = False) -> None:
        self._terminal: TextIO | None = None
        self._quiet = quiet
        self._done = 0
        self._shown = time.monotonic()

    def __enter__(self) -> Progress:
        if sys.stderr.isatty() and os.environ.get("TERM") != "dumb":
            self._terminal = os.fdopen(os.dup(sys.stderr.fileno()), "w", errors="replace")
        return self

    def heard(self, result: Result, planned: int) -> None:
        """Show that *result* is the next of the *planned* checks."""
        self._done += 1
        line = f"{self._done}/{planned} {result.rule} {result.event}"
        if self._terminal is not None:
            self._write(_CLEAR + line[: shutil.get_terminal_size().columns - 1])
        elif not self._quiet and time.monotonic() - self._shown >= INTERVAL:
            self._shown = time.monotonic()
            echo(
                f"telnyx-mock: {self._done} of {planned} checks; the last: {result.rule} {result.event}",
                err=True,
            )

    def warned(self, sentence: str) -> None:
        """Show a warning in a line of its own."""
        self._write(_CLEAR)
        echo(f"telnyx-mock: {sentence}", err=True)

    def __exit__(self, *exc: object) -> None:
        self._write(_CLEAR)
        if self._terminal is not None:
            self._terminal.close()

    def _write(self, text: str) -> None:
        if self._terminal is not None:
            self._terminal.write(text)
            self._terminal.flush()
