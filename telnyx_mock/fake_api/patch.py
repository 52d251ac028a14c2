"""Replaces one function until the process ends, so that no call gets past at any time.

Users patch the same functions, and their patches start and stop in any order relative to ours. A
patch of the user that stops may put back a function from before ours, so :meth:`Patch.apply` is
called again whenever a test begins.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any
from weakref import WeakSet


class Patch:
    """The function *name* of *owner*. *replace* returns what replaces the original function."""

    def __init__(self, owner: Any, name: str, replace: Callable[[Any], Any]) -> None:
        self._owner = owner
        self._name = name
        self._replace = replace
        self._lock = threading.Lock()
        self._made: WeakSet[Any] = WeakSet()

    def apply(self) -> None:
        """Replace the function, unless a replacement is in place."""
        with self._lock:
            found = getattr(self._owner, self._name)
            if found not in self._made:
                replacement = self._replace(found)
                self._made.add(replacement)
                setattr(self._owner, self._name, replacement)
