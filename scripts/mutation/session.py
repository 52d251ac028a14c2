"""Tries the mutants of one module with cosmic-ray, and keeps the results for the next time."""

from __future__ import annotations

import ast
import hashlib
import json
import os
import shlex
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from cosmic_ray.config import ConfigDict, serialize_config
from cosmic_ray.work_db import WorkDB, use_db
from cosmic_ray.work_item import MutationSpec, TestOutcome, WorkerOutcome, WorkItem, WorkResult

from scripts.mutation.settings import ROOT, Settings

PYTEST = "-m pytest -x -q -n 0 -p no:cacheprovider"

NOT_SAMPLED = "not in the sample"
NEVER_RUN = "in an annotation"


@dataclass(frozen=True, slots=True)
class Survivor:
    """A mutant at which no test fails: the number of its *line*, and the line before and *after*."""

    line: int
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class Result:
    """How many mutants a *module* has, how many were *tried*, and which survive."""

    module: str
    tests: str
    mutants: int
    tried: int
    survivors: tuple[Survivor, ...]

    @property
    def killed(self) -> int:
        return self.tried - len(self.survivors)


class Session:
    """The mutants of one *module* and what is known about them, in a folder of their own."""

    def __init__(self, module: str, settings: Settings) -> None:
        self.module = module
        self._settings = settings
        self._tests = settings.tests[module]
        self._folder = ROOT / ".mutation" / module.removesuffix(".py").replace("/", ".")
        self._database = self._folder / "session.sqlite"
        self._config = self._folder / "config.toml"
        self._keys = self._folder / "keys.json"
        self._chosen = self._folder / "chosen.json"

    @property
    def is_begun(self) -> bool:
        return self._keys.exists()

    def run(self, tree: Path, *, most: int | None) -> None:
        """Try in *tree* each mutant whose result is not known; *most* limits how many of them."""
        self._folder.mkdir(parents=True, exist_ok=True)
        keys = self._keys_in(tree)
        known = json.loads(self._keys.read_text()) if self.is_begun else {}
        if known.get("module") != keys["module"]:
            self._begin(tree)
        elif known.get("tests") != keys["tests"]:
            self._forget("test_outcome = 'SURVIVED'")
        self._keys.write_text(json.dumps(keys))
        self._choose(most)
        with use_db(self._database, WorkDB.Mode.open) as database:
            if not database.pending_work_items:
                return
        seconds = self._time_of_tests(tree)
        self._write_config(timeout=20 + 5 * seconds)
        self._cosmic_ray(tree, "cosmic_ray.cli", "exec", self._config, self._database)

    def result(self) -> Result:
        """Return what is known so far, without the mutants that cosmic-ray fails to make."""
        survivors, tried = [], 0
        with use_db(self._database, WorkDB.Mode.open) as database:
            items = database.work_items
            left_out = 0
            for item, result in database.completed_work_items:
                if result.worker_outcome is not WorkerOutcome.NORMAL:
                    left_out += result.output != NOT_SAMPLED
                    continue
                tried += 1
                if result.test_outcome is not TestOutcome.KILLED:
                    survivors.append(_survivor(item, result))
        survivors.sort(key=lambda each: (each.line, each.after))
        return Result(self.module, self._tests, len(items) - left_out, tried, tuple(survivors))

    def _keys_in(self, tree: Path) -> dict[str, str]:
        """Return a key of what decides which mutants there are, and one of what judges them."""
        words = shlex.split(self._tests)
        files = [tree / each.partition("::")[0] for each in words if each.startswith("tests/")]
        judges = [self._tests, *(file.read_text() for file in files)]
        return {
            "module": _key((tree / self.module).read_text(), *self._settings.excluded),
            "tests": _key(*judges),
        }

    def _begin(self, tree: Path) -> None:
        """List the module's mutants, without those that no test can tell from the original."""
        self._database.unlink(missing_ok=True)
        self._chosen.unlink(missing_ok=True)
        self._write_config(timeout=0)
        self._cosmic_ray(tree, "cosmic_ray.cli", "init", self._config, self._database)
        self._cosmic_ray(
            tree, "cosmic_ray.tools.filters.operators_filter", self._database, self._config
        )
        annotations = list(_annotations((tree / self.module).read_text()))
        with use_db(self._database, WorkDB.Mode.open) as database:
            for item in database.pending_work_items:
                start = _mutation(item).start_pos
                if any(first <= start < last for first, last in annotations):
                    database.set_result(item.job_id, _skipped(NEVER_RUN))

    def _choose(self, most: int | None) -> None:
        """Leave all but *most* mutants out. The choice is as good as random, and always the same.

        What was chosen once stays: else a survivor could leave the sample when its tests change.
        """
        self._forget(f"output = '{NOT_SAMPLED}'")
        with use_db(self._database, WorkDB.Mode.open) as database:
            known = dict(database.results)
            items = [
                item
                for item in database.work_items
                if item.job_id not in known
                or known[item.job_id].worker_outcome is not WorkerOutcome.SKIPPED
            ]
            chosen = {item.job_id for item in sorted(items, key=_rank)[:most]}
            if self._chosen.exists():
                chosen.update(json.loads(self._chosen.read_text()))
            self._chosen.write_text(json.dumps(sorted(chosen)))
            for item in items:
                if item.job_id not in chosen:
                    database.set_result(item.job_id, _skipped(NOT_SAMPLED))

    def _forget(self, which: str) -> None:
        """Remove results; cosmic-ray has no command for it."""
        connection = sqlite3.connect(self._database)
        with connection:
            connection.execute(f"DELETE FROM work_results WHERE {which}")  # noqa: S608
        connection.close()

    def _time_of_tests(self, tree: Path) -> float:
        """Return how many seconds the tests take, which must pass without a mutant."""
        started = time.monotonic()
        environment = _environment(tree)
        environment.pop("PYTHONDONTWRITEBYTECODE", None)  # compile once what all mutants share
        command = [sys.executable, *shlex.split(PYTEST), *shlex.split(self._tests)]
        done = subprocess.run(  # noqa: S603
            command, cwd=tree, env=environment, capture_output=True, text=True
        )
        if done.returncode != 0:
            raise SystemExit(f"The tests of {self.module} fail without a mutant:\n{done.stdout}")
        return time.monotonic() - started

    def _write_config(self, timeout: float) -> None:
        config = ConfigDict(
            {
                "module-path": self.module,
                "timeout": timeout,
                "excluded-modules": [],
                "test-command": f"{shlex.quote(sys.executable)} {PYTEST} {self._tests}",
                "distributor": {"name": "local"},
                "filters": {"operators-filter": {"exclude-operators": self._settings.excluded}},
            }
        )
        self._config.write_text(serialize_config(config))

    def _cosmic_ray(self, tree: Path, module: str, *arguments: str | Path) -> None:
        command = [sys.executable, "-m", module, *map(str, arguments)]
        subprocess.run(command, cwd=tree, env=_environment(tree), check=True)  # noqa: S603


