"""No call leaves after its test, none counts for another test, and the session reports each."""

import pytest

RECEIVER = """
import pytest
from shop import create_app

@pytest.fixture(scope="session")
def telnyx_receiver(telnyx_key):
    import work
    return create_app(telnyx_key.public_key, work.handle)
"""

THREADS = """
import threading
import httpx

go_on = threading.Event()
threads = []

def speak(call):
    go_on.wait(10)
    httpx.post(f"https://api.telnyx.com/v2/calls/{call}/actions/speak", json={})

def reply():
    go_on.wait(10)
    httpx.post("https://api.telnyx.com/v2/messages", json={"text": "Thank you!"})

def handle(event):
    payload = event["data"]["payload"]
    if event["data"]["event_type"] == "call.initiated":
        threads.append(threading.Thread(target=speak, args=(payload["call_control_id"],)))
        threads[-1].start()
    if event["data"]["event_type"] == "message.received":
        threads.append(threading.Thread(target=reply))
        threads[-1].start()
    return 200

def finish():
    go_on.set()
    for thread in threads:
        thread.join()
"""

QUEUE = """
import queue
import threading
import httpx

jobs = queue.Queue()

def work():
    while True:
        text, done = jobs.get()
        if done.is_set():
            return
        httpx.post("https://api.telnyx.com/v2/messages", json={"text": text})
        done.set()

worker = None

def handle(event):
    global worker
    if worker is None:
        worker = threading.Thread(target=work, daemon=True)
        worker.start()
    done = threading.Event()
    jobs.put((event["data"]["payload"]["text"], done))
    done.wait(10)
    return 200

def finish():
    done = threading.Event()
    done.set()
    jobs.put(("", done))
    worker.join()
"""


@pytest.fixture
def app(project):
    project.makeconftest(RECEIVER)
    project.makepyfile(work=THREADS)
    return project


@pytest.mark.parametrize(
    ("sends", "what"), [("call.initiated", "speak"), ("message.received", "messages.send")]
)
@pytest.mark.parametrize("busy", ["pass", "telnyx_mock.send('message.sent')"])
def test_a_late_command_counts_for_no_other_test(app, sends, what, busy):
    """It is told by the id of its call, or by its thread, which is older and was never free."""
    app.makepyfile(
        f"""
        import work

        def test_sends(telnyx_mock):
            telnyx_mock.send("{sends}").assert_accepted()

        def test_other(telnyx_mock):
            {busy}
            work.finish()
            assert telnyx_mock.api.commands == []
        """
    )
    result = app.runpytest()
    result.assert_outcomes(passed=2)
    result.stdout.fnmatch_lines(
        ["1 command came after its test, and no test counts this:", f"  {what}, of *::test_sends"]
    )


@pytest.mark.slow
def test_a_command_after_the_last_test_is_caught_and_reported(app):
    app.makepyfile(
        """
        import work

        def test_sends(telnyx_mock):
            telnyx_mock.send("message.received").assert_accepted()
            telnyx_mock.send("message.received").assert_accepted()

        def test_without_our_fixtures():
            work.finish()
        """
    )
    for options in ((), ("-n", "2", "--dist", "loadfile")):
        result = app.runpytest_subprocess(*options)
        result.assert_outcomes(passed=2)
        result.stdout.fnmatch_lines(
            [
                "2 commands came after their tests, and no test counts this:",
                "  messages.send, of *::test_sends",
            ]
        )


def test_the_commands_of_a_worker_that_serves_all_tests_count_for_each(project):
    project.makeconftest(RECEIVER)
    project.makepyfile(work=QUEUE)
    project.makepyfile(
        """
        import pytest
        import work

        @pytest.mark.parametrize("text", ["a", "b", "c"])
        def test_replies(telnyx_mock, text):
            telnyx_mock.send("message.received", text=text).assert_accepted()
            assert [command.parameters["text"] for command in telnyx_mock.api.commands] == [text]
            if text == "c":
                work.finish()
        """
    )
    result = project.runpytest()
    result.assert_outcomes(passed=3)
    result.stdout.no_fnmatch_line("*came after*")


