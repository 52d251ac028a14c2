"""Writes one file of a run, row by row: requests, answers, commands, and results of checks.

Each row is passed to the operating system at once, so that the row survives if this process ends.
The writer does not wait until the row is on the disk, because a delivery would then take a hundred
times as long.
"""

from __future__ import annotations

import itertools
import json
import os
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from telnyx_mock._version import __version__
from telnyx_mock.clock import SYSTEM_CLOCK, Clock
from telnyx_mock.delivery import Attempt
from telnyx_mock.fake_api.answers import ApiAnswer
from telnyx_mock.fake_api.command import Command
from telnyx_mock.hidden import json_without_secrets, without_secrets
from telnyx_mock.journal.rows import answered_row, sent_row
from telnyx_mock.payload.request import Request
from telnyx_mock.schema.json_values import Json

MOST_BYTES = 64 << 20
"""The most bytes of deliveries and commands in one file. After that, only results are recorded."""

_MODE = os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_NOFOLLOW | os.O_NONBLOCK
"""How the file is opened: not through a link, and without waiting for the reader of a pipe."""

_encode = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode


class Journal:
    """Writes the file at *path*. Several threads may write at once.

    ``about`` says why requests are sent now: it is the id of a rule, or the name of a test.
    *target* names the receiver as on the command line, and *command* is what runs: ``check``, ``calls`` or ``pytest``. The receiver verifies signatures with
    *public_key*. At most *limit* bytes of deliveries and commands are recorded. Raises OSError if the file
    cannot be created. If a later write fails, the journal ends, and *problem* says why.
    """

    def __init__(
        self,
        path: Path,
        *,
        target: Mapping[str, str],
        public_key: str,
        command: str = "",
        clock: Clock = SYSTEM_CLOCK,
        limit: int = MOST_BYTES,
    ) -> None:
        self.about = self.problem = ""
        self._to = ""
        self._trusted: Sequence[str] | None = None
        self._stem = path.stem
        self._clock = clock
        self._room = limit
        self._numbers = itertools.count(1)
        self._lock = threading.Lock()
        self._path = path
        self._is_empty, self._is_full = True, False
        self._file: int | None = os.open(path, _MODE, 0o600)
        self._write(
            {
                "run": path.stem,
                "version": __version__,
                "started": clock.now(),
                "command": command,
                "target": dict(target),
                "public_key": public_key,
            }
        )

    def sent(self, request: Request, url: str) -> str:
        """Record that *request* goes out to *url*.

        Returns the id of the delivery, or "" if the file is full.
        """
        if self._file is None or self._is_full:
            return ""
        if self._room <= 0:
            self._is_full = True
            self.problem = f"The journal {self._path} is full; the run went on without it."
            self._write({"full": True})
            return ""
        self._is_empty = False
        id_ = f"{self._stem}.{next(self._numbers)}"
        row = sent_row(
            id_,
            request,
            url,
            about=self.about,
            at=self._clock.now(),
            to=self._to,
            trusted=self._trusted,
        )
        self._room -= self._write(row)
        return id_

    def answered(self, id_: str, attempt: Attempt) -> None:
        """Record the answer to the delivery with this id."""
        if id_:
            self._room -= self._write(answered_row(id_, attempt))

    def unsent(self, id_: str) -> None:
        """Record that the delivery with this id never reached the receiver.

        The delivery does not count.
        """
        if id_:
            self._room -= self._write({"unsent": id_})

    def commanded(self, command: Command, answer: ApiAnswer) -> None:
        """Record a *command* of the receiver, and the status with which the fake API answered it."""
        if not self._is_full:
            self._room -= self._write(
                {
                    "commanded": command.name,
                    "at": self._clock.now(),
                    "path": command.path,
                    "parameters": dict(command.parameters),
                    "status": answer.status,
                }
            )

    @contextmanager
    def beside(self, to: str, trusted: Sequence[str] | None = None) -> Iterator[None]:
        """Record that requests in the ``with`` block go to another receiver.

        *to* is FAILOVER or MADE_FOR_RULE. That receiver verifies signatures with the public keys *trusted*. If *trusted* is empty, it
        verifies them with the key of the run.
        """
        before = self._to, self._trusted
        self._to, self._trusted = to, trusted
        try:
            yield
        finally:
            self._to, self._trusted = before

    def result(self, row: Mapping[str, Json]) -> None:
        """Record the result of a check, in the form of ``Result.to_json``."""
        self._is_empty = False
        self._write({"result": row})

    def close(self) -> None:
        """Record the end of the run.

        The file of a run without deliveries and results is deleted.
        """
        self._write({"ended": self._clock.now()})
        self._close()
        workers = self._path.parent.glob(f"{self._stem}.*.jsonl")
        if self._is_empty and not any(workers):
            self._path.unlink(missing_ok=True)

    def _close(self) -> None:
        if self._file is not None:
            with suppress(OSError):  # the app may have closed it
                os.close(self._file)
        self._file = None

    def _write(self, row: Mapping[str, Any]) -> int:
        """Write a row, without secrets. Returns the number of its bytes."""
        # Half of a surrogate pair has no UTF-8, but its backslash escape is JSON.
        text = _encode(row)
        if without_secrets(text) != text:  # rarely; this keeps the escapes of JSON whole
            text = _encode(json_without_secrets(row))
        line = (text + "\n").encode(errors="backslashreplace")
        with self._lock:
            if self._file is not None:
                try:
                    os.write(self._file, line)
                except OSError as error:  # such as a full disk, which must not end the run
                    self.problem = (
                        f"The journal {self._path} could not be written: {error.strerror}; the run "
                        "went on without it."
                    )
                    self._close()
        return len(line)
