"""An ASGI app is called as by a server; its background work and its errors are visible."""

from __future__ import annotations

import asyncio
import contextlib
import contextvars
import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from fastapi import BackgroundTasks, FastAPI, Request
from fastapi.responses import StreamingResponse

from telnyx_mock.clock import SetClock
from telnyx_mock.errors import DeliveryError, UsageError
from telnyx_mock.patience import Patience
from telnyx_mock.transports import app_errors
from telnyx_mock.transports.receiver import BODY_LIMIT, NoAnswer, NoAnswerReason


async def answer(send, status=200, body=b"ok", headers=()):
    await send({"type": "http.response.start", "status": status, "headers": list(headers)})
    await send({"type": "http.response.body", "body": body})


async def http_only(scope):
    if scope["type"] != "http":
        raise NotImplementedError("no lifespan here")


def test_the_app_gets_the_request_as_from_a_server(asgi, request_):
    seen = []

    async def app(scope, receive, send):
        await http_only(scope)
        seen.extend([scope, await receive()])
        await answer(send, 201, b"made", [(b"x-a", b"1"), (b"x-a", b"2")])

    response = asgi(app, "/hook%20s?t=1", "app.test").send(request_, timeout=5)
    assert (response.status, response.body) == (201, b"made")
    assert response.headers == ((b"x-a", b"1"), (b"x-a", b"2"))
    assert 0 < response.elapsed < 60
    assert response.crash is None
    scope, message = seen
    assert scope["headers"] == [
        (b"host", b"app.test"),
        (b"content-type", b"application/json"),
        (b"x-two", b"1"),
        (b"content-length", b"8"),
    ]
    assert (scope["method"], scope["scheme"], scope["path"]) == ("POST", "https", "/hook s")
    assert (scope["raw_path"], scope["query_string"]) == (b"/hook%20s", b"t=1")
    assert message == {"type": "http.request", "body": b'{"a": 1}', "more_body": False}


def test_the_answer_ends_at_its_last_byte_and_the_rest_is_background_work(asgi, request_):
    done, go_on = [], threading.Event()

    async def work(name):
        while not go_on.is_set():
            await asyncio.sleep(0.001)
        done.append(name)

    async def app(scope, receive, send):
        await http_only(scope)
        tasks.append(asyncio.create_task(work("task")))
        await answer(send)
        await work("app")

    tasks = []
    receiver = asgi(app)
    assert receiver.send(request_, timeout=5).status == 200
    assert not receiver.wait_until_idle(0.01)
    assert done == []
    go_on.set()
    assert receiver.wait_until_idle(5)
    assert sorted(done) == ["app", "task"]
    assert receiver.wait_until_idle(0)


def test_background_work_continues_while_nobody_waits(asgi, request_):
    done = threading.Event()

    async def app(scope, receive, send):
        await http_only(scope)
        await answer(send)
        await asyncio.sleep(0.02)
        done.set()

    asgi(app).send(request_, timeout=5)
    assert done.wait(5)


def test_background_tasks_of_fastapi_are_waited_for(asgi, request_):
    app, done, go_on = FastAPI(), [], threading.Event()

    @app.post("/")
    async def hook(background: BackgroundTasks):
        background.add_task(lambda: (go_on.wait(10), done.append(1)))

    receiver = asgi(app)
    assert receiver.send(request_, timeout=5).status == 200
    assert done == []
    go_on.set()
    assert receiver.wait_until_idle(5)
    assert done == [1]


def test_a_worker_of_the_lifespan_runs_on_and_is_not_waited_for(asgi, request_):
    jobs, done = asyncio.Queue(), threading.Event()

    async def work():
        while True:
            await jobs.get()
            done.set()

    @contextlib.asynccontextmanager
    async def lifespan(app):
        worker = asyncio.create_task(work())
        yield
        worker.cancel()

    app = FastAPI(lifespan=lifespan)

    @app.post("/")
    async def hook():
        await jobs.put(1)

    receiver = asgi(app)
    for _ in range(2):
        done.clear()
        assert receiver.send(request_, timeout=5).status == 200
        assert receiver.wait_until_idle(0.1)
        assert done.wait(5)


def test_an_exception_is_an_answer_of_500_with_its_traceback(asgi, request_):
    async def app(scope, receive, send):
        await http_only(scope)
        raise KeyError("payload")

    response = asgi(app).send(request_, timeout=5)
    assert (response.status, response.body) == (500, b"")
    assert "KeyError: 'payload'" in response.crash
    assert "asgi_exchange.py" not in response.crash


