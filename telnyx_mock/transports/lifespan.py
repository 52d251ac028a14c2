"""Starts an ASGI app before its first request, and stops it at the end (the lifespan protocol).

https://asgi.readthedocs.io/en/latest/specs/lifespan.html. An app that raises an
exception for the lifespan scope does not support lifespans. It still receives requests, as from any
server.
"""

from __future__ import annotations

import logging
from typing import Any

import anyio

from telnyx_mock.patience import Patience
from telnyx_mock.transports.crash_text import cut
from telnyx_mock.transports.signals import is_signal

_log = logging.getLogger("telnyx_mock.transports")


class Lifespan:
    """The lifespan of one *app* on one event loop, of asyncio or trio.

    The owner lets :meth:`run` run as a task of its own, and sets ``begun`` after the app has
    started or failed to start. ``failure`` says why the app did not start.
    """

    def __init__(self, app: Any, patience: Patience) -> None:
        self.begun = False
        self.state: dict[str, Any] = {}
        self.failure: str | None = None
        self._app = app
        self._patience = patience
        self._is_told_to_start = False
        self._is_up = False
        self._scope: anyio.CancelScope | None = None
        self.belong_here()

    def belong_here(self) -> None:
        """Belong to the running loop, before the app starts on it; this may have been made on another."""
        self._started = anyio.Event()  # or it has ended without
        self._stopping = anyio.Event()
        self._stopped = anyio.Event()  # or it has ended without
        self._ended = anyio.Event()

    async def wait_started(self) -> None:
        """Wait until the app has started. If it does not start, set ``failure``."""
        with anyio.move_on_after(self._patience.app_start) as limit:
            await self._started.wait()
        if limit.cancelled_caught:
            self.failure = f"it did not start within {self._patience.app_start:g} s"

    async def stop(self) -> None:
        """Stop the app, if it runs."""
        if self._scope is None or self._ended.is_set():
            return
        self.end()
        if self._is_up:
            with anyio.move_on_after(self._patience.app_start):
                await self._stopped.wait()
        self._scope.cancel()
        with anyio.move_on_after(self._patience.cancelled_work):
            await self._ended.wait()

    def end(self) -> None:
        """Tell the app to stop, and wait for nothing. A callback of the loop may call this."""
        self._stopping.set()

    def limit(self) -> None:
        """Let the app end in bounded time from now on."""
        if self._scope is not None:
            self._scope.deadline = anyio.current_time() + self._patience.app_start

    async def run(self) -> None:
        """Run the app until it has stopped."""
        scope = {
            "type": "lifespan",
            "asgi": {"version": "3.0", "spec_version": "2.0"},
            "state": self.state,
        }
        try:
            # The end of a loop of trio cancels its tasks; the app shall stop in an orderly way.
            with anyio.CancelScope(shield=True) as self._scope:
                await self._app(scope, self._receive, self._send)
        except BaseException as error:
            if isinstance(error, GeneratorExit | anyio.get_cancelled_exc_class()):
                raise
            if is_signal(error):
                raise
            if self._is_up and self.failure is None:
                _log.error("The app's lifespan failed after its start.", exc_info=error)
        finally:
            for event in (self._started, self._stopped, self._ended):
                event.set()

    async def _receive(self) -> dict[str, str]:
        if not self._is_told_to_start:
            self._is_told_to_start = True
            return {"type": "lifespan.startup"}
        assert self._scope is not None
        try:
            await self._stopping.wait()
        except anyio.get_cancelled_exc_class():
            if self._scope.cancel_called:
                raise
            self.end()  # the loop of asyncio ends, and cancels all of its tasks once
        self.limit()
        return {"type": "lifespan.shutdown"}

    async def _send(self, message: dict[str, Any]) -> None:
        kind = message["type"]
        if kind == "lifespan.startup.complete":
            self._is_up = True
            self._started.set()
        elif kind == "lifespan.startup.failed":
            self.failure = _last_line(message.get("message", "")) or "it gave no reason"
            self._is_up = True
            self._started.set()
        elif kind == "lifespan.shutdown.complete":
            self._stopped.set()
        elif kind == "lifespan.shutdown.failed":
            _log.error("The app failed to stop: %s", message.get("message", ""))
            self._stopped.set()
        else:
            raise RuntimeError(f"The message {kind!r} is not part of the lifespan protocol.")


def _last_line(text: str) -> str:
    """Return the line of a traceback that names the exception.

    Starlette sends a whole traceback.
    """
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    return cut(lines[-1]) if lines else ""
