"""A probe is given as a fixture, as an option, or in the settings, and shows what webhooks lead to."""

import re

import pytest

CONTRACT = ("--pyargs", "pytest_telnyx_mock.contract")
CALLS = ("--telnyx-events", "call.initiated", "--telnyx-events", "call.hangup")
ONCE = ("-k", "idempotent and not failover", "-rs")

BOOKING = """
from shop import create_app

rows = []

def book(event):
    rows.append(event["data"]["id"])
    return 200

def app():
    return create_app(handle=book)

def booked():
    return rows
"""


def test_without_a_probe_it_is_said_how_to_give_one(project):
    project.makepyfile(booking=BOOKING)
    result = project.runpytest(*CONTRACT, *CALLS, *ONCE, "--telnyx-app", "booking:app")
    result.assert_outcomes(skipped=3)
    result.stdout.fnmatch_lines(
        ["skipped*No webhook has a visible effect. Give a probe*telnyx_probe*"]
    )


@pytest.mark.slow
def test_a_probe_is_named_on_the_command_line(project):
    project.makepyfile(booking=BOOKING)
    result = project.runpytest(
        *CONTRACT, *CALLS, *ONCE, "--telnyx-app", "booking:app", "--telnyx-probe", "booking:booked"
    )
    result.assert_outcomes(failed=1, skipped=2)
    result.stdout.fnmatch_lines(["*delivered again, as attempt 2, had a second effect*"])


def test_a_probe_is_a_fixture(project):
    project.makepyfile(booking=BOOKING)
    project.makeconftest(
        """
        import pytest
        from booking import book, booked
        from shop import create_app

        @pytest.fixture
        def telnyx_receiver(telnyx_key):
            return create_app(telnyx_key.public_key, book)

        @pytest.fixture
        def telnyx_probe():
            return booked
        """
    )
    project.makepyfile("from pytest_telnyx_mock.contract import *\n")
    result = project.runpytest(*CALLS, "-k", "idempotent-when-redelivered")
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(["*had a second effect: the data that the probe reads changed*"])


def test_a_probe_that_is_none_stops_at_one_sentence(project):
    project.makepyfile(booking=BOOKING)
    result = project.runpytest(
        *CONTRACT, *CALLS, *ONCE, "--telnyx-app", "booking:app", "--telnyx-probe", "booking:rows"
    )
    assert result.ret == pytest.ExitCode.TESTS_FAILED
    result.stdout.fnmatch_lines(["!*The probe 'booking:rows' is not a function*!"])


def test_what_an_address_is_asked_is_within_the_bounds_of_the_run(project):
    project.makepyfile(
        booking=BOOKING,
        state="""
        import threading
        from http.server import BaseHTTPRequestHandler, HTTPServer

        class State(BaseHTTPRequestHandler):
            asked = []

            def do_GET(self):
                self.asked.append(dict(self.headers))
                self.send_response(200)
                self.end_headers()

            def log_message(self, *_):
                pass

        server = HTTPServer(("127.0.0.1", 0), State)
        """,
    )
    project.makeconftest(
        """
        import threading
        import pytest
        from state import State, server

        @pytest.fixture(scope="session")
        def telnyx_probe():
            thread = threading.Thread(target=server.serve_forever, args=(0.02,))
            thread.start()
            yield f"http://127.0.0.1:{server.server_port}/rows"
            server.shutdown()
            server.server_close()
            thread.join()
            print(f"asked {len(State.asked)} times", *State.asked[:1])
        """
    )
    project.makepyfile("from pytest_telnyx_mock.contract import *\n")
    result = project.runpytest(
        *CALLS,
        *ONCE[:2],
        "-s",
        *("--telnyx-app", "booking:app"),
        *("--telnyx-max-requests", "9", "--telnyx-header", "X-Token: secret"),
    )
    result.stdout.fnmatch_lines(["*inconclusive: the budget of 9 requests is used up*"])
    [asked] = re.findall("asked (.*)", result.stdout.str())
    assert 1 <= int(asked.split()[0]) <= 9
    assert "secret" not in asked