def test_starlette_answers_500_before_it_raises_and_the_traceback_is_kept(asgi, request_):
    app = FastAPI()

    @app.post("/")
    async def hook():
        raise KeyError("payload")

    @app.middleware("http")
    async def slow(request, call_next):
        return await call_next(request)

    response = asgi(app).send(request_, timeout=5)
    assert (response.status, response.body) == (500, b"Internal Server Error")
    assert "KeyError: 'payload'" in response.crash


def test_an_exception_after_the_answer_is_logged(asgi, request_, caplog):
    async def app(scope, receive, send):
        await http_only(scope)
        await answer(send)
        raise KeyError("late")

    response = asgi(app).send(request_, timeout=5)
    assert (response.status, response.crash) == (200, None)
    assert "after its answer" in caplog.text
    assert "KeyError: 'late'" in caplog.text


@pytest.mark.parametrize("in_a_task", [False, True])
def test_background_errors_are_collected(asgi, request_, in_a_task):
    async def work():
        await asyncio.sleep(0)
        raise KeyError("late")

    async def app(scope, receive, send):
        await http_only(scope)
        await answer(send)
        asyncio.create_task(work()) if in_a_task else await work()

    receiver = asgi(app)
    with app_errors.background_errors() as outer, app_errors.background_errors() as seen:
        assert receiver.send(request_, timeout=5).status == 200
        assert receiver.wait_until_idle(5)
    assert outer == seen
    assert [text.strip().splitlines()[-1] for text in seen] == ["KeyError: 'late'"]


def test_an_error_that_the_app_handles_is_no_background_error(asgi, request_):
    async def work():
        raise KeyError("expected")

    async def app(scope, receive, send):
        await http_only(scope)
        task = asyncio.create_task(work())
        await answer(send)
        await asyncio.wait([task])
        assert isinstance(task.exception(), KeyError)

    receiver = asgi(app)
    with app_errors.background_errors() as seen:
        assert receiver.send(request_, timeout=5).status == 200
        assert receiver.wait_until_idle(5)
    assert seen == []


def test_an_app_that_exits_is_an_answer_of_500(asgi, request_):
    async def app(scope, receive, send):
        await http_only(scope)
        raise SystemExit(3)

    assert "SystemExit: 3" in asgi(app).send(request_, timeout=5).crash


@pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")
def test_a_task_that_exits_does_not_end_the_loop(asgi, request_, caplog):
    async def leave():
        raise SystemExit(3)

    async def app(scope, receive, send):
        await http_only(scope)
        tasks.append(asyncio.create_task(leave()))
        await asyncio.sleep(0.02)
        await answer(send)
        tasks.append(asyncio.create_task(leave()))
        await asyncio.sleep(0.02)

    tasks = []
    receiver = asgi(app)
    for _ in range(2):
        assert receiver.send(request_, timeout=5).status == 200
        assert receiver.wait_until_idle(5)
    assert [repr(task.exception()) for task in tasks] == ["SystemExit(3)"] * 4


def test_a_second_receive_blocks_until_the_answer_is_complete(asgi, request_):
    seen = []

    async def app(scope, receive, send):
        await http_only(scope)
        await receive()
        waiting = asyncio.create_task(receive())
        await asyncio.sleep(0.02)
        seen.append(waiting.done())
        await answer(send)
        seen.append(await waiting)
        seen.append(await receive())

    receiver = asgi(app)
    receiver.send(request_, timeout=5)
    receiver.wait_until_idle(5)
    assert seen == [False, {"type": "http.disconnect"}, {"type": "http.disconnect"}]


def test_without_an_answer_in_time_the_app_learns_that_the_client_left(asgi, request_):
    seen = []

    async def app(scope, receive, send):
        await http_only(scope)
        await receive()
        seen.append(await receive())
        with pytest.raises(OSError, match="closed the connection"):
            await answer(send)

    receiver = asgi(app)
    with pytest.raises(NoAnswer, match=r"within 0\.05 s") as caught:
        receiver.send(request_, timeout=0.05)
    assert caught.value.reason is NoAnswerReason.TIMEOUT
    assert receiver.wait_until_idle(5)
    assert seen == [{"type": "http.disconnect"}]


