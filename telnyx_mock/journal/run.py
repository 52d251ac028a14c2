"""Reads a run from its journal files. An incomplete last row is ignored."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from telnyx_mock.errors import UsageError
from telnyx_mock.journal.rows import RecordedDelivery
from telnyx_mock.schema.json_values import Json


@dataclass(frozen=True, slots=True)
class Run:
    """A run. *files* holds first the file of the run, then the files of its workers.

    *started* is in Unix seconds. *target* says how the user named the receiver: ``name``, ``path``,
    the reference of the ``key``, and the ``failover`` address (missing in older runs).
    """

    id: str
    started: float
    target: Mapping[str, str]
    version: str
    files: tuple[Path, ...]

    @classmethod
    def read(cls, path: Path, workers: list[Path]) -> Run | None:
        """Return the run whose own file is *path*, or None if the file is not a journal."""
        head = next(_rows(path, "run"), None)
        if head is None:
            return None
        return cls(head["run"], head["started"], head["target"], head["version"], (path, *workers))

    @property
    def ended(self) -> bool:
        """Whether the run ended normally. If not, its process was killed."""
        return _holds(self.files[0], "ended")

    @property
    def full(self) -> bool:
        """Whether some deliveries are missing because a file was full."""
        return any(_holds(file, "full") for file in self.files)

    def results(self) -> list[Mapping[str, Json]]:
        """Return the results of the checks, in the form of ``Result.to_json``."""
        return [line["result"] for line in _rows(self.files[0], "result")]

    def count(self) -> int:
        """Return how many deliveries are recorded."""
        return sum(_count(file, "sent") - _count(file, "unsent") for file in self.files)

    def deliveries(self, id_: str = "") -> Iterator[RecordedDelivery]:
        """Yield the deliveries of each process, in order. With *id_*, yield only that delivery."""
        value = json.dumps(id_).encode() if id_ else b""
        for file in self.files:
            head = next(_rows(file, "run"), None)
            if head is not None:
                answers = {row["answered"]: row for row in _rows(file, "answered", value)}
                unsent = {row["unsent"] for row in _rows(file, "unsent", value)}
                for row in _rows(file, "sent", value):
                    if row["sent"] not in unsent:
                        answer = answers.get(row["sent"], {})
                        yield RecordedDelivery.read(row, answer, head["public_key"])

    def delivery(self, id_: str) -> RecordedDelivery:
        """Return the delivery with this id. Raises UsageError if the run has no such delivery."""
        for found in self.deliveries(id_):
            return found
        known = " or ".join(f"{file.stem}.1" for file in self.files if _holds(file, "sent"))
        raise UsageError(
            f"There is no delivery {id_!r} in run {self.id}, which has {self.count()} deliveries"
            + (f"; the first is {known}." if known else ".")
        )


def _holds(path: Path, kind: str) -> bool:
    return next(_lines_of(path, kind), None) is not None


def _count(path: Path, kind: str) -> int:
    return sum(1 for _ in _lines_of(path, kind))


def _lines_of(path: Path, kind: str, value: bytes = b"") -> Iterator[bytes]:
    """Yield the complete lines whose first member is named *kind* (and has *value*, if given)."""
    start = b'{"%b":%b' % (kind.encode(), value)
    with path.open("rb") as file:
        for line in file:
            if line.startswith(start) and line.endswith(b"\n"):
                yield line


def _rows(path: Path, kind: str, value: bytes = b"") -> Iterator[dict[str, Json]]:
    for line in _lines_of(path, kind, value):
        try:
            yield json.loads(line)
        except ValueError:  # damaged by something else; other rows can still be read
            continue
