"""Which threads may still work for an app."""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Callable
from typing import Any

import freezegun

from telnyx_mock.payload.request import Request
from telnyx_mock.transports.asgi import AsgiReceiver
from telnyx_mock.transports.event_loop import busy_threads


def test_a_thread_of_the_loop_is_busy_only_while_it_has_work(
    asgi: Callable[..., AsgiReceiver], request_: Request
) -> None:
    begun, end = threading.Event(), threading.Event()
    serving: list[threading.Thread] = []

    def work() -> None:
        serving.append(threading.current_thread())
        begun.set()
        end.wait(10)

    async def app(scope: dict[str, Any], receive: Any, send: Any) -> None:
        if scope["type"] != "http":
            raise NotImplementedError
        await send({"type": "http.response.start", "status": 200})
        await send({"type": "http.response.body"})
        await asyncio.to_thread(work)

    receiver = asgi(app)
    assert receiver.send(request_, timeout=5).status == 200
    assert begun.wait(5)
    assert busy_threads(serving) == serving
    end.set()
    until = time.monotonic() + 5
    while busy_threads(serving) and time.monotonic() < until:
        time.sleep(0.01)
    assert busy_threads(serving) == []
    assert serving[0].is_alive(), "the pool keeps it for the next one"


def test_a_thread_of_the_app_may_always_be_busy() -> None:
    own = threading.Thread()
    assert busy_threads([own]) == [own]
    assert busy_threads([]) == []


def test_the_loop_goes_on_while_time_is_frozen(
    asgi: Callable[..., AsgiReceiver], request_: Request
) -> None:
    async def app(scope: dict[str, Any], receive: Any, send: Any) -> None:
        if scope["type"] != "http":
            raise NotImplementedError
        await asyncio.sleep(0.01)
        await send({"type": "http.response.start", "status": 500})
        await send({"type": "http.response.body"})
        await asyncio.sleep(0.5)

    with freezegun.freeze_time("2031-05-01"):
        response = asgi(app).send(request_, timeout=5)
    assert response.status == 500
    assert 0.01 <= response.elapsed < 0.5
