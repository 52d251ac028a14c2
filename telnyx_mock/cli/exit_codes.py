"""The exit codes of the command line."""

from __future__ import annotations

from enum import IntEnum


class ExitCode(IntEnum):
    """The exit code of the process."""

    CLEAN = 0
    """The receiver was judged, and no error was found."""
    ERRORS = 1
    """Errors were found."""
    NOT_RUN = 2
    """There is no verdict: wrong usage or configuration, a safety limit, nothing to try, a run that
    ended early, or a report that could not be written."""
    INCONCLUSIVE = 3
    """Some check was inconclusive, and no error was found."""
    INTERRUPTED = 130
    """The user interrupted the run; shells use this code for SIGINT."""
    CLOSED_PIPE = 141
    """Nothing reads the output any more; shells use this code for SIGPIPE."""
