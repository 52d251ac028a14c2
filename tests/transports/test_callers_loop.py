"""An app on the loop of the caller: its answer, its work, its lifespan, and what it does wrong."""

from __future__ import annotations

import asyncio
import contextlib
import time

import pytest

from telnyx_mock.errors import DeliveryError, UsageError
from telnyx_mock.patience import Patience
from telnyx_mock.transports import app_errors
from telnyx_mock.transports.receiver import NoAnswer, NoAnswerReason, Wrapped, aclose, asend

SHORT = Patience(background_work=0.2, resident_work=0.1, app_start=0.3, traceback=0.1)


async def answer(send, status=200, body=b"ok"):
    await send({"type": "http.response.start", "status": status, "headers": []})
    await send({"type": "http.response.body", "body": body})


def on(loop_work):
    """Let ``loop_work`` be awaited in a loop of its own, as a test of pytest-asyncio is."""
    return asyncio.run(loop_work)


def sent(receiver, request, *, timeout=5, answered=lambda: None):
    return asend(receiver, request, timeout=timeout, answered=answered)


def http_only(work):
    async def app(scope, receive, send):
        if scope["type"] != "http":
            raise NotImplementedError("no lifespan here")
        await work(scope, receive, send)

    return app


def test_the_answer_is_told_before_the_work_after_it(asgi, request_):
    story = []

    async def late():
        await asyncio.sleep(0.02)
        story.append("task")

    @http_only
    async def app(scope, receive, send):
        tasks.append(asyncio.create_task(late()))
        await answer(send, 201)
        await asyncio.sleep(0.01)
        story.append("work")

    tasks = []
    response = on(sent(asgi(app), request_, answered=lambda: story.append("answered")))
    assert (response.status, response.body) == (201, b"ok")
    assert story == ["answered", "work", "task"]


def test_tasks_of_the_test_are_not_waited_for(asgi, request_):
    @http_only
    async def app(scope, receive, send):
        await answer(send)

    async def test():
        own = asyncio.create_task(asyncio.sleep(30))
        begun = time.monotonic()
        await sent(asgi(app), request_)
        beside = asyncio.create_task(asyncio.sleep(30))
        await sent(asgi(app), request_)
        assert time.monotonic() - begun < 10
        assert not own.done()
        assert not beside.done()

    on(test())


def test_a_permanent_worker_goes_on(asgi, request_):
    done = []

    async def work():
        while True:
            await asyncio.sleep(0.01)
            done.append(1)

    @http_only
    async def app(scope, receive, send):
        if not tasks:
            tasks.append(asyncio.create_task(work()))
        await answer(send)

    tasks = []

    async def test():
        receiver = asgi(app, patience=SHORT)
        await sent(receiver, request_)
        before = len(done)
        await asyncio.sleep(0.1)
        assert len(done) > before

    on(test())


def test_work_in_the_app_itself_has_a_bound(asgi, request_, caplog):
    @http_only
    async def app(scope, receive, send):
        await answer(send)
        await asyncio.sleep(30)

    assert on(sent(asgi(app, patience=SHORT), request_)).status == 200
    assert "takes longer than 0.2 s, so it was cancelled" in caplog.text


@pytest.mark.parametrize("early", [True, False])
def test_an_exception_is_a_crash(asgi, request_, early):
    @http_only
    async def app(scope, receive, send):
        if not early:
            await answer(send, 500)
        raise KeyError("payload")

    response = on(sent(asgi(app), request_))
    assert response.status == 500
    assert response.crash.rstrip().endswith("KeyError: 'payload'")
    assert "telnyx_mock/transports" not in response.crash


@pytest.mark.parametrize("error", [asyncio.CancelledError(), SystemExit(3), KeyboardInterrupt()])
def test_what_would_end_a_loop_is_a_crash_too(asgi, request_, error):
    @http_only
    async def app(scope, receive, send):
        raise error

    assert type(error).__name__ in on(sent(asgi(app), request_)).crash


def test_an_error_after_the_answer_is_noted(asgi, request_):
    @http_only
    async def app(scope, receive, send):
        await answer(send)
        raise KeyError("late")

    with app_errors.background_errors() as seen:
        assert on(sent(asgi(app), request_)).crash is None
    assert "KeyError: 'late'" in seen[0]


def test_no_answer_in_time(asgi, request_):
    left = []

    @http_only
    async def app(scope, receive, send):
        await receive()
        left.append(await receive())
        with contextlib.suppress(OSError):
            await answer(send)

    with pytest.raises(NoAnswer) as caught:
        on(sent(asgi(app), request_, timeout=0.05))
    assert caught.value.reason is NoAnswerReason.TIMEOUT
    assert left == [{"type": "http.disconnect"}]


