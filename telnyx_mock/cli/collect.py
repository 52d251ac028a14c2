"""Runs the contract through pytest, apart from the user's own pytest project, and collects.

Outcomes are read from the reports that pytest makes, not from anything it prints.
"""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from telnyx_mock.checks.finding import Result

__all__ = ["Collected", "run_contract"]

CONTRACT = "pytest_telnyx_mock.contract"


@dataclass(slots=True)
class Collected:
    """What came out of a run. *trouble* are sentences about why a check could not be run."""

    results: list[Result] = field(default_factory=list)
    trouble: list[str] = field(default_factory=list)
    planned: int = 0


class _Collector:
    """A pytest plugin that keeps the results which contract tests attach to their reports."""

    def __init__(self, collected: Collected, heard: Callable[[Result], None]) -> None:
        self.collected = collected
        self.heard = heard

    def pytest_collection_finish(self, session: pytest.Session) -> None:
        self.collected.planned = len(session.items)

    @pytest.hookimpl(optionalhook=True)
    def pytest_xdist_node_collection_finished(self, node: Any, ids: list[str]) -> None:
        self.collected.planned = len(ids)

    def pytest_collectreport(self, report: pytest.CollectReport) -> None:
        if report.failed:
            self.collected.trouble.append(str(report.longrepr))

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        row: Mapping[str, Any] | None = getattr(report, "telnyx_mock", None)
        if row is not None:
            result = Result.from_json(row)
            self.collected.results.append(result)
            self.heard(result)
        elif report.failed:
            trouble = getattr(report, "telnyx_mock_error", None) or report.longreprtext
            if trouble not in self.collected.trouble:
                self.collected.trouble.append(trouble)


def run_contract(
    options: list[str],
    *,
    heard: Callable[[Result], None],
    workers: int = 0,
    use_project_config: bool = False,
) -> Collected:
    """Run the contract with the plugin's *options*; *heard* is told each result as it comes.

    Unless *use_project_config*, nothing of the user's pytest project takes part: no settings
    file, no conftest, no plugin but ours (and xdist, for more than one of the *workers*), and no
    cache.
    """
    collected = Collected()
    arguments = ["--pyargs", CONTRACT, "-p", "no:terminal", *options]
    if workers:
        arguments += ["-n", str(workers)]
    with (
        tempfile.TemporaryDirectory(prefix="telnyx-mock-") as folder,
        _environment(isolated=not use_project_config),
    ):
        if not use_project_config:
            settings = Path(folder) / "pytest.ini"
            settings.write_text("[pytest]\n")
            arguments += ["-c", str(settings), "--rootdir", str(Path.cwd()), "--noconftest"]
            arguments += ["-p", "no:cacheprovider", "-p", "pytest_telnyx_mock.plugin"]
            arguments += ["-p", "xdist"] if workers else []
        pytest.main(arguments, plugins=[_Collector(collected, heard)])
    return collected


@contextmanager
def _environment(*, isolated: bool) -> Iterator[None]:
    """The environment without what would change a pytest run from outside."""
    if not isolated:
        yield
        return
    saved = dict(os.environ)
    for name in ("PYTEST_ADDOPTS", "PYTEST_PLUGINS"):
        os.environ.pop(name, None)
    os.environ["PYTEST_DISABLE_PLUGIN_AUTOLOAD"] = "1"
    try:
        yield
    finally:
        os.environ.clear()
        os.environ.update(saved)
