"""Runs work in a forked child process, and passes what it says to the parent as rows of JSON."""

from __future__ import annotations

import atexit
import fcntl
import json
import os
import select
import signal
import sys
import time
import warnings
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import suppress
from typing import Any, NoReturn

from telnyx_mock.cli.app_output import drop_for_good
from telnyx_mock.schema.json_values import Json
from telnyx_mock.transports.signals import interrupt_once

Row = Mapping[str, Json]

_HIGH = 200
"""The pipe gets a descriptor of at least this number. Apps that close descriptors, such as those from 3
to 100, do not close the pipe by accident."""

_LOOK = 0.1
"""Seconds between two looks at a silent child."""

# An app in the child may replace functions of the standard library, so the child uses these.
_encode = json.JSONEncoder().encode
_write, _fstat, _close, _exit = os.write, os.fstat, os.close, os._exit

UNHEARD = 113
"""The exit code of a child whose pipe is closed."""


class Unheard(BaseException):
    """The pipe is closed, so nothing that the child does is heard any more."""


class Garbled(Exception):
    """What came through the pipe is no row."""


class Pipe:
    """The end of a pipe into which the child writes rows."""

    def __init__(self, descriptor: int) -> None:
        self._descriptor = descriptor
        self._identity = _identity(descriptor)

    def write(self, row: Row) -> None:
        """Write *row*. Raises Unheard if the pipe is closed, or if its descriptor is another file's."""
        content = _encode(row).encode() + b"\n"
        try:
            if _identity(self._descriptor) != self._identity:
                raise Unheard
            while content:
                content = content[_write(self._descriptor, content) :]
        except OSError:
            raise Unheard from None


class Child:
    """A child process that calls *work* with a pipe, and then ends.

    The child drops all output for good, and does not wait for threads. It calls what the app has registered
    with atexit. *work* must catch every exception but Unheard.
    """

    def __init__(self, work: Callable[[Pipe], None]) -> None:
        for stream in filter(None, (sys.stdout, sys.stderr)):
            stream.flush()
        self._reading, writing = os.pipe()
        life, self._life = os.pipe()
        with warnings.catch_warnings():
            # Python warns if there are other threads. The command line has none.
            warnings.simplefilter("ignore", DeprecationWarning)
            self.id = os.fork()
        if self.id == 0:
            os.close(self._life)
            _end_with_parent(life)
            _be_child(work, self._reading, writing)
        os.close(writing)
        os.close(life)
        self._rest = b""
        self.status: int | None = None

    def rows(self) -> Iterator[Row | None]:
        """Yield each row of the child, and None whenever the child is silent, until the pipe ends.

        Raises Garbled if something else than a row comes.
        """
        while True:
            ready, _, _ = select.select([self._reading], [], [], _LOOK)
            if not ready:
                yield None
                if self.has_ended() and not select.select([self._reading], [], [], 0)[0]:
                    return  # another process holds the pipe open
                continue
            content = os.read(self._reading, 1 << 16)
            if not content:
                return
            *lines, self._rest = (self._rest + content).split(b"\n")
            for line in lines:
                yield _row(line)

    def has_ended(self) -> bool:
        """Whether the process has ended. Then *status* is its exit code, or minus its signal."""
        if self.status is None:
            ended, status = os.waitpid(self.id, os.WNOHANG)
            if ended:
                self.status = os.waitstatus_to_exitcode(status)
        return self.status is not None

    def wait(self, seconds: float) -> bool:
        """Wait at most *seconds* for the end of the process. Return whether it has ended."""
        until = time.monotonic() + seconds
        while not self.has_ended() and time.monotonic() < until:
            time.sleep(0.005)
        return self.has_ended()

    def send(self, number: signal.Signals) -> None:
        """Send a signal to the process, unless it has ended."""
        if not self.has_ended():
            os.kill(self.id, number)

    def end(self, seconds: float = 0.0, workers: Iterable[int] = ()) -> None:
        """Kill the process and its *workers* if it does not end within *seconds*, and forget it."""
        if not self.wait(seconds):
            for worker in workers:
                with suppress(ProcessLookupError, PermissionError):
                    os.kill(worker, signal.SIGKILL)
            self.send(signal.SIGKILL)
            self.wait(60.0)
        os.close(self._reading)
        os.close(self._life)


def _end_with_parent(life: int) -> None:
    """Let the system end this process by SIGIO when the parent, which holds the other end, is killed.

    On macOS, SIGIO does nothing; there, the process ends when it next writes to its pipe.
    """
    fcntl.fcntl(life, fcntl.F_SETOWN, os.getpid())
    fcntl.fcntl(life, fcntl.F_SETFL, os.O_ASYNC)


def _be_child(work: Callable[[Pipe], None], reading: int, writing: int) -> NoReturn:
    try:
        os.close(reading)
        descriptor = fcntl.fcntl(writing, fcntl.F_DUPFD_CLOEXEC, _HIGH)
        os.close(writing)
        _forget_exit_functions()
        interrupt_once()
        drop_for_good()
        try:
            work(Pipe(descriptor))
        except Unheard:
            _exit(UNHEARD)
        with suppress(OSError):  # the parent waits for no more rows
            _close(descriptor)
        atexit._run_exitfuncs()
    finally:
        _exit(0)


def _forget_exit_functions() -> None:
    """Drop the parent's exit functions, but for the one that waits for the worker processes of the app."""
    atexit._clear()
    loaded = sys.modules.get("multiprocessing.util")
    if loaded is not None:
        atexit.register(loaded._exit_function)


def workers() -> list[int]:
    """Return the ids of the processes that this process has started by ``multiprocessing``."""
    loaded = sys.modules.get("multiprocessing")
    return [worker.pid for worker in loaded.active_children()] if loaded else []


def _row(line: bytes) -> Row:
    try:
        row = json.loads(line)
    except ValueError:
        raise Garbled from None
    if not isinstance(row, dict):
        raise Garbled
    return row


def _identity(descriptor: int) -> tuple[Any, ...]:
    status = _fstat(descriptor)
    return status.st_dev, status.st_ino
