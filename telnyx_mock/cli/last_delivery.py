"""Notes which delivery is under way, in memory that outlives the process that wrote it."""

from __future__ import annotations

import mmap
import os
import struct
import time

_HEAD = struct.Struct("=ddH")
_SIZE = 16384

_monotonic, _process_id = time.monotonic, os.getpid
"""An app in the child may replace those of the modules."""


class LastDelivery:
    """The last delivery of a child process, readable in its parent even if the child is killed.

    The memory is shared with every process that is forked after this object is made. No file
    descriptor belongs to it, so an app cannot close it.
    """

    def __init__(self) -> None:
        self._memory = mmap.mmap(-1, _SIZE)
        self._writer = _process_id()
        self._note(0.0, b"")

    def claim(self) -> None:
        """Let this process alone write from now on.

        If an app forks, its copy of the run ends at the next delivery.
        """
        self._writer = _process_id()

    def begun(self, what: str) -> None:
        """Note that a delivery goes out; *what* names it."""
        self._note(_monotonic(), what.encode(errors="backslashreplace"))

    def ended(self) -> None:
        """Note that the delivery was answered or given up."""
        self._note(0.0, None)

    @property
    def name(self) -> str:
        """What the last delivery was; empty if there was none."""
        size = _HEAD.unpack_from(self._memory)[2]
        content = self._memory[_HEAD.size : _HEAD.size + size]
        return content.decode(errors="backslashreplace")

    @property
    def seconds(self) -> float:
        """For how many seconds the delivery has been under way; 0 if none is."""
        started = _HEAD.unpack_from(self._memory)[0]
        return _monotonic() - started if started else 0.0

    @property
    def changed(self) -> float:
        """The monotonic time of the last note."""
        at: float = _HEAD.unpack_from(self._memory)[1]
        return at

    def _note(self, started: float, name: bytes | None) -> None:
        if _process_id() != self._writer:
            os._exit(0)
        if name is None:
            size = _HEAD.unpack_from(self._memory)[2]
        else:
            name = name[: _SIZE - _HEAD.size]
            size = len(name)
            self._memory[_HEAD.size : _HEAD.size + size] = name
        _HEAD.pack_into(self._memory, 0, started, _monotonic(), size)
