"""Starts the server of an app as a process, waits until it listens, keeps its log, and stops it."""

from __future__ import annotations

import atexit
import os
import shlex
import signal
import socket
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path

from telnyx_mock.clock import SYSTEM_CLOCK
from telnyx_mock.errors import DeliveryError, UsageError
from telnyx_mock.hidden import without_secrets
from telnyx_mock.patience import PATIENCE, Patience

_SHOWN = 4_000
"""The most characters of the log that are shown at once."""


class ServerProcess:
    """A server that *command* starts, which listens on *port* of this machine.

    ``{port}`` in the command becomes the number of the port. *environment* is the whole environment
    of the process. It has *timeout* seconds to listen. Raises UsageError if the command cannot be
    started or the port is taken, and DeliveryError if the server does not come to listen.
    """

    def __init__(
        self,
        command: str | Sequence[str],
        port: int,
        environment: Mapping[str, str],
        *,
        cwd: str | Path | None = None,
        timeout: float = PATIENCE.app_start,
        patience: Patience = PATIENCE,
    ) -> None:
        words = (
            shlex.split(command) if isinstance(command, str) else [str(each) for each in command]
        )
        if not words:
            raise UsageError("The command of the server is empty.")
        self.name = shlex.join(words)
        self.port = port
        self._patience = patience
        if _listens(port):
            raise UsageError(
                f"Something listens on port {port} already, so {self.name!r} cannot be started "
                "there; stop that, or leave out the port to have a free one."
            )
        if words[0] in ("python", "python3"):
            words[0] = sys.executable
        words = [word.replace("{port}", str(port)) for word in words]
        number, name = tempfile.mkstemp(prefix="telnyx-mock-", suffix=".log")
        self._log = Path(name)
        self._shown = 0
        try:
            self._process = subprocess.Popen(  # noqa: S603  (the user's own command)
                words,
                cwd=cwd,
                env=dict(environment),
                stdin=subprocess.DEVNULL,
                stdout=number,
                stderr=subprocess.STDOUT,
                start_new_session=True,  # so that its children can be stopped with it
            )
        except OSError as error:
            self._log.unlink()
            raise UsageError(f"{self.name!r} could not be started: {error.strerror}.") from None
        finally:
            os.close(number)
        atexit.register(self.stop)
        try:
            self._wait_until_it_listens(timeout)
        except BaseException:
            self.stop()
            raise

    @property
    def url(self) -> str:
        """The address of the server, without a path."""
        return f"http://127.0.0.1:{self.port}"

    def new_log(self) -> str:
        """Return what the server printed since the last call; the end of it, if it is long."""
        if not self._log.exists():
            return ""
        with self._log.open("rb") as log:
            end = log.seek(0, os.SEEK_END)
            begin, self._shown = max(self._shown, end - _SHOWN), end
            log.seek(begin)
            return without_secrets(log.read(end - begin).decode("utf-8", "replace"))

    def stop(self) -> None:
        """Stop the server and all processes that it has started. The second call does nothing."""
        if self._process.returncode is not None and not self._log.exists():
            return
        atexit.unregister(self.stop)
        self._signal(signal.SIGTERM)
        with suppress(subprocess.TimeoutExpired):
            self._process.wait(self._patience.stopping)
        self._signal(getattr(signal, "SIGKILL", signal.SIGTERM))
        self._process.wait()
        self._log.unlink(missing_ok=True)

    def _signal(self, number: int) -> None:
        with suppress(ProcessLookupError, PermissionError):
            if hasattr(os, "killpg"):
                os.killpg(self._process.pid, number)  # the group outlives its leader
            else:
                self._process.terminate()

    def _wait_until_it_listens(self, timeout: float) -> None:
        end = SYSTEM_CLOCK.monotonic() + timeout
        while not _listens(self.port):
            code = self._process.poll()
            if code is not None:
                how = f"with exit code {code}" if code >= 0 else f"by signal {-code}"
                raise DeliveryError(
                    f"{self.name!r} ended {how} before it listened on port {self.port}"
                    f"{self._last_line()}"
                )
            if SYSTEM_CLOCK.monotonic() > end:
                raise DeliveryError(
                    f"{self.name!r} did not listen on port {self.port} within {timeout:g} s; it "
                    "finds the number of the port in the variable PORT, and in {port} of its command"
                    f"{self._last_line()}"
                )
            SYSTEM_CLOCK.sleep(self._patience.poll)

    def _last_line(self) -> str:
        lines = [line.strip() for line in self.new_log().splitlines() if line.strip()]
        return f". The last line of its log: {lines[-1]}" if lines else "; its log is empty."


def free_port() -> int:
    """Return the number of a port of this machine on which nothing listens."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        port: int = server.getsockname()[1]
        return port


def _listens(port: int) -> bool:
    with suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
        return True
    return False
