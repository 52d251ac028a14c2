"""Lists and dictionaries that would grow without end, and keep only their latest entries."""

from __future__ import annotations

import threading
from collections import OrderedDict, deque
from typing import TypeVar

T = TypeVar("T")

KEPT = 10_000
"""The number of entries that are kept; a command takes about 2 kB."""

KEPT_BYTES = 20_000_000
"""The bytes of the bodies that are kept; a body takes a few times as much once it is parsed."""


class History(list[T]):
    """A list that forgets its oldest entries once it has more than *limit*, or than *size* bytes.

    *forgotten* is how many it has forgotten since it was last cleared. Positions of :meth:`since`
    go on counting, whatever is forgotten.
    """

    def __init__(self, limit: int = KEPT, size: int = KEPT_BYTES) -> None:
        super().__init__()
        self.limit = limit
        self.size = size
        self.forgotten = 0
        self._lock = threading.Lock()
        self._cleared = 0
        self._sizes: deque[int] = deque()
        self._taken = 0

    @property
    def position(self) -> int:
        """The position of the next entry."""
        return self._cleared + self.forgotten + len(self)

    def since(self, position: int) -> tuple[T, ...]:
        """Return the entries from *position* on, without those that are forgotten."""
        with self._lock:
            return tuple(self[max(0, position - self._cleared - self.forgotten) :])

    def append(self, entry: T, size: int = 0, /) -> None:
        """Add *entry*, which takes about *size* bytes."""
        with self._lock:
            super().append(entry)
            self._sizes.append(size)
            self._taken += size
            # A tenth more, because to forget moves all the rest.
            if len(self) > self.limit * 1.1 or self._taken > self.size * 1.1:
                self._forget()

    def _forget(self) -> None:
        number = 0
        while number < len(self) - 1 and (
            len(self) - number > self.limit or self._taken > self.size
        ):
            self._taken -= self._sizes.popleft()
            number += 1
        self.forgotten += number
        del self[:number]

    def clear(self) -> None:
        with self._lock:
            self._cleared += self.forgotten + len(self)
            self.forgotten = self._taken = 0
            self._sizes.clear()
            super().clear()


class Latest(OrderedDict[str, T]):
    """A dictionary that forgets the key that was set first once it has more than *limit*.

    *forgotten* is how many it has forgotten since it was last cleared.
    """

    def __init__(self, limit: int = KEPT) -> None:
        super().__init__()
        self.limit = limit
        self.forgotten = 0

    def __setitem__(self, key: str, value: T, /) -> None:
        super().__setitem__(key, value)
        if len(self) > self.limit:
            self.popitem(last=False)
            self.forgotten += 1

    def clear(self) -> None:
        self.forgotten = 0
        super().clear()

    def setdefault(self, key: str, value: T, /) -> T:
        if key not in self:
            self[key] = value
        return self[key]
