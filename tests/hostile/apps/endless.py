"""Apps that never come to an end: handlers, bodies, threads, tasks, starts and stops."""

from __future__ import annotations

import asyncio
import atexit
import multiprocessing
import re
import signal
import threading
import time
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from tests.hostile.apps.ending import EARLY, FEW, _WithLifespan
from tests.hostile.apps.kinds import hostile_app
from tests.hostile.case import Topic, app
from tests.receivers.correct import Receiver, WsgiReceiver


def _loop() -> None:
    while True:
        pass


def _swallow() -> None:
    while True:
        try:
            time.sleep(1)
        except BaseException:
            continue


def _deadlock() -> None:
    lock = threading.Lock()
    lock.acquire()
    lock.acquire()


def _backtrack() -> None:
    re.match(r"(a*)*b", "a" * 40)


LOOPS: dict[str, tuple[str, Callable[[], object]]] = {
    "Loops": ("loops for ever", _loop),
    "Swallows": ("loops, and swallows every exception", _swallow),
    "Sleeps": ("sleeps for an hour", lambda: time.sleep(3600)),
    "Deadlocks": ("waits for its own lock", _deadlock),
    "Backtracks": ("matches a pattern that takes years", _backtrack),
    "Pauses": ("waits for a signal", signal.pause),
}

for kind in ("Asgi", "Wsgi", "Lambda"):
    for name, (does, do) in LOOPS.items():
        if kind == "Wsgi" or name == "Loops":
            hostile_app(
                __name__,
                kind,
                name,
                f"It {does} at the first genuine webhook.",
                Topic.ENDLESS,
                do,
                options=FEW,
                exit=2,
                says=(EARLY, "has not answered call.hangup"),
                seconds=90,
            )


@app(Topic.ENDLESS, exit=(1, 3), finds=("accepts-sample",), seconds=150, options=FEW)
class AwaitsForEver(Receiver):
    """It awaits for ever, but can be cancelled."""

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        assert scope["type"] == "http"
        await asyncio.Event().wait()


@app(Topic.ENDLESS, exit=(1, 3), finds=("accepts-sample",), seconds=150, options=FEW)
class SwallowsCancels(Receiver):
    """It awaits for ever, and swallows every cancellation."""

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        assert scope["type"] == "http"
        while True:
            try:
                await asyncio.sleep(3600)
            except BaseException:
                continue


@app(Topic.ENDLESS, exit=(1, 3), finds=("accepts-sample",), seconds=150, options=FEW)
class BodyWithoutEnd(Receiver):
    """It begins an answer 200, and its body never ends."""

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        assert scope["type"] == "http"
        await send({"type": "http.response.start", "status": 200, "headers": []})
        while True:
            await send({"type": "http.response.body", "body": b".", "more_body": True})
            await asyncio.sleep(0.05)


@app(Topic.ENDLESS, exit=(0, 1, 3), seconds=60, megabytes=300, options=FEW)
class EndlessFlood(WsgiReceiver):
    """Its body never ends, and comes as fast as it can."""

    def __call__(self, environ: Any, start_response: Any) -> Iterable[bytes]:
        yield from super().__call__(environ, start_response)
        while True:
            yield b"x" * 65536


@app(Topic.ENDLESS, exit=(1, 3), finds=("accepts-sample",), seconds=150, options=FEW)
class DrippingBody(WsgiReceiver):
    """Its body never ends, and comes byte by byte."""

    def __call__(self, environ: Any, start_response: Any) -> Iterable[bytes]:
        yield from super().__call__(environ, start_response)
        while True:
            time.sleep(0.2)
            yield b"x"


@app(Topic.ENDLESS, exit=0, no_other_error=True, quick=True, options=FEW)
class ThreadForEver(Receiver):
    """It starts a thread that never ends, and that is no daemon."""

    def __init__(self) -> None:
        super().__init__()
        threading.Thread(target=time.sleep, args=(3600,)).start()


@app(Topic.ENDLESS, exit=0, no_other_error=True, options=FEW)
class WorkerForEver(Receiver):
    """It starts a worker process that never ends, and that is no daemon."""

    def __init__(self) -> None:
        super().__init__()
        multiprocessing.get_context("fork").Process(target=time.sleep, args=(3600,)).start()


@app(Topic.ENDLESS, exit=0, no_other_error=True, seconds=120, options=FEW)
class ThreadForEach(Receiver):
    """It starts a thread for each genuine webhook, and none ever ends."""

    def act(self, event: Mapping[str, Any]) -> int:
        threading.Thread(target=time.sleep, args=(3600,)).start()
        return 200


@app(Topic.ENDLESS, exit=0, no_other_error=True, seconds=120, options=FEW)
class TaskForEver(Receiver):
    """It starts a task for each webhook; none ever ends."""

    async def afterwards(self) -> None:
        await asyncio.sleep(3600)


@app(Topic.ENDLESS, exit=(2, 3), says=("call.hangup",), seconds=200, options=FEW)
class BlocksAfterAnswer(Receiver):
    """It answers, and then a task of it blocks the event loop for ever."""

    async def afterwards(self) -> None:
        await asyncio.sleep(0.02)
        time.sleep(3600)


@app(Topic.ENDLESS, exit=2, says=("did not start within",), seconds=90, options=FEW)
class StartsForEver(_WithLifespan):
    """Its startup never ends."""

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] == "lifespan":
            await asyncio.sleep(3600)
        await super().__call__(scope, receive, send)


@app(Topic.ENDLESS, exit=0, no_other_error=True, seconds=90, options="--only accepts-sample")
class StopsForEver(_WithLifespan):
    """Its shutdown blocks for ever."""

    def stop(self) -> None:
        _loop()


@app(Topic.ENDLESS, exit=0, no_other_error=True, seconds=90, options=FEW)
class LeavesForEver(Receiver):
    """A function that it registers with atexit never returns."""

    def __init__(self) -> None:
        super().__init__()
        atexit.register(_loop)
