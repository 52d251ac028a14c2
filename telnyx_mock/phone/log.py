"""What has happened, as numbered lines that a page follows while they come and change."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass

from telnyx_mock.simulator.transcript import Entry

KEPT = 2_000
"""The number of lines that are kept."""


@dataclass(slots=True)
class Line:
    """One line, at virtual second *at* of the call. *about* is the webhook, delivery or command that it tells of.

    *changed* is the version of the log in which the line came or changed last.
    """

    number: int
    at: float
    entry: Entry
    about: object
    changed: int


class Log:
    """The lines, and what wakes those who wait for the next *version*; threads may share it.

    Once it ``is_closed``, nobody should wait for it.
    """

    def __init__(self) -> None:
        self.version = 0
        self.is_closed = False
        self._lines: OrderedDict[int, Line] = OrderedDict()
        self._number_of: dict[int, int] = {}
        self._numbers = 0
        self._waiting: list[Callable[[], None]] = []
        self._lock = threading.Lock()

    def take(self, entry: Entry, about: object, began: float) -> Line:
        """Add the line of *entry*, or change what it is *about*. Its call began at this virtual time."""
        with self._lock:
            number = self._number_of.get(id(entry))
            if number is None:
                number = self._numbers = self._numbers + 1
                self._number_of[id(entry)] = number
                self._lines[number] = Line(number, entry.at - began, entry, about, 0)
                if len(self._lines) > KEPT:
                    _, oldest = self._lines.popitem(last=False)
                    del self._number_of[id(oldest.entry)]
            line = self._lines[number]
            line.about = about
            line.changed = self.version + 1
        self.touch()
        return line

    def touch(self) -> None:
        """Make a new version, and wake those who wait for it."""
        with self._lock:
            self.version += 1
            waiting, self._waiting = self._waiting, []
        for wake in waiting:
            wake()

    def close(self) -> None:
        """Wake all who wait, as nothing will come any more."""
        self.is_closed = True
        self.touch()

    def line(self, number: int) -> Line | None:
        """Return the line with this *number*; None if there is none any more."""
        with self._lock:
            return self._lines.get(number)

    def since(self, version: int) -> list[Line]:
        """Return the lines that came or changed after *version*, in order."""
        with self._lock:
            return [line for line in self._lines.values() if line.changed > version]

    def when_changed(self, version: int, wake: Callable[[], None]) -> None:
        """Call *wake* once, in any thread, when the log has another version than *version*."""
        with self._lock:
            if self.version == version and not self.is_closed:
                self._waiting.append(wake)
                return
        wake()
