"""Prints what a run found, on a standard output that may be full or closed."""

from __future__ import annotations

import os
import sys

from telnyx_mock.cli.echo import echo
from telnyx_mock.errors import UsageError


def show(text: str, *, colours: bool = False) -> None:
    """Print *text* as echo does.

    Raises UsageError if standard output takes no more. BrokenPipeError passes.
    """
    try:
        echo(text, colours=colours)
    except BrokenPipeError:
        raise
    except OSError as error:
        drop_output()
        raise UsageError(f"The findings cannot be shown: {error.strerror}.") from None


def drop_output() -> None:
    """Let what is still in the buffer of standard output go nowhere.

    Python flushes standard output when it ends, which must not fail again.
    """
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
