"""What an app raises is its own failure; what a signal raises while the app runs ends the run."""

from __future__ import annotations

import asyncio
import signal
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import anyio
import pytest

from telnyx_mock.payload.request import Request
from telnyx_mock.transports.asgi import AsgiReceiver
from telnyx_mock.transports.aws_lambda import LambdaReceiver
from telnyx_mock.transports.receiver import Receiver
from telnyx_mock.transports.wsgi import WsgiReceiver

REQUEST = Request((), b"{}")
Do = Callable[[], object]


class Odd(BaseException):
    """An exception that no framework knows."""


RAISED = {
    "skip": pytest.skip.Exception("no database"),
    "xfail": pytest.xfail.Exception("known"),
    "fail": pytest.fail.Exception("from inside"),
    "exit": pytest.exit.Exception("all"),
    "interrupt": KeyboardInterrupt(),
    "system exit": SystemExit(0),
    "generator exit": GeneratorExit(),
    "cancelled": asyncio.CancelledError(),
    "odd": Odd("odd"),
    "group": BaseExceptionGroup("many", [Odd("odd"), KeyboardInterrupt()]),
}


def wsgi(do: Do) -> Receiver:
    def app(environ: Any, start_response: Any) -> list[bytes]:
        do()
        start_response("200 OK", [])
        return [b""]

    return WsgiReceiver(app)


def wsgi_body(do: Do) -> Receiver:
    def app(environ: Any, start_response: Any) -> Iterator[bytes]:
        start_response("200 OK", [])
        yield b"begun"
        do()

    return WsgiReceiver(app)


def asgi(do: Do) -> Receiver:
    async def app(scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] == "http":
            do()
            await _answer(send)

    return AsgiReceiver(app)


def asgi_task(do: Do) -> Receiver:
    async def work() -> None:
        do()

    async def app(scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] == "http":
            await asyncio.create_task(work())
            await _answer(send)

    return AsgiReceiver(app)


def asgi_group(do: Do) -> Receiver:
    async def work() -> None:
        do()

    async def app(scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] == "http":
            async with anyio.create_task_group() as group:
                group.start_soon(work)
            await _answer(send)

    return AsgiReceiver(app)


def asgi_thread(do: Do) -> Receiver:
    async def app(scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] == "http":
            await anyio.to_thread.run_sync(do)
            await _answer(send)

    return AsgiReceiver(app)


def aws(do: Do) -> Receiver:
    def handler(event: Any, context: Any) -> dict[str, int]:
        do()
        return {"statusCode": 200}

    return LambdaReceiver(handler)


async def _answer(send: Any) -> None:
    await send({"type": "http.response.start", "status": 200, "headers": []})
    await send({"type": "http.response.body"})


KINDS = (wsgi, wsgi_body, asgi, asgi_task, asgi_group, asgi_thread, aws)


@contextmanager
def alarm(handler: Callable[[int, object], object], after: float = 0.05) -> Iterator[None]:
    before = signal.signal(signal.SIGALRM, handler)
    signal.setitimer(signal.ITIMER_REAL, after)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
@pytest.mark.parametrize(
    ("kind", "name"),
    [
        (kind, name)
        for kind in KINDS
        for name in RAISED
        if name != "cancelled" or kind not in (asgi_task, asgi_group)  # it ends the task alone
    ],
)
def test_what_the_app_raises_is_its_own_failure(kind: Callable[[Do], Receiver], name: str) -> None:
    def fail() -> None:
        raise RAISED[name]

    receiver = kind(fail)
    for _ in range(2):
        response = receiver.send(REQUEST, timeout=5)
        assert response.status == 500
        assert type(RAISED[name]).__name__ in (response.crash or "")
    receiver.close()


@pytest.mark.parametrize("kind", [wsgi, wsgi_body, asgi, asgi_task, asgi_group, aws])
@pytest.mark.parametrize("error", [pytest.fail.Exception("too long"), KeyboardInterrupt()])
def test_the_time_limit_of_a_test_ends_the_test(
    kind: Callable[[Do], Receiver], error: BaseException
) -> None:
    def limit(number: int, frame: object) -> None:
        raise error

    receiver = kind(lambda: time.sleep(5))
    with alarm(limit), pytest.raises(BaseException) as raised:
        receiver.send(REQUEST, timeout=10)
    assert raised.value is error or isinstance(raised.value, BaseExceptionGroup)
    receiver.close()


@pytest.mark.parametrize("kind", [wsgi, wsgi_body, asgi, asgi_task, asgi_group, aws])
def test_ctrl_c_ends_the_run(kind: Callable[[Do], Receiver]) -> None:
    usual = signal.getsignal(signal.SIGINT)
    assert usual is signal.default_int_handler
    receiver = kind(lambda: time.sleep(5))
    interrupt = lambda number, frame: signal.raise_signal(signal.SIGINT)  # noqa: E731
    with alarm(interrupt), pytest.raises(KeyboardInterrupt):
        receiver.send(REQUEST, timeout=10)
    assert signal.getsignal(signal.SIGINT) is usual
    receiver.close()


def test_ctrl_c_ends_a_run_that_waits_for_an_app_in_a_thread() -> None:
    receiver = asgi_thread(lambda: time.sleep(0.5))
    interrupt = lambda number, frame: signal.raise_signal(signal.SIGINT)  # noqa: E731
    with alarm(interrupt), pytest.raises(KeyboardInterrupt):
        receiver.send(REQUEST, timeout=10)
    receiver.close()


def test_the_app_keeps_its_own_handler() -> None:
    def handler(number: int, frame: object) -> None: ...

    receiver = wsgi(lambda: signal.signal(signal.SIGINT, handler))
    usual = signal.getsignal(signal.SIGINT)
    try:
        assert receiver.send(REQUEST, timeout=5).status == 200
        assert signal.getsignal(signal.SIGINT) is handler
    finally:
        signal.signal(signal.SIGINT, usual)
