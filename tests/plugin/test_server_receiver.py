"""The fixture that starts the server of an app: what the server gets, says and leaves behind."""

from __future__ import annotations

import socket
import textwrap

import pytest

SERVER = '''
"""A correct receiver behind a server of its own; it answers calls through the API that it is told."""

import json
import os
import sys
import urllib.request
from socketserver import ThreadingMixIn
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer, make_server

from shop import create_app


class Quiet(WSGIRequestHandler):
    def log_message(self, *about):
        print("served", self.path, flush=True)


class Server(ThreadingMixIn, WSGIServer):
    daemon_threads = True


def handle(event):
    if event["data"]["event_type"] != "call.initiated":
        return 200
    call = event["data"]["payload"]["call_control_id"]
    request = urllib.request.Request(
        f"{os.environ['TELNYX_BASE_URL']}/calls/{call}/actions/answer",
        data=b"{}",
        headers={"authorization": f"Bearer {os.environ['TELNYX_API_KEY']}"},
        method="POST",
    )
    with urllib.request.urlopen(request) as answer:
        assert json.load(answer)["data"]["result"] == "ok"
    return 200


make_server(
    "127.0.0.1",
    int(os.environ["PORT"]),
    create_app(handle=handle),
    server_class=Server,
    handler_class=Quiet,
).serve_forever()
'''

CONFTEST = """
import pytest

@pytest.fixture(scope="session")
def telnyx_receiver(telnyx_server_receiver):
    return telnyx_server_receiver({arguments})
"""

TESTS = """
def test_the_server_is_told_the_key_and_the_api(telnyx_mock):
    delivery = telnyx_mock.send("call.initiated").assert_accepted()
    assert [command.name for command in delivery.commands] == ["answer"]
    assert [command.name for command in telnyx_mock.api.commands] == ["answer"]

def test_commands_of_another_test_are_not_seen(telnyx_mock):
    telnyx_mock.send("call.initiated", forge="signature-missing").assert_refused()
    telnyx_mock.send("call.answered").assert_accepted()
    assert telnyx_mock.api.commands == []

def test_the_api_can_fail(telnyx_mock):
    with telnyx_mock.api.failing(503):
        assert telnyx_mock.send("call.initiated").status == 500
"""


@pytest.fixture
def free_port():
    with socket.create_server(("127.0.0.1", 0)) as server:
        return server.getsockname()[1]


def listens(port):
    with socket.socket() as client:
        return client.connect_ex(("127.0.0.1", port)) == 0


def write(project, arguments, server=SERVER, tests=TESTS):
    project.makepyfile(server=server, conftest=CONFTEST.format(arguments=arguments), test_it=tests)


def test_a_server_is_started_told_and_stopped(project, free_port):
    write(project, f"'python -m server', port={free_port}")
    result = project.runpytest()
    result.assert_outcomes(passed=3)
    assert not listens(free_port)


@pytest.mark.long
def test_without_a_port_each_worker_has_a_free_one(project):
    write(project, "['python', '-m', 'server']")
    project.runpytest("-n", "2").assert_outcomes(passed=3)


def test_the_log_is_shown_in_a_test_that_fails(project):
    tests = """
    import time

    def test_passes(telnyx_mock):
        telnyx_mock.send("call.answered", forge="signature-missing").assert_refused()
        time.sleep(0.5)  # the server logs a request after it has answered

    def test_fails(telnyx_mock):
        telnyx_mock.send("call.answered").assert_refused()
    """
    write(project, "'python -m server'", tests=textwrap.dedent(tests))
    result = project.runpytest()
    result.assert_outcomes(passed=1, failed=1)
    result.stdout.fnmatch_lines(["*Captured log of python -m server*", "served /webhooks"])
    assert result.stdout.str().count("served /webhooks") == 1


@pytest.mark.long
def test_its_children_are_stopped_too(project, free_port):
    """The shell starts the server as a child, and does not pass on the signal."""
    write(project, f"['sh', '-c', 'trap \"\" TERM; python3 -m server; true'], port={free_port}")
    project.runpytest().assert_outcomes(passed=3)
    assert not listens(free_port)


@pytest.mark.parametrize(
    ("arguments", "server", "sentence"),
    [
        (
            "'python -m server'",
            "import sys\nsys.exit('no DATABASE_URL')",
            "DeliveryError: 'python -m server' ended with exit code 1 before it listened on port "
            "*. The last line of its log: no DATABASE_URL",
        ),
        (
            "'python -m server', timeout=0.5",
            "import time\ntime.sleep(60)",
            "DeliveryError: 'python -m server' did not listen on port * within 0.5 s;*its log is empty.",
        ),
        ("'nosuchcommand'", "", "UsageError: 'nosuchcommand' could not be started: No such file*"),
        ("''", "", "UsageError: The command of the server is empty."),
    ],
)
def test_what_goes_wrong_is_one_sentence(project, arguments, server, sentence):
    write(project, arguments, server)
    result = project.runpytest()
    result.assert_outcomes(errors=3)
    result.stdout.fnmatch_lines([sentence])
    result.stdout.no_fnmatch_line("*server_process.py*")


def test_a_port_that_is_taken_is_one_sentence(project):
    with socket.create_server(("127.0.0.1", 0)) as other:
        write(project, f"'python -m server', port={other.getsockname()[1]}")
        result = project.runpytest()
    result.assert_outcomes(errors=3)
    result.stdout.fnmatch_lines(["UsageError: Something listens on port * already, so*"])


@pytest.mark.slow
def test_the_contract_judges_the_commands_of_a_server(project):
    write(project, "'python -m server'", tests="from pytest_telnyx_mock.contract import *\n")
    words = ("--telnyx-events=call.initiated", "--telnyx-only=commands-known-calls")
    project.runpytest("--telnyx-path=/webhooks", *words).assert_outcomes(passed=1)


SERVED = """
import httpx

def test_it(telnyx_mock):
    answer = httpx.get("http://127.0.0.1:{port}/v2/calls/1", headers={{"authorization": "Bearer KEY"}})
    assert answer.status_code == 200
    [command] = telnyx_mock.api.commands
    assert command.name == "calls.get"
"""


def test_the_setting_telnyx_api_serves_the_api_at_a_port(project, free_port):
    project.makepyfile(SERVED.format(port=free_port))
    words = (f"--telnyx-api={free_port}", "--telnyx-url=http://127.0.0.1:9/")
    project.runpytest(*words).assert_outcomes(passed=1)


def test_workers_cannot_share_a_port_of_the_api(project):
    project.makepyfile("def test_it(telnyx_mock): pass\n")
    result = project.runpytest("-n", "2", "--telnyx-api=12111", "--telnyx-url=http://127.0.0.1:9/")
    result.stderr.fnmatch_lines(["*2 workers cannot all listen on port 12111 (telnyx_api)*"])
