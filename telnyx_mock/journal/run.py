"""Reads a run from its journal files. An incomplete last row is ignored, and so is a damaged one."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from telnyx_mock.errors import UsageError
from telnyx_mock.journal.rows import RecordedDelivery
from telnyx_mock.journal.untrusted import Damaged, lines, member, row
from telnyx_mock.schema.json_values import Json

NAME = re.compile("[A-Za-z0-9][A-Za-z0-9_-]{0,99}")
"""What the name of a run may be. It is a part of the names of files."""

_LATEST = 10.0**11
"""The latest time that a journal can have, in Unix seconds: no calendar goes much further."""


@dataclass(frozen=True, slots=True)
class Run:
    """A run. *files* holds first the file of the run, then the files of its workers.

    *started* is in Unix seconds. *target* says how the user named the receiver: ``name``, ``path``,
    the reference of the ``key``, and the ``failover`` address (missing in older runs). *command* is what ran: ``check``,
    ``calls`` or ``pytest``; older runs lack it. Anybody may have written the files, so *target* is good only to be shown.
    """

    id: str
    started: float
    target: Mapping[str, str]
    version: str
    files: tuple[Path, ...]
    command: str = ""

    @classmethod
    def read(cls, path: Path, workers: list[Path]) -> Run | None:
        """Return the run whose own file is *path*, or None if the file is not a journal."""
        with suppress(Damaged):
            head = _head(path)
            target = member(head, "target", dict)
            names = {name: member(target, name, str, "") for name in ("name", "path", "failover")}
            started = member(head, "started", float)
            if NAME.fullmatch(head["run"]) and 0 <= started < _LATEST:
                version = member(head, "version", str)
                command = member(head, "command", str, "")
                return cls(head["run"], started, names, version, (path, *workers), command)
        return None

    @property
    def ended(self) -> bool:
        """Whether the run ended normally. If not, its process was killed."""
        return _holds(self.files[0], "ended")

    @property
    def full(self) -> bool:
        """Whether some deliveries are missing because a file was full."""
        return any(_holds(file, "full") for file in self.files)

    def results(self) -> list[Json]:
        """Return the results of the checks, in the form of ``Result.to_json``, but not checked."""
        return [each.get("result") for each in _rows(self.files[0], "result")]

    def count(self) -> int:
        """Return how many deliveries are recorded."""
        return sum(_count(file, "sent") - _count(file, "unsent") for file in self.files)

    def deliveries(self, id_: str = "") -> Iterator[RecordedDelivery]:
        """Yield the deliveries of each process, in order. With *id_*, yield only that delivery."""
        value = json.dumps(id_).encode() if id_ else b""
        for file in self.files:
            with suppress(Damaged):
                public_key = member(_head(file), "public_key", str)
                answers = _by_id(_rows(file, "answered", value), "answered")
                unsent = _by_id(_rows(file, "unsent", value), "unsent")
                for sent in _rows(file, "sent", value):
                    with suppress(Damaged):
                        found = member(sent, "sent", str)
                        if found not in unsent:
                            answer = answers.get(found, {})
                            yield RecordedDelivery.read(sent, answer, public_key)

    def delivery(self, id_: str) -> RecordedDelivery:
        """Return the delivery with this id. Raises UsageError if the run has no such delivery."""
        for found in self.deliveries(id_):
            return found
        if any(
            True for file in self.files for _ in _lines_of(file, "sent", json.dumps(id_).encode())
        ):
            raise UsageError(
                f"The delivery {id_!r} of run {self.id} cannot be read: its row in the journal is "
                "damaged, or another version of telnyx-mock wrote it."
            )
        known = " or ".join(f"{file.stem}.1" for file in self.files if _holds(file, "sent"))
        raise UsageError(
            f"There is no delivery {id_!r} in run {self.id}, which has {self.count()} deliveries"
            + (f"; the first is {known}." if known else ".")
        )


def _head(path: Path) -> dict[str, Json]:
    """Return the first row of a file. Raises Damaged if it is not the head of a run."""
    head = row(next(lines(path), b""))
    if head is None:
        raise Damaged("run")
    member(head, "run", str)
    return head


def _by_id(rows: Iterator[dict[str, Json]], name: str) -> dict[str, dict[str, Json]]:
    return {each[name]: each for each in rows if isinstance(each[name], str)}


def _holds(path: Path, kind: str) -> bool:
    return next(_lines_of(path, kind), None) is not None


def _count(path: Path, kind: str) -> int:
    return sum(1 for _ in _lines_of(path, kind))


def _lines_of(path: Path, kind: str, value: bytes = b"") -> Iterator[bytes]:
    """Yield the complete lines whose first member is named *kind* (and has *value*, if given)."""
    start = b'{"%b":%b' % (kind.encode(), value)
    return (line for line in lines(path) if line.startswith(start))


def _rows(path: Path, kind: str, value: bytes = b"") -> Iterator[dict[str, Json]]:
    for line in _lines_of(path, kind, value):
        if (found := row(line)) is not None:  # damaged by something else; others can still be read
            yield found
