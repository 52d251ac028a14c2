"""Replaces one function while any fake API needs it, and restores the original afterwards.

Users patch the same functions, and their patches start and stop in any order relative to ours. So
after its release a replacement only calls the original, because somebody may still refer to the
replacement. If somebody else has replaced the function in the meantime, the release leaves that
function in place.
"""

from __future__ import annotations

import functools
import threading
from collections.abc import Callable
from typing import Any

from telnyx_mock.fake_api.state import FakeApi


class Patch:
    """The function *name* of *owner*. While any fake API holds it, calls go to *handler*.

    The arguments of *handler* are the fake API that called :meth:`hold` last, the original
    function, and the arguments of the call.
    """

    def __init__(self, owner: Any, name: str, handler: Callable[..., Any]) -> None:
        self._owner = owner
        self._name = name
        self._handler = handler
        self._lock = threading.Lock()
        self._holders: list[FakeApi] = []
        self._original: Any = None
        self._replacement: Any = None

    def hold(self, api: FakeApi) -> None:
        """Replace the function for *api*."""
        with self._lock:
            if not self._holders:
                self._install()
            self._holders.append(api)

    def release(self, api: FakeApi) -> None:
        """Undo one :meth:`hold`. The last release restores the original function."""
        with self._lock:
            self._holders.remove(api)
            if not self._holders and getattr(self._owner, self._name) is self._replacement:
                setattr(self._owner, self._name, self._original)

    def _install(self) -> None:
        original = getattr(self._owner, self._name)
        # Each replacement has its own list: one that somebody kept must not work again later.
        holders: list[FakeApi] = []

        @functools.wraps(original)
        def replacement(*args: Any, **kwargs: Any) -> Any:
            last = holders[-1:]
            if not last:
                return original(*args, **kwargs)
            return self._handler(last[0], original, *args, **kwargs)

        self._original, self._replacement, self._holders = original, replacement, holders
        setattr(self._owner, self._name, replacement)