def test_the_cancelled_test_ends_the_app(asgi, request_):
    ended = []

    @http_only
    async def app(scope, receive, send):
        try:
            await asyncio.sleep(30)
        finally:
            ended.append(1)

    async def test():
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(sent(asgi(app), request_, timeout=30), 0.05)

    on(test())
    assert ended == [1]


class Story:
    """An app with a lifespan, which waits whenever it can."""

    def __init__(self, *, fails=False, hangs=False):
        self.lines = []
        self.fails, self.hangs = fails, hangs

    async def __call__(self, scope, receive, send):
        if scope["type"] == "http":
            await answer(send, body=scope["state"]["made"])
            return
        assert (await receive())["type"] == "lifespan.startup"
        if self.hangs:
            await asyncio.sleep(30)
        if self.fails:
            await send({"type": "lifespan.startup.failed", "message": "no database"})
            return
        scope["state"]["made"] = b"at the start"
        self.lines.append("starts")
        await send({"type": "lifespan.startup.complete"})
        assert (await receive())["type"] == "lifespan.shutdown"
        await asyncio.sleep(0.01)
        self.lines.append("stops")
        await send({"type": "lifespan.shutdown.complete"})


def test_the_app_starts_once_in_each_loop_and_stops_with_it(asgi, request_):
    app = Story()
    receiver = asgi(app)

    async def test():
        first, second = await asyncio.gather(sent(receiver, request_), sent(receiver, request_))
        assert first.body == second.body == b"at the start"

    on(test())
    assert app.lines == ["starts", "stops"]
    on(test())
    assert app.lines == ["starts", "stops"] * 2
    assert receiver.send(request_, timeout=5).body == b"at the start"
    receiver.close()
    assert app.lines == ["starts", "stops"] * 3


def test_closing_stops_the_app_on_a_loop_that_is_open(asgi, request_):
    app = Story()
    with asyncio.Runner() as runner:
        receiver = asgi(app)
        runner.run(sent(receiver, request_))
        assert app.lines == ["starts"]
        receiver.close()
        assert app.lines == ["starts", "stops"]
        with pytest.raises(UsageError, match="closed"):
            runner.run(sent(receiver, request_))


def test_closing_in_the_loop_waits_for_the_app(asgi, request_):
    app = Story()

    async def test():
        receiver = Wrapped(asgi(app))
        await sent(receiver, request_)
        await aclose(receiver)
        assert app.lines == ["starts", "stops"]

    on(test())


def test_closing_without_waiting_stops_the_app_soon(asgi, request_, caplog):
    app = Story()

    async def test():
        receiver = asgi(app)
        await sent(receiver, request_)
        receiver.close()
        await asyncio.sleep(0.1)
        assert app.lines == ["starts", "stops"]

    on(test())
    assert caplog.text == ""


def test_an_app_that_does_not_start_is_one_sentence(asgi, request_):
    with pytest.raises(DeliveryError, match="failed to start: no database"):
        on(sent(asgi(Story(fails=True)), request_))
    with pytest.raises(DeliveryError, match=r"did not start within 0\.3 s"):
        on(sent(asgi(Story(hangs=True), patience=SHORT), request_))


def test_a_wsgi_app_does_not_block_the_loop(request_):
    from telnyx_mock.transports.wsgi import WsgiReceiver

    def app(environ, start_response):
        asyncio.run_coroutine_threadsafe(asyncio.sleep(0), loops[0]).result(5)
        start_response("204 No Content", [])
        return [b""]

    loops = []

    async def test():
        loops.append(asyncio.get_running_loop())
        return await sent(WsgiReceiver(app), request_)

    assert on(test()).status == 204


def test_the_server_of_an_address_may_run_on_the_same_loop(request_):
    """As in a test of aiohttp with its own test server."""
    from aiohttp import web
    from aiohttp.test_utils import TestServer

    from telnyx_mock.transports.http import HttpReceiver

    async def receive(request):
        return web.Response(status=202, text=(await request.read()).decode())

    async def test():
        app = web.Application()
        app.router.add_post("/hook", receive)
        async with TestServer(app) as server:
            receiver = HttpReceiver(str(server.make_url("/hook")))
            response = await sent(receiver, request_)
            receiver.close()
        return response

    response = on(test())
    assert (response.status, response.body) == (202, b'{"a": 1}')
