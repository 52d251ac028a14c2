"""Writes one file of a run, line by line: what was sent, what was answered, how checks ended.

Each line is handed to the operating system as it is made, so that it outlives the process. It is
not waited for on the disk: a delivery would cost a hundred times as much.
"""

from __future__ import annotations

import itertools
import json
import os
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from telnyx_mock._version import __version__
from telnyx_mock.clock import SYSTEM_CLOCK, Clock
from telnyx_mock.delivery import Attempt
from telnyx_mock.journal.lines import answered, sent
from telnyx_mock.payload.request import Request
from telnyx_mock.schema.json_values import Json

__all__ = ["Journal"]

MOST_BYTES = 64 << 20
"""Bytes of deliveries in one file; later ones are not kept. The results always are."""

_write = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode


class Journal:
    """One file of a run, at *path*. Safe to use from several threads.

    *about* is why things are sent just now: the id of a check, or the name of a test. *target*
    names the receiver, as a command line would, *public_key* is what it verifies with. Raises
    OSError if the file cannot be made; where it cannot be written to later, the journal ends.
    """

    def __init__(
        self,
        path: Path,
        *,
        target: Mapping[str, str],
        public_key: str,
        clock: Clock = SYSTEM_CLOCK,
        limit: int = MOST_BYTES,
    ) -> None:
        self.about = ""
        self._to = ""
        self._trusted: Sequence[str] | None = None
        self._stem = path.stem
        self._clock = clock
        self._room = limit
        self._numbers = itertools.count(1)
        self._lock = threading.Lock()
        self._path = path
        self._is_empty, self._is_full = True, False
        self._file: int | None = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        self._line(
            {
                "run": path.stem,
                "version": __version__,
                "started": clock.now(),
                "target": dict(target),
                "public_key": public_key,
            }
        )

    def sent(self, request: Request, url: str) -> str:
        """Note that *request* goes out to *url*; the id of the delivery, empty if it is not kept."""
        if self._file is None or self._is_full:
            return ""
        if self._room <= 0:
            self._is_full = True
            self._line({"full": True})
            return ""
        self._is_empty = False
        id_ = f"{self._stem}.{next(self._numbers)}"
        self._room -= self._line(
            sent(
                id_,
                request,
                url,
                about=self.about,
                moment=self._clock.now(),
                to=self._to,
                trusted=self._trusted,
            )
        )
        return id_

    def answered(self, id_: str, attempt: Attempt) -> None:
        """Note what came of the delivery *id_*."""
        if id_:
            self._room -= self._line(answered(id_, attempt))

    def unsent(self, id_: str) -> None:
        """Note that the delivery *id_* never got to the receiver, and so is none."""
        if id_:
            self._room -= self._line({"unsent": id_})

    @contextmanager
    def beside(self, to: str, trusted: Sequence[str] | None = None) -> Iterator[None]:
        """What is sent in the ``with`` block goes *to* another receiver: FAILOVER or MADE_FOR_IT.

        It was given the public keys *trusted*, or that of the run.
        """
        before = self._to, self._trusted
        self._to, self._trusted = to, trusted
        try:
            yield
        finally:
            self._to, self._trusted = before

    def result(self, row: Mapping[str, Json]) -> None:
        """Note how a check ended, as ``Result.to_json`` has it."""
        self._is_empty = False
        self._line({"result": row})

    def close(self) -> None:
        """Note that the run came to its end. One in which nothing happened is not kept."""
        self._line({"ended": self._clock.now()})
        if self._file is not None:
            os.close(self._file)
        self._file = None
        workers = self._path.parent.glob(f"{self._stem}.*.jsonl")
        if self._is_empty and not any(workers):
            self._path.unlink(missing_ok=True)

    def _line(self, content: Mapping[str, Any]) -> int:
        """Write a line; the number of its bytes."""
        # Half of a surrogate pair has no UTF-8; its backslash escape is JSON.
        line = (_write(content) + "\n").encode(errors="backslashreplace")
        with self._lock:
            if self._file is not None:
                try:
                    os.write(self._file, line)
                except OSError:  # the disk is full, say; that must not end the run
                    os.close(self._file)
                    self._file = None
        return len(line)