@pytest.mark.slow
def test_a_call_in_a_test_without_our_fixtures_is_caught_and_told(app):
    app.makepyfile(
        """
        import httpx
        import pytest
        import requests
        import respx
        import responses
        import urllib.request

        URL = "https://api.telnyx.com/v2/messages"

        def test_sends(telnyx_mock):
            telnyx_mock.send("message.sent").assert_accepted()

        def test_calls():
            assert httpx.post(URL).status_code == requests.post(URL).status_code == 200
            with pytest.raises(OSError, match="telnyx-mock"):
                urllib.request.urlopen(URL, b"{}")

        @respx.mock
        def test_respx_is_as_strict_as_ever():
            respx.post("https://shop.example/").respond(201)
            httpx.post("https://shop.example/")
            with pytest.raises(respx.models.AllMockedAssertionError):
                httpx.post(URL)

        def test_respx_asserts_that_all_is_called():
            with pytest.raises(AssertionError, match="some routes were not called"):
                with respx.mock() as router:
                    router.post(URL)

        @responses.activate
        def test_responses_is_as_strict_as_ever():
            responses.get(URL, status=402)
            assert requests.get(URL).status_code == 402
            with pytest.raises(requests.ConnectionError, match="refused by Responses"):
                requests.post(URL)
        """
    )
    result = app.runpytest_subprocess()
    result.assert_outcomes(passed=5)
    result.stdout.fnmatch_lines(
        [
            "3 commands came in tests that do not ask for telnyx_api:",
            "  messages.send, in *::test_calls",
            "  a call by urllib.request to api.telnyx.com, in *::test_calls",
        ]
    )


@pytest.mark.slow
def test_telnyx_api_alone_catches_what_a_test_client_causes(project):
    """Without a telnyx_receiver: the test posts by itself."""
    project.makepyfile(
        """
        import httpx
        import pytest
        from starlette.applications import Starlette
        from starlette.background import BackgroundTask
        from starlette.responses import Response
        from starlette.routing import Route
        from starlette.testclient import TestClient

        def call():
            httpx.post("https://api.telnyx.com/v2/messages", json={})

        def receive(request):
            call()
            return Response(background=BackgroundTask(call))

        @pytest.fixture(scope="session")
        def client():
            with TestClient(Starlette(routes=[Route("/", receive, methods=["POST"])])) as client:
                yield client

        @pytest.mark.parametrize("time", range(3))
        def test_posts(client, telnyx_api, time):
            client.post("/", json={})
            assert [command.name for command in telnyx_api.commands] == ["messages.send"] * 2

        def test_nothing(telnyx_api):
            assert telnyx_api.commands == []

        def test_flask(telnyx_api):
            from flask import Flask

            app = Flask("app")

            @app.post("/")
            def receive():
                call()
                return ""

            app.test_client().post("/")
            assert len(telnyx_api.commands) == 1
        """
    )
    result = project.runpytest_subprocess("-W", "ignore::DeprecationWarning")
    result.assert_outcomes(passed=5)
    result.stdout.no_fnmatch_line("*came after*")


@pytest.mark.slow
def test_an_app_behind_a_live_server_in_this_process(project):
    """The server runs in a thread of its own, as that of pytest-django does."""
    project.makepyfile(
        """
        import threading
        import urllib.request
        from wsgiref.simple_server import WSGIRequestHandler, make_server

        import httpx
        import pytest
        import requests
        from shop import create_app

        class Quiet(WSGIRequestHandler):
            def log_message(self, *args): pass

        def handle(event):
            httpx.post("https://api.telnyx.com/v2/messages", json={})
            requests.post("https://api.telnyx.com/v2/messages", json={})
            return 200

        @pytest.fixture(scope="session")
        def live_server(telnyx_key):
            app = create_app(telnyx_key.public_key, handle)
            server = make_server("127.0.0.1", 0, app, handler_class=Quiet)
            thread = threading.Thread(target=server.serve_forever, args=(0.02,))
            thread.start()
            yield f"http://127.0.0.1:{server.server_port}/webhooks"
            server.shutdown()
            thread.join()
            server.server_close()

        @pytest.fixture
        def telnyx_receiver(live_server):
            return live_server

        @pytest.mark.parametrize("time", range(2))
        def test_ours(telnyx_mock, time):
            telnyx_mock.send("call.initiated").assert_accepted()
            assert len(telnyx_mock.api.commands) == 2

        @pytest.mark.parametrize("time", range(2))
        def test_theirs(telnyx_mock, live_server, time):
            request = telnyx_mock.request("call.initiated")
            headers = {name.decode(): value.decode() for name, value in request.headers}
            posted = urllib.request.Request(live_server, request.body, headers)
            assert urllib.request.urlopen(posted).status == 200
            assert len(telnyx_mock.api.commands) == 2
        """
    )
    result = project.runpytest_subprocess()
    result.assert_outcomes(passed=4)
    result.stdout.no_fnmatch_line("*came after*")
