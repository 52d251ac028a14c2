"""Reads a run back from the journal; a last line that was torn off is left out."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from telnyx_mock.errors import UsageError
from telnyx_mock.journal.kept import Kept
from telnyx_mock.schema.json_values import Json

__all__ = ["Run"]


@dataclass(frozen=True, slots=True)
class Run:
    """A run that is kept in *files*, its own first and then those of its workers.

    *started* is in Unix seconds. *target* has what named the receiver: ``name``, ``path``, and
    the reference of the ``key``; and the ``failover`` address, which older runs do not have.
    """

    id: str
    started: float
    target: Mapping[str, str]
    version: str
    files: tuple[Path, ...]

    @classmethod
    def read(cls, path: Path, workers: list[Path]) -> Run | None:
        """The run whose own file is at *path*; None where that does not begin as one does."""
        head = next(_lines(path, "run"), None)
        if head is None:
            return None
        return cls(head["run"], head["started"], head["target"], head["version"], (path, *workers))

    @property
    def ended(self) -> bool:
        """Whether the run came to its end: it was not killed."""
        return _holds(self.files[0], "ended")

    @property
    def full(self) -> bool:
        """Whether there were more deliveries than there was room for."""
        return any(_holds(file, "full") for file in self.files)

    def results(self) -> list[Mapping[str, Json]]:
        """How the checks ended, as ``Result.to_json`` has it."""
        return [line["result"] for line in _lines(self.files[0], "result")]

    def count(self) -> int:
        """How many deliveries are kept."""
        return sum(_count(file, "sent") - _count(file, "unsent") for file in self.files)

    def deliveries(self) -> Iterator[Kept]:
        """The deliveries, in the order in which they went out, worker by worker."""
        for file in self.files:
            head = next(_lines(file, "run"), None)
            if head is not None:
                answers = {line["answered"]: line for line in _lines(file, "answered")}
                unsent = {line["unsent"] for line in _lines(file, "unsent")}
                for line in _lines(file, "sent"):
                    if line["sent"] not in unsent:
                        yield Kept.of(line, answers.get(line["sent"], {}), head["public_key"])

    def delivery(self, id_: str) -> Kept:
        """The delivery of this id. Raises UsageError if there is none."""
        file = next((file for file in self.files if file.stem == id_.rpartition(".")[0]), None)
        if file is not None:
            mark = json.dumps(id_).encode()
            head = next(_lines(file, "run"))
            sent = next(_lines(file, "sent", mark), None)
            if sent is not None and next(_lines(file, "unsent", mark), None) is None:
                answer = next(_lines(file, "answered", mark), None)
                return Kept.of(sent, answer or {}, head["public_key"])
        known = " or ".join(f"{file.stem}.1" for file in self.files if _holds(file, "sent"))
        raise UsageError(
            f"There is no delivery {id_!r} in run {self.id}, which has {self.count()} of them"
            + (f"; they are numbered from {known}." if known else ".")
        )


def _holds(path: Path, kind: str) -> bool:
    return next(_raw_lines(path, kind), None) is not None


def _count(path: Path, kind: str) -> int:
    return sum(1 for _ in _raw_lines(path, kind))


def _raw_lines(path: Path, kind: str, mark: bytes = b"") -> Iterator[bytes]:
    """The whole lines of one *kind*, which is the name of their first member, *mark* its value."""
    start = b'{"%b":%b' % (kind.encode(), mark)
    with path.open("rb") as file:
        for line in file:
            if line.startswith(start) and line.endswith(b"\n"):
                yield line


def _lines(path: Path, kind: str, mark: bytes = b"") -> Iterator[dict[str, Json]]:
    for line in _raw_lines(path, kind, mark):
        try:
            yield json.loads(line)
        except ValueError:  # written over by something else; the rest is as good as it was
            continue
