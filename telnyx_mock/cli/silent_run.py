"""Runs the contract with a progress line, and hides everything that the app prints or logs."""

from __future__ import annotations

import atexit
import dataclasses
import os
import sys
import warnings
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stderr, redirect_stdout, suppress
from pathlib import Path
from typing import TextIO

from telnyx_mock.cli.progress import Progress
from telnyx_mock.contract.report import Report
from telnyx_mock.contract.run_contract import run
from telnyx_mock.settings import Settings

_SINK: list[TextIO] = []
"""This file stays open, because a logging handler of the app may use it until the process ends."""


def run_silently(target: str, settings: Settings, run_id: str = "", journal: str = "") -> Report:
    """Run the contract with a progress line, and without the app's own output."""
    # Hypothesis keeps tables of characters, which take a second to make, in a folder of its own.
    os.environ.setdefault("HYPOTHESIS_STORAGE_DIRECTORY", str(_cache() / "hypothesis"))
    values = {field.name: getattr(settings, field.name) for field in dataclasses.fields(settings)}
    with Progress() as progress, _silence():
        return run(target, **values, run_id=run_id, journal=journal, on_result=progress.heard)


@contextmanager
def _silence() -> Iterator[None]:
    """Drop everything that is written to standard output and standard error in the ``with`` block.

    That includes what other programs and C code write to the descriptors.
    """
    if not _SINK:
        _SINK.append(open(os.devnull, "w"))  # noqa: PTH123, SIM115
        atexit.register(_SINK[0].close)
    [sink] = _SINK
    for stream in (sys.stdout, sys.stderr):
        stream.flush()
    saved = {number: os.dup(number) for number in (1, 2) if _is_open(number)}
    try:
        for number in saved:
            os.dup2(sink.fileno(), number)
        with warnings.catch_warnings(), redirect_stdout(sink), redirect_stderr(sink):
            warnings.simplefilter("ignore")
            yield
    finally:
        with suppress(ValueError):
            sink.flush()
        for number, copy in saved.items():
            os.dup2(copy, number)
            os.close(copy)


def _is_open(number: int) -> bool:
    try:
        os.fstat(number)
    except OSError:
        return False
    return True


def _cache() -> Path:
    """Return the user's cache folder (XDG base directories), for files that can be made again."""
    return Path(os.environ.get("XDG_CACHE_HOME") or "~/.cache").expanduser() / "telnyx-mock"
