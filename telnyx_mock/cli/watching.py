"""Runs a command again whenever a file of the project changes, each time in a new process."""

from __future__ import annotations

import logging
import shlex
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from telnyx_mock.cli.echo import echo
from telnyx_mock.errors import UsageError

OPTION = "--watch"
RELOAD = "--reload"

SUFFIXES = (".toml", ".ini", ".cfg", ".env")
"""Files that matter besides Python files. No report and no journal has one of these names."""


def watch(words: Sequence[str]) -> None:
    """Run ``telnyx-mock`` with *words* except OPTION, now and after each change, until Ctrl-C.

    Raises UsageError if the library that sees the changes is missing.
    """
    watchfiles = _library(OPTION)
    again = _command(words, OPTION)
    files = watchfiles.PythonFilter(extra_extensions=SUFFIXES)
    is_first = True
    # It looks before the first run, too, so that no change during a run is lost.
    for changes in watchfiles.watch(
        Path.cwd(), watch_filter=files, rust_timeout=500, yield_on_timeout=True
    ):
        if is_first or changes:
            subprocess.run(again, check=False)  # noqa: S603  (the words of the user, to ourselves)
            echo("telnyx-mock: Waiting for a change; Ctrl-C ends.", err=True)
        is_first = False


def reload(words: Sequence[str]) -> None:
    """Run ``telnyx-mock`` with *words* except RELOAD; stop and start it at each change, until Ctrl-C.

    Raises UsageError if the library that sees the changes is missing.
    """
    watchfiles = _library(RELOAD)
    logging.getLogger("watchfiles").setLevel(logging.ERROR)  # it would tell of Ctrl-C
    watchfiles.run_process(
        Path.cwd(),
        target=shlex.join(_command(words, RELOAD)),
        target_type="command",
        watch_filter=watchfiles.PythonFilter(extra_extensions=SUFFIXES),
        callback=lambda changes: echo("telnyx-mock: A file has changed; starts again.", err=True),
    )


def _command(words: Sequence[str], option: str) -> list[str]:
    return [sys.executable, "-m", "telnyx_mock", *(word for word in words if word != option)]


def _library(option: str) -> Any:
    try:
        import watchfiles
    except ImportError:
        raise UsageError(
            f"{option} needs a library that is not installed: pip install 'telnyx-mock[watch]'."
        ) from None
    return watchfiles
