"""Runs the contract with a progress line, and hides everything that the app prints or logs."""

from __future__ import annotations

import dataclasses
import os
from collections.abc import Callable, Collection
from pathlib import Path

import click

from telnyx_mock.cli.app_output import dropped
from telnyx_mock.cli.progress import Progress
from telnyx_mock.contract.engine.finding import Finding
from telnyx_mock.contract.report import Report
from telnyx_mock.contract.run_contract import OnResult, OnWarning, run
from telnyx_mock.contract.watched import Watch
from telnyx_mock.settings import Settings


def run_silently(
    target: str,
    settings: Settings,
    run_id: str,
    journal: str = "",
    *,
    checks: Collection[tuple[str, str]] | None = None,
    is_known: Callable[[Finding], bool] = lambda _: False,
    quiet: bool = False,
) -> Report:
    """Run the contract with a progress line, and without the app's own output.

    The run is in a child process if this system can fork one. Then it survives what the app does to
    its process.
    """
    use_own_cache()
    values = {field.name: getattr(settings, field.name) for field in dataclasses.fields(settings)}

    def work(on_result: OnResult, on_warning: OnWarning, watch: Watch | None) -> Report:
        return run(
            target,
            **values,
            run_id=run_id,
            journal=journal,
            checks=checks,
            on_result=on_result,
            on_warning=on_warning,
            watch=watch,
            is_known=is_known,
        )

    return supervised(run_id, target, settings, work, quiet=quiet)[0]


def supervised(
    run_id: str,
    target: str,
    settings: Settings,
    work: Callable[[OnResult, OnWarning, Watch | None], Report],
    *,
    quiet: bool,
) -> tuple[Report, str]:
    """Return the report of *work*, and the story of the simulated call in which it ended early, if it did."""
    with Progress(quiet=quiet) as progress:
        if hasattr(os, "fork"):
            from telnyx_mock.cli.supervised_run import Supervisor

            supervisor = Supervisor(run_id, target, settings, work, progress.heard, progress.warned)
            click.get_current_context().call_on_close(supervisor.close)  # the verdict comes first
            return supervisor.run(), supervisor.story
        with dropped():
            return work(progress.heard, progress.warned, None), ""


def use_own_cache() -> None:
    """Let Hypothesis keep tables of characters, which take a second to make, in the user's cache."""
    os.environ.setdefault("HYPOTHESIS_STORAGE_DIRECTORY", str(_cache() / "hypothesis"))


def _cache() -> Path:
    """Return the user's cache folder (XDG base directories), for files that can be made again."""
    return Path(os.environ.get("XDG_CACHE_HOME") or "~/.cache").expanduser() / "telnyx-mock"