def test_an_app_that_blocks_its_loop_is_late_even_if_it_answers(asgi, request_):
    clock = SetClock(0)

    async def app(scope, receive, send):
        await http_only(scope)
        clock.advance(5.1)
        await answer(send)

    with pytest.raises(NoAnswer) as caught:
        asgi(app, clock=clock).send(request_, timeout=5)
    assert caught.value.reason is NoAnswerReason.TIMEOUT


@pytest.mark.parametrize("chunk", [b"", b"x" * 70_000])
def test_an_endless_body_is_stopped(asgi, request_, chunk):
    stopped = []

    async def app(scope, receive, send):
        await http_only(scope)
        await send({"type": "http.response.start", "status": 200})
        try:
            while True:
                await send({"type": "http.response.body", "body": chunk, "more_body": True})
        except OSError:
            stopped.append(True)

    receiver = asgi(app)
    if chunk:
        response = receiver.send(request_, timeout=5)
        assert (len(response.body), response.truncated) == (BODY_LIMIT, True)
    else:
        with pytest.raises(NoAnswer, match="within"):
            receiver.send(request_, timeout=0.05)
    assert receiver.wait_until_idle(5)
    assert stopped


def test_a_streamed_answer_is_joined(asgi, request_):
    app = FastAPI()

    @app.post("/")
    async def hook():
        return StreamingResponse(iter([b"a", b"b"]))

    assert asgi(app).send(request_, timeout=5).body == b"ab"


START = {"type": "http.response.start", "status": 200, "headers": []}
BODY = {"type": "http.response.body", "body": b""}


@pytest.mark.parametrize(
    ("messages", "said"),
    [
        ([], "returned before its answer was complete"),
        ([START], "returned before its answer was complete"),
        ([BODY], "'http.response.body' out of place"),
        ([START, START], "'http.response.start' out of place"),
        ([{"type": "http.nonsense"}], "'http.nonsense' out of place"),
        ([{}], "without a type"),
        (["text"], "without a type (str)"),
        ([{**START, "status": "200"}], "a status from 100 to 999, got '200'"),
        ([{**START, "status": 1000}], "a status from 100 to 999, got 1000"),
        ([{**START, "headers": [("a", "b")]}], "headers as pairs of bytes, got ('a', 'b')"),
        ([START, {**BODY, "body": "text"}], "a body of bytes, got str"),
    ],
)
def test_a_malformed_message_is_a_crash(asgi, request_, messages, said):
    async def app(scope, receive, send):
        await http_only(scope)
        for message in messages:
            await send(message)

    response = asgi(app).send(request_, timeout=5)
    assert response.status == 500
    assert said in response.crash


def test_the_lifespan_starts_with_the_first_request_and_stops_with_the_receiver(asgi, request_):
    seen = []

    @contextlib.asynccontextmanager
    async def lifespan(app):
        seen.append("start")
        yield {"pool": "of connections"}
        seen.append("stop")

    app = FastAPI(lifespan=lifespan)

    @app.post("/")
    async def hook(request: Request):
        seen.append(request.state.pool)

    receiver = asgi(app)
    assert seen == []
    receiver.send(request_, timeout=5)
    receiver.send(request_, timeout=5)
    receiver.close()
    receiver.close()
    assert seen == ["start", "of connections", "of connections", "stop"]
    with pytest.raises(UsageError, match="is closed"):
        receiver.send(request_, timeout=5)


def test_a_startup_that_fails_is_a_delivery_error(asgi, request_):
    @contextlib.asynccontextmanager
    async def lifespan(app):
        raise RuntimeError("no database")
        yield

    receiver = asgi(FastAPI(lifespan=lifespan))
    for _ in range(2):
        with pytest.raises(DeliveryError) as caught:
            receiver.send(request_, timeout=5)
        assert str(caught.value) == "The app failed to start: RuntimeError: no database."


def test_a_startup_that_never_ends_is_a_delivery_error(asgi, request_):
    async def app(scope, receive, send):
        await asyncio.Event().wait()

    with pytest.raises(DeliveryError, match=r"did not start within 0\.05 s"):
        asgi(app, patience=Patience(app_start=0.05)).send(request_, timeout=5)


def test_closing_cancels_background_work(asgi, request_):
    seen = []

    async def app(scope, receive, send):
        await http_only(scope)
        await answer(send)
        try:
            await asyncio.sleep(10)
        except asyncio.CancelledError:
            seen.append("cancelled")
            raise

    receiver = asgi(app)
    receiver.send(request_, timeout=5)
    receiver.close()
    assert seen == ["cancelled"]


