"""Lists and dictionaries that would grow without end, and keep only their latest entries."""

from __future__ import annotations

import threading
from collections import OrderedDict
from typing import TypeVar

T = TypeVar("T")

KEPT = 10_000
"""The number of entries that are kept; a command takes about 2 kB."""


class History(list[T]):
    """A list that forgets its oldest entries once it has more than *limit*.

    *forgotten* is how many it has forgotten since it was last cleared. Positions of :meth:`since`
    go on counting, whatever is forgotten.
    """

    def __init__(self, limit: int = KEPT) -> None:
        super().__init__()
        self.limit = limit
        self.forgotten = 0
        self._lock = threading.Lock()
        self._cleared = 0

    @property
    def position(self) -> int:
        """The position of the next entry."""
        return self._cleared + self.forgotten + len(self)

    def since(self, position: int) -> tuple[T, ...]:
        """Return the entries from *position* on, without those that are forgotten."""
        with self._lock:
            return tuple(self[max(0, position - self._cleared - self.forgotten) :])

    def append(self, entry: T, /) -> None:
        with self._lock:
            super().append(entry)
            if len(self) > self.limit + self.limit // 10:  # rarely, because it moves all the rest
                self.forgotten += len(self) - self.limit
                del self[: -self.limit]

    def clear(self) -> None:
        with self._lock:
            self._cleared += self.forgotten + len(self)
            self.forgotten = 0
            super().clear()


class Latest(OrderedDict[str, T]):
    """A dictionary that forgets the key that was set first once it has more than *limit*."""

    def __init__(self, limit: int = KEPT) -> None:
        super().__init__()
        self.limit = limit

    def __setitem__(self, key: str, value: T, /) -> None:
        super().__setitem__(key, value)
        if len(self) > self.limit:
            self.popitem(last=False)

    def setdefault(self, key: str, value: T, /) -> T:
        if key not in self:
            self[key] = value
        return self[key]