def _environment(tree: Path) -> dict[str, str]:
    """Return the environment in which *tree* is the project that Python imports."""
    path = os.pathsep.join((str(tree), str(tree / "pytest_plugin")))
    return {**os.environ, "PYTHONPATH": path}


def _key(*texts: str) -> str:
    return hashlib.sha256("\0".join(texts).encode()).hexdigest()


def _mutation(item: WorkItem) -> MutationSpec:
    [mutation] = item.mutations
    return mutation


def _rank(item: WorkItem) -> str:
    mutation = _mutation(item)
    return _key(mutation.operator_name, str(mutation.occurrence))


def _skipped(why: str) -> WorkResult:
    return WorkResult(worker_outcome=WorkerOutcome.SKIPPED, output=why)


def _annotations(source: str) -> Iterator[tuple[tuple[int, int], tuple[int, int]]]:
    """Yield the beginning and the end of each annotation; Python evaluates none of them."""
    for node in ast.walk(ast.parse(source)):
        for each in (getattr(node, "annotation", None), getattr(node, "returns", None)):
            if isinstance(each, ast.expr):
                assert each.end_lineno is not None
                assert each.end_col_offset is not None
                yield (each.lineno, each.col_offset), (each.end_lineno, each.end_col_offset)


def _survivor(item: WorkItem, result: WorkResult) -> Survivor:
    lines = (result.diff or "").splitlines()
    before = [line[1:].strip() for line in lines if line.startswith("-") and line[:3] != "---"]
    after = [line[1:].strip() for line in lines if line.startswith("+") and line[:3] != "+++"]
    return Survivor(_mutation(item).start_pos[0], " ".join(before), " ".join(after))