def test_the_app_handles_requests_of_several_threads_at_once(asgi, request_):
    inside, threads = [], 8

    async def app(scope, receive, send):
        await http_only(scope)
        inside.append(scope)
        while len(inside) < threads:
            await asyncio.sleep(0.001)
        await answer(send)

    receiver = asgi(app)
    with ThreadPoolExecutor(threads) as pool:
        sent = pool.map(lambda _: receiver.send(request_, timeout=5).status, range(threads))
    assert list(sent) == [200] * threads


def test_many_threads_lose_no_background_work(asgi, request_):
    done = []

    async def app(scope, receive, send):
        await http_only(scope)
        await answer(send)
        for _ in range(20):
            await asyncio.sleep(0)
        done.append(1)

    receiver = asgi(app)
    with ThreadPoolExecutor(4) as pool:
        sent = pool.map(lambda _: receiver.send(request_, timeout=5).status, range(200))
    assert set(sent) == {200}
    assert receiver.wait_until_idle(5)
    assert len(done) == 200


def test_sending_works_from_inside_a_running_loop(asgi, request_):
    async def app(scope, receive, send):
        await http_only(scope)
        await answer(send)

    receiver = asgi(app)

    async def main():
        first = receiver.send(request_, timeout=5).status
        return first, receiver.send(request_, timeout=5).status, receiver.wait_until_idle(5)

    assert asyncio.run(main()) == (200, 200, True)
    assert receiver.send(request_, timeout=5).status == 200


def test_sending_from_inside_the_app_is_a_usage_error(asgi, request_):
    async def app(scope, receive, send):
        await http_only(scope)
        receiver.send(request_, timeout=5)

    receiver = asgi(app)
    assert "UsageError: A delivery was started on the event loop" in (
        receiver.send(request_, timeout=5).crash
    )


def test_a_loop_blocked_by_another_thread_is_a_timeout(asgi, request_):
    blocked, release = threading.Event(), threading.Event()

    async def app(scope, receive, send):
        await http_only(scope)
        await answer(send)
        blocked.set()
        release.wait(10)

    receiver = asgi(app)
    other = threading.Thread(target=lambda: receiver.send(request_, timeout=5))
    other.start()
    assert blocked.wait(5)
    with pytest.raises(NoAnswer, match="blocks its event loop") as caught:
        receiver.send(request_, timeout=0.05)
    assert caught.value.reason is NoAnswerReason.TIMEOUT
    assert not receiver.wait_until_idle(0.05)
    release.set()
    other.join(10)
    assert receiver.wait_until_idle(5)


def test_all_apps_share_one_loop_and_the_context_of_the_test(asgi, request_):
    loops, name = set(), contextvars.ContextVar("name")
    seen = []

    async def app(scope, receive, send):
        await http_only(scope)
        loops.add(asyncio.get_running_loop())
        seen.append(name.get())
        name.set("changed")
        await answer(send)

    name.set("test")
    asgi(app).send(request_, timeout=5)
    asgi(app).send(request_, timeout=5)
    assert len(loops) == 1
    assert seen == ["test", "test"]
    assert name.get() == "test"


def test_a_path_must_be_absolute(asgi):
    with pytest.raises(UsageError, match="must start with '/'"):
        asgi(http_only, "hook")


def test_the_address_has_https_host_path_and_query(asgi):
    assert asgi(http_only, "/a?b=c", "app.test").url == "https://app.test/a?b=c"


LEFT_OPEN = """
import asyncio
from telnyx_mock.transports.asgi import AsgiReceiver
from telnyx_mock.payload.request import Request

async def app(scope, receive, send):
    if scope["type"] == "lifespan":
        await receive()
        await send({"type": "lifespan.startup.complete"})
        await receive()
        print("stopped")
        await send({"type": "lifespan.shutdown.complete"})
        return
    await send({"type": "http.response.start", "status": 200})
    await send({"type": "http.response.body"})
    await asyncio.sleep(10)

print(AsgiReceiver(app).send(Request((), b""), timeout=5).status)
"""


def test_a_receiver_that_is_left_open_is_stopped_at_the_end_of_python():
    run = [sys.executable, "-X", "dev", "-W", "error", "-c", LEFT_OPEN]
    ended = subprocess.run(run, capture_output=True, text=True, timeout=60, check=True)
    # In its debug mode, asyncio complains of what takes 0.1 s, as anything may on a busy machine.
    complaints = [line for line in ended.stderr.splitlines() if not line.startswith("Executing <")]
    assert (ended.stdout, complaints) == ("200\nstopped\n", [])
