"""Nobody waits for timers of an app that are due only later."""

from __future__ import annotations

import asyncio
import threading
from typing import Any

from telnyx_mock import Emulator
from telnyx_mock.clock import SYSTEM_CLOCK
from telnyx_mock.contract.calls.app_threads import AppThreads
from telnyx_mock.patience import Patience
from telnyx_mock.transports.asgi import AsgiReceiver

PATIENT = Patience(resident_work=30.0)


def test_a_timer_stays_and_is_not_waited_for() -> None:
    threads = AppThreads(SYSTEM_CLOCK, PATIENT)
    timer = threading.Timer(600, print)
    timer.start()
    try:
        started = SYSTEM_CLOCK.monotonic()
        threads.wait()
        assert SYSTEM_CLOCK.monotonic() - started < 15
        assert threads.stay
    finally:
        timer.cancel()
        timer.join()


def test_a_thread_that_works_is_waited_for() -> None:
    threads = AppThreads(SYSTEM_CLOCK, PATIENT)
    done = []
    thread = threading.Timer(0.1, done.append, [True])
    thread.start()
    threads.wait()
    assert done
    assert not threads.stay


def test_a_task_that_sleeps_is_not_waited_for() -> None:
    tasks: list[asyncio.Task[None]] = []

    async def app(scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] == "lifespan":
            raise NotImplementedError
        tasks.append(asyncio.create_task(asyncio.sleep(600)))
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": b""})

    receiver = AsgiReceiver(app, patience=PATIENT)
    telnyx = Emulator(receiver)
    threads = AppThreads(SYSTEM_CLOCK, PATIENT)
    started = SYSTEM_CLOCK.monotonic()
    try:
        telnyx.send("call.initiated").assert_accepted()
        assert not receiver.wait_until_idle(30.0)
        threads.wait()
        assert SYSTEM_CLOCK.monotonic() - started < 15
        assert threads.stay
    finally:
        telnyx.unbind()
        receiver.close()
    assert all(task.cancelled() for task in tasks)
