"""The folder of the journals: finds a run by its name, and deletes the oldest runs."""

from __future__ import annotations

import contextlib
import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from telnyx_mock.errors import UsageError, unknown
from telnyx_mock.journal.run import NAME, Run
from telnyx_mock.journal.untrusted import is_file

FOLDER = ".telnyx-mock"
"""The name of the folder, in the working directory."""

MOST_RUNS = 20
MOST_BYTES = 256 << 20
"""Limits for all runs together, checked when a new run begins. The oldest runs are deleted
first."""

_BY_AGE = ("latest", "previous")
"""Words that select a run by its age. They cannot be names of runs."""


@dataclass(frozen=True, slots=True)
class Folder:
    """The folder of journals at *path*, which may not exist yet.

    The folder holds at most *most_runs* runs. All runs except the current one have at most
    *most_bytes* together. Git ignores the folder.
    """

    path: Path
    most_runs: int = MOST_RUNS
    most_bytes: int = MOST_BYTES

    def begin(self, run: str = "") -> tuple[str, Path]:
        """Make room for a run, and return its name and its file.

        The name is *run*, or else a new name. An earlier run with this name is deleted. Raises
        UsageError if the name is impossible, or if the folder cannot be written.
        """
        run = run or secrets.token_hex(4)
        if NAME.fullmatch(run) is None or run in _BY_AGE:
            raise UsageError(
                f"{run!r} cannot be the name of a run in the journal: a name has at most 100 letters, "
                f"digits, '-' and '_', and is not {' or '.join(_BY_AGE)}."
            )
        with self.writing():
            self.path.mkdir(mode=0o700, parents=True, exist_ok=True)
            if not os.path.lexists(ignored := self.path / ".gitignore"):
                ignored.write_text("*\n")
            for file in (self.file(run), *self.path.glob(f"{run}.*.jsonl")):
                file.unlink(missing_ok=True)  # a link, too, so that nothing is written elsewhere
            self._delete_oldest()
        return run, self.file(run)

    def file(self, stem: str) -> Path:
        """Return the path of the file of a run, or of one of its workers (``RUN.gw0``)."""
        return self.path / f"{stem}.jsonl"

    def runs(self) -> list[Run]:
        """Return all runs, the oldest first. What is no journal is skipped."""
        runs = (Run.read(path, self._files(path.stem)[1:]) for path in self._mains())
        return sorted((run for run in runs if run is not None), key=lambda run: run.started)

    def skipped(self) -> list[str]:
        """Return the names of what would be journals of runs, but cannot be read as journals."""
        mains = {*self._mains()}
        return sorted(
            path.name
            for path in self.path.glob("*.jsonl")
            if "." not in path.stem and (path not in mains or Run.read(path, []) is None)
        )

    def run(self, name: str, *, of_calls: bool | None = None) -> Run:
        """Return the run with this name. ``latest`` and ``previous`` select a run by its age.

        If *of_calls* is given, look only at the runs of ``calls``, or only at all others. Raises UsageError if there is
        no such run.
        """
        runs = [each for each in self.runs() if of_calls in (None, each.command == "calls")]
        if not runs:
            raise UsageError(
                f"There is no journal in {self.path}: 'telnyx-mock {'calls' if of_calls else 'check'}' writes a journal "
                "into the directory where you start it."
            )
        named = {run.id: run for run in runs}
        named |= dict(zip(_BY_AGE, reversed(runs), strict=False))
        if name not in named:
            raise unknown("run", name, named, where=f"in {self.path}")
        return named[name]

    @contextmanager
    def writing(self) -> Iterator[None]:
        """Turn an OSError in the ``with`` block into a UsageError."""
        try:
            yield
        except OSError as error:
            raise UsageError(
                f"The journal {self.path} cannot be written: {error.strerror}."
            ) from None

    def _mains(self) -> Iterator[Path]:
        """Yield the files of runs, without those of their workers."""
        return (
            path
            for path in self.path.glob("*.jsonl")
            if NAME.fullmatch(path.stem) and is_file(path)
        )

    def _files(self, run: str) -> list[Path]:
        """Return the files of a run: first its own file, then the files of its workers."""
        workers = sorted(self.path.glob(f"{run}.*.jsonl"))
        return [file for file in (self.file(run), *workers) if is_file(file)]

    def _delete_oldest(self) -> None:
        """Delete the oldest runs, to make room for one more run."""
        room = 0
        for number, run in enumerate(reversed(self.runs()), 1):
            room += sum(file.stat().st_size for file in run.files)
            if number >= self.most_runs or room > self.most_bytes:
                for file in run.files:
                    with contextlib.suppress(FileNotFoundError):  # another run deletes, too
                        file.unlink()
