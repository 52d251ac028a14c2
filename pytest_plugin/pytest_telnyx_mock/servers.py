"""Starts the servers of apps for a session of pytest, with what they need in their environment."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from pathlib import Path

from telnyx_mock.patience import PATIENCE
from telnyx_mock.transports.environment import API_KEY, DUMMY_API_KEY, PUBLIC_KEY
from telnyx_mock.transports.server_process import ServerProcess, free_port


class Servers:
    """The servers of a session, which stop with :meth:`stop`.

    They verify with *public_key*, and find the fake API at the address *api*.
    """

    def __init__(self, public_key: str, api: str) -> None:
        self.processes: list[ServerProcess] = []
        self._public_key = public_key
        self._api = api

    def start(
        self,
        command: str | Sequence[str],
        *,
        port: int | None = None,
        env: Mapping[str, str] | None = None,
        cwd: str | Path | None = None,
        timeout: float = PATIENCE.app_start,
    ) -> str:
        """Start *command*, wait until it listens on *port*, and return its address.

        Without *port*, a free port is used; the command finds it in the variable ``PORT``, and in
        place of ``{port}`` in its words. *env* adds variables to the environment, *cwd* is the
        folder in which the command runs, and *timeout* is in seconds. The word ``python`` is the
        interpreter that runs pytest.

        The environment holds the public key (``TELNYX_PUBLIC_KEY``), the address of the fake API
        (``TELNYX_BASE_URL``), and an API key that is valid nowhere (``TELNYX_API_KEY``).

        Raises UsageError if the command cannot be started or the port is taken, and DeliveryError
        if the command ends early, or does not listen in time.
        """
        port = free_port() if port is None else port
        environment = {
            **os.environ,
            PUBLIC_KEY: self._public_key,
            API_KEY: DUMMY_API_KEY,
            "TELNYX_BASE_URL": self._api,
            "PORT": str(port),
            "PYTHONUNBUFFERED": "1",
            **(env or {}),
        }
        process = ServerProcess(command, port, environment, cwd=cwd, timeout=timeout)
        self.processes.append(process)
        return process.url

    def stop(self) -> None:
        """Stop all servers."""
        for process in self.processes:
            process.stop()
