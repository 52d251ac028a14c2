"""Starts an ASGI app before its first request, and stops it at the end (the lifespan protocol).

https://asgi.readthedocs.io/en/latest/specs/lifespan.html. An app that raises an
exception for the lifespan scope does not support lifespans. It still receives requests, as from any
server.
"""

from __future__ import annotations

import asyncio
import logging
from typing import Any

from telnyx_mock.patience import Patience
from telnyx_mock.transports.crash_text import cut
from telnyx_mock.transports.event_loop import SharedLoop, Tasks, cancel
from telnyx_mock.transports.signals import is_signal

_log = logging.getLogger("telnyx_mock.transports")


class Lifespan:
    """The lifespan of one *app*. *residents* are the tasks of the lifespan, which outlive requests.

    The owner sets ``begun`` after the app has started or failed to start. ``failure`` says why the
    app did not start.
    """

    def __init__(self, app: Any, loop: SharedLoop, residents: Tasks, patience: Patience) -> None:
        self.begun = False
        self.state: dict[str, Any] = {}
        self.failure: str | None = None
        self._app = app
        self._loop = loop
        self._residents = residents
        self._patience = patience
        self._events: asyncio.Queue[dict[str, str]] = asyncio.Queue()
        self._task: asyncio.Task[None] | None = None
        self._started = asyncio.Event()
        self._stopped = asyncio.Event()

    async def start(self) -> None:
        """Start the app. If the app does not start, set ``failure``."""
        await self._events.put({"type": "lifespan.startup"})
        context = self._loop.context(self._residents)
        self._task = asyncio.get_running_loop().create_task(self._run(), context=context)
        # This task waits for the end of the app, so the loop need not run for it.
        self._residents.discard(self._task)
        if not await self._set_or_ended(self._started):
            self.failure = f"it did not start within {self._patience.app_start:g} s"

    async def stop(self) -> None:
        """Stop the app, if it was started."""
        if self._task is None or self._task.done():
            return
        if self._started.is_set():
            await self._events.put({"type": "lifespan.shutdown"})
            await self._set_or_ended(self._stopped)
        await cancel({self._task}, self._patience.cancelled_work)

    async def _set_or_ended(self, event: asyncio.Event) -> bool:
        assert self._task is not None
        is_set = asyncio.ensure_future(event.wait())
        done, _ = await asyncio.wait(
            [is_set, self._task],
            timeout=self._patience.app_start,
            return_when=asyncio.FIRST_COMPLETED,
        )
        is_set.cancel()
        return bool(done)

    async def _run(self) -> None:
        scope = {
            "type": "lifespan",
            "asgi": {"version": "3.0", "spec_version": "2.0"},
            "state": self.state,
        }
        try:
            await self._app(scope, self._events.get, self._send)
        except BaseException as error:
            if isinstance(error, GeneratorExit | asyncio.CancelledError) or is_signal(error):
                raise
            if self._started.is_set() and self.failure is None:
                _log.error("The app's lifespan failed after its start.", exc_info=error)

    async def _send(self, message: dict[str, Any]) -> None:
        kind = message["type"]
        if kind == "lifespan.startup.complete":
            self._started.set()
        elif kind == "lifespan.startup.failed":
            self.failure = _last_line(message.get("message", "")) or "it gave no reason"
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
