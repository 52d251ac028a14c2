"""Runs the contract through pytest, apart from the user's own pytest project, and collects.

Outcomes are read from the reports that pytest makes, not from anything it prints.
"""

from __future__ import annotations

import contextlib
import importlib
import io
import os
import tempfile
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import click
import pytest

from telnyx_mock.catalogue.registry import families, find
from telnyx_mock.contract.engine.finding import Result
from telnyx_mock.contract.rules.registry import CONTRACT
from telnyx_mock.errors import UsageError

__all__ = ["Collected", "run_contract"]

MODULE = "pytest_telnyx_mock.contract"
SETTINGS = "[pytest]\njunit_suite_name = telnyx-mock\n"


@dataclass(slots=True)
class Collected:
    """What came out of a run: the *results*, in the order of the contract.

    *trouble* are sentences about why something could not be run. *junit* is the report that
    pytest makes.
    """

    results: list[Result] = field(default_factory=list)
    trouble: list[str] = field(default_factory=list)
    junit: bytes = b""


class _Collector:
    """A pytest plugin that keeps the results which contract tests attach to their reports."""

    def __init__(self, heard: Callable[[Result, int], None]) -> None:
        self.heard = heard
        self.planned: list[str] = []
        self.results: dict[str, Result] = {}
        self.trouble: dict[str, None] = {}
        self.interrupted = False

    def pytest_collection_finish(self, session: pytest.Session) -> None:
        self.planned = self.planned or [item.nodeid for item in session.items]

    @pytest.hookimpl(optionalhook=True)
    def pytest_xdist_node_collection_finished(self, node: Any, ids: list[str]) -> None:
        self.planned = ids

    @pytest.hookimpl(optionalhook=True)
    def pytest_xdist_make_scheduler(self, config: pytest.Config, log: Any) -> Any:
        # A family stays in one process: what one check found out, the next one builds on.
        scheduler = importlib.import_module("xdist.scheduler").LoadScopeScheduling(config, log)
        scheduler._split_scope = _family
        return scheduler

    def pytest_collectreport(self, report: pytest.CollectReport) -> None:
        if report.failed:
            self.trouble[str(report.longrepr)] = None

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        row: Mapping[str, Any] | None = getattr(report, "telnyx_mock", None)
        if row is not None:
            result = self.results[report.nodeid] = Result.from_json(row)
            self.heard(result, len(self.planned))
        elif report.failed:
            self.trouble[getattr(report, "telnyx_mock_error", None) or report.longreprtext] = None

    def pytest_keyboard_interrupt(self, excinfo: pytest.ExceptionInfo[BaseException]) -> None:
        self.interrupted = excinfo.type is KeyboardInterrupt
        if not self.trouble:
            self.trouble[f"The run was stopped: {excinfo.value}"] = None

    def pytest_internalerror(self, excrepr: object) -> bool:
        self.trouble[str(excrepr)] = None
        return True


def _family(nodeid: str) -> str:
    """The family of events that a contract test is about; empty where it is about more."""
    case = nodeid.rpartition("[")[2].removesuffix("]")
    check = max((known for known in CONTRACT if case.startswith(known)), key=len, default=case)
    subject = case.removeprefix(check).removeprefix("-")
    if subject in families():
        return subject
    try:
        return find(subject).family
    except UsageError:
        return ""


def run_contract(
    options: list[str],
    *,
    heard: Callable[[Result, int], None],
    workers: int = 0,
    use_project_config: bool = False,
) -> Collected:
    """Run the contract with the plugin's *options*; *heard* is told each result as it comes.

    *heard* is told, too, how many are planned. Unless *use_project_config*, nothing of the user's
    pytest project takes part: no settings file, no conftest, no plugin but ours (and xdist, for
    more than one of the *workers*), and no cache. Raises KeyboardInterrupt where the run was
    interrupted.
    """
    collector = _Collector(heard)
    arguments = ["--pyargs", MODULE, "-p", "no:terminal", *options]
    if workers:
        arguments += ["-n", str(workers), "--max-worker-restart", "0"]
    with tempfile.TemporaryDirectory(prefix="telnyx-mock-") as folder:
        junit = Path(folder) / "junit.xml"
        arguments += ["--junit-xml", str(junit)]
        if not use_project_config:
            settings = Path(folder) / "pytest.ini"
            settings.write_text(SETTINGS)
            arguments += ["-c", str(settings), "--rootdir", str(Path.cwd()), "--noconftest"]
            arguments += ["-p", "no:cacheprovider", "-p", "pytest_telnyx_mock.plugin"]
            arguments += ["-p", "xdist"] if workers else []
        said = io.StringIO()
        with (
            _environment(isolated=not use_project_config),
            contextlib.redirect_stderr(said),
        ):
            code = pytest.main(arguments, plugins=[collector])
        collected = Collected(junit=junit.read_bytes() if junit.exists() else b"")
    if collector.interrupted:
        raise KeyboardInterrupt
    if code == pytest.ExitCode.USAGE_ERROR:
        collector.trouble.setdefault(said.getvalue().removeprefix("ERROR: ").strip())
    elif said.getvalue():
        click.echo(said.getvalue(), err=True, nl=False)
    in_order = (name for name in collector.planned if name in collector.results)
    collected.results = [collector.results[name] for name in in_order]
    collected.trouble = list(collector.trouble)
    return collected


@contextlib.contextmanager
def _environment(*, isolated: bool) -> Iterator[None]:
    """The environment without what would change a pytest run from outside."""
    if not isolated:
        yield
        return
    saved = dict(os.environ)
    for name in ("PYTEST_ADDOPTS", "PYTEST_PLUGINS"):
        os.environ.pop(name, None)
    os.environ["PYTEST_DISABLE_PLUGIN_AUTOLOAD"] = "1"
    # Its tables of characters take a second to make, and have no place in the working directory.
    os.environ.setdefault("HYPOTHESIS_STORAGE_DIRECTORY", str(_cache() / "hypothesis"))
    try:
        yield
    finally:
        os.environ.clear()
        os.environ.update(saved)


def _cache() -> Path:
    """Where this user's programs keep what can be made again (the XDG base directories)."""
    return Path(os.environ.get("XDG_CACHE_HOME") or "~/.cache").expanduser() / "telnyx-mock"
