"""The fake API from a test: commands of this test alone, and the user's own mocks beside it."""

import pytest

CALLS_BACK = """
import httpx
import pytest
from shop import create_app

@pytest.fixture(scope="session")
def telnyx_receiver(telnyx_key):
    def handle(event):
        url = f"https://api.telnyx.com/v2/calls/{event['data']['payload']['call_control_id']}/actions/answer"
        httpx.post(url, json={}).raise_for_status()
        if event["data"]["payload"].get("client_state"):
            httpx.post("https://crm.example.com/calls").raise_for_status()
        return 200
    return create_app(telnyx_key.public_key, handle)
"""


@pytest.fixture
def caller(project):
    project.makeconftest(CALLS_BACK)
    return project


def test_commands_are_those_of_the_test(caller):
    caller.makepyfile(
        """
        import pytest

        @pytest.mark.parametrize("time", range(3))
        def test_command(telnyx_mock, telnyx_api, time):
            telnyx_mock.send("call.initiated", client_state=None).assert_accepted()
            assert [command.name for command in telnyx_api.commands] == ["answer"]
            assert telnyx_mock.api is telnyx_api

        def test_none(telnyx_mock):
            assert telnyx_mock.api.commands == []
        """
    )
    caller.runpytest().assert_outcomes(passed=4)


def test_respx_mocks_of_the_user_keep_working(caller):
    caller.makepyfile(
        """
        import httpx

        def test_beside(telnyx_mock, respx_mock):
            crm = respx_mock.post("https://crm.example.com/calls").respond(201)
            telnyx_mock.send("call.initiated", client_state="c3RhdGU=").assert_accepted()
            assert crm.call_count == 1
            assert [command.name for command in telnyx_mock.api.commands] == ["answer"]

        def test_instead(telnyx_mock, respx_mock):
            answer = respx_mock.post(path__regex="/v2/calls/.*").respond(422)
            assert telnyx_mock.send("call.initiated", client_state=None).status == 500
            assert answer.call_count == 1
            assert telnyx_mock.api.commands == []
        """
    )
    caller.runpytest().assert_outcomes(passed=2)


@pytest.mark.slow
def test_nothing_is_caught_before_the_first_use_and_everything_after_it(caller):
    caller.makepyfile(
        """
        import socket
        import sys

        getaddrinfo = socket.getaddrinfo

        def test_before():
            assert socket.getaddrinfo is getaddrinfo
            assert "telnyx_mock.fake_api" not in sys.modules

        def test_key(telnyx_key):
            assert socket.getaddrinfo is not getaddrinfo

        def test_after():
            assert socket.getaddrinfo is not getaddrinfo
        """
    )
    caller.makeconftest(CALLS_BACK.replace("telnyx_receiver(telnyx_key)", "a(telnyx_key)"))
    caller.runpytest_subprocess("-p", "no:randomly").assert_outcomes(passed=3)
