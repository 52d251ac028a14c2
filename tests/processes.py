"""The environment of processes that tests start, and what these say."""

from __future__ import annotations

import os

READ = ("PYTEST_", "GITHUB_", "TELNYX_", "COV_", "NO_COLOR", "FORCE_COLOR", "COLUMNS")
"""Beginnings of variables that pytest, coverage, the command line and the plugin read."""


def environment(**more: str) -> dict[str, str]:
    """The environment without what would change the outcome, and with *more*."""
    return {**{name: os.environ[name] for name in os.environ if not name.startswith(READ)}, **more}


def without_progress(stderr: str) -> str:
    """Return what a run says besides its progress, which only a busy machine takes time enough for."""
    lines = stderr.splitlines(keepends=True)
    return "".join(line for line in lines if " checks; the last: " not in line)
