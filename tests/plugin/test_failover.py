"""A second receiver is given as a fixture, as an option, or in the settings; each is started once."""

import threading
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest

CONTRACT = ("--pyargs", "pytest_telnyx_mock.contract")
CALLS = ("--telnyx-events", "call.initiated", "--telnyx-events", "call.hangup")
FAILOVER = ("-k", "at-failover or after-failover", "-rs")

BOOKING = """
import io

from shop import create_app

started = []

class Booking:
    def __init__(self, rows):
        self.rows = rows
        self.app = create_app(handle=self.book)

    def book(self, event):
        if event["data"]["id"] not in self.rows:
            self.rows.append(event["data"]["id"])
        return 200

    async def __call__(self, scope, receive, send):
        if scope["type"] == "lifespan":
            started.append(self)
            await receive()
            await send({"type": "lifespan.startup.complete"})
            await receive()
            await send({"type": "lifespan.shutdown.complete"})
            print("started", len(started))
        elif scope["path"] == "/nowhere":
            await send({"type": "http.response.start", "status": 404, "headers": []})
            await send({"type": "http.response.body"})
        else:
            body = (await receive())["body"]
            environ = {
                "HTTP_" + name.decode().replace("-", "_").upper(): value.decode("latin-1")
                for name, value in scope["headers"]
            }
            environ.update({"PATH_INFO": "/webhooks", "wsgi.input": io.BytesIO(body)})
            environ["CONTENT_LENGTH"] = len(body)
            statuses = []
            self.app(environ, lambda status, headers: statuses.append(int(status[:3])))
            await send({"type": "http.response.start", "status": statuses[0], "headers": []})
            await send({"type": "http.response.body"})

rows, other_rows = [], []
app, sharing, forgetful = Booking(rows), Booking(rows), Booking(other_rows)

def make():
    return Booking([])

def booked():
    return rows, other_rows
"""


@pytest.fixture
def booking(project):
    project.makepyfile(booking=BOOKING)

    def run(*options):
        words = ("--telnyx-app", "booking:app", "--telnyx-probe", "booking:booked")
        return project.runpytest(*CONTRACT, *CALLS, *FAILOVER, *words, "-s", *options)

    return run


def test_without_a_failover_address_it_is_said_how_to_give_one(booking):
    result = booking()
    result.assert_outcomes(skipped=3)
    result.stdout.fnmatch_lines(["skipped*No failover address is given. *failover TARGET*"])


def test_another_path_of_the_same_app_is_given_which_is_started_once(booking):
    result = booking("--telnyx-failover", "/failover")
    result.assert_outcomes(passed=3)
    result.stdout.fnmatch_lines(["*started 1"])


@pytest.mark.slow
def test_a_path_where_nothing_is_served_is_found(booking):
    result = booking("--telnyx-failover", "/nowhere")
    result.assert_outcomes(failed=1, skipped=2)
    result.stdout.fnmatch_lines(["*to the failover address, as attempt 3, was not accepted*"])


def test_the_same_app_by_its_name_is_started_once(booking):
    result = booking("-o", "telnyx_failover=booking:app")
    result.assert_outcomes(passed=3)
    result.stdout.fnmatch_lines(["*started 1"])


@pytest.mark.slow
def test_another_app_is_given_by_its_name(booking):
    booking("--telnyx-failover", "booking:sharing").assert_outcomes(passed=3)
    result = booking("--telnyx-failover", "booking:forgetful")
    result.assert_outcomes(passed=2, failed=1)
    result.stdout.fnmatch_lines(["*after the first address had accepted it, had a second effect*"])


def test_what_a_factory_makes_is_another_app(project):
    project.makepyfile(booking=BOOKING)
    project.makeconftest(
        """
        import pytest

        @pytest.fixture
        def make(telnyx_key, monkeypatch):
            monkeypatch.setenv("TELNYX_PUBLIC_KEY", telnyx_key.public_key)
            import booking

            return lambda: booking.Booking(booking.rows)

        @pytest.fixture
        def telnyx_receiver(make):
            return make

        @pytest.fixture
        def telnyx_failover_receiver(make):
            yield make
            print("torn down")

        @pytest.fixture
        def telnyx_probe(make):
            import booking

            return booking.booked
        """
    )
    project.makepyfile("from pytest_telnyx_mock.contract import *\n")
    result = project.runpytest(*CALLS, "-k", "idempotent-after-failover", "-s")
    result.assert_outcomes(passed=1)
    result.stdout.fnmatch_lines(["*started 2", "*torn down"])


def test_an_app_at_the_failover_address_of_a_server_finds_the_key(project):
    project.makepyfile(booking=BOOKING)
    words = ("--telnyx-url", "http://127.0.0.1:9/", "--telnyx-failover", "booking:app")
    result = project.runpytest(*CONTRACT, *CALLS, *FAILOVER, *words)
    result.stdout.fnmatch_lines(["*http://127.0.0.1:9/webhooks could not be reached*"])


def test_an_address_keeps_its_path_and_is_sent_the_headers(project):
    class Refusing(BaseHTTPRequestHandler):
        asked = []

        def do_POST(self):
            self.rfile.read(int(self.headers["content-length"]))
            self.asked.append((self.path, self.headers["x-env"]))
            self.send_response(401)
            self.send_header("content-length", "0")
            self.end_headers()

        def log_message(self, *_):
            pass

    project.makepyfile(booking=BOOKING)
    with HTTPServer(("127.0.0.1", 0), Refusing) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.02,))
        thread.start()
        result = project.runpytest(
            *CONTRACT,
            *CALLS,
            *FAILOVER,
            *("--telnyx-app", "booking:app", "--telnyx-path", "/webhooks"),
            *("--telnyx-failover", f"http://127.0.0.1:{server.server_port}/second"),
            *("--telnyx-header", "X-Env: staging"),
        )
        server.shutdown()
        thread.join()
    result.stdout.fnmatch_lines(["*to the failover address, as attempt 3, was not accepted*"])
    assert set(Refusing.asked) == {("/second", "staging")}


@pytest.mark.parametrize(
    ("target", "sentence"),
    [
        ("booking:rows", "!*booking:rows is a list; expected an ASGI app*!"),
        ("https://staging.example/hook", "!*staging.example is not this machine*!"),
        ("https://api.telnyx.com/hook", "!*api.telnyx.com belongs to Telnyx*!"),
    ],
)
def test_what_is_no_receiver_or_must_not_be_sent_to_stops_at_one_sentence(
    booking, target, sentence
):
    result = booking("--telnyx-failover", target)
    assert result.ret == pytest.ExitCode.TESTS_FAILED
    result.stdout.fnmatch_lines([sentence])


def test_what_is_sent_to_the_failover_address_counts_among_the_requests_of_the_run(booking):
    result = booking("--telnyx-failover", "/failover", "--telnyx-max-requests", "3")
    result.stdout.fnmatch_lines(["*inconclusive: the budget of 3 requests is used up*"])
    result.stdout.fnmatch_lines(["*; 3 deliveries"])
