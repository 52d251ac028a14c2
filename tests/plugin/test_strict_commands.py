"""A marker or a setting fails a test whose app sends a command that the test does not expect."""

from __future__ import annotations

import pytest

CONFTEST = """
import httpx
import pytest
from shop import create_app

CLIENT = httpx.Client()  # to make one takes a tenth of a second

@pytest.fixture(scope="session")
def telnyx_receiver(telnyx_key):
    def handle(event):
        url = f"https://api.telnyx.com/v2/calls/{event['data']['payload']['call_control_id']}"
        CLIENT.get(url)
        CLIENT.post(f"{url}/actions/answer", json={"command_id": "a"})
        CLIENT.post(f"{url}/actions/answer", json={"command_id": "a"})
        CLIENT.post(f"{url}/actions/record_start", json={"channels": "single", "format": "mp3"})
        return 200
    return create_app(telnyx_key.public_key, handle)
"""

TESTS = """
import pytest

strict = pytest.mark.telnyx_mock_strict_commands

@strict
def test_forgets_one(telnyx_mock):
    telnyx_mock.send("call.initiated")
    telnyx_mock.api.assert_called_once("answer")

@strict
def test_says_nothing(telnyx_mock, telnyx_api):
    telnyx_mock.send("call.initiated")

@strict
def test_expects_all(telnyx_mock):
    telnyx_mock.api.expect("record_start", format="mp3")
    telnyx_mock.send("call.initiated")
    telnyx_mock.api.assert_order("answer")

@strict
def test_expects_another(telnyx_mock):
    telnyx_mock.api.expect("record_start", format="wav")
    telnyx_mock.send("call.initiated")
    telnyx_mock.api.wait_for("answer")

@strict
def test_expects_in_a_call(telnyx_mock):
    call = telnyx_mock.call()
    call.expect("answer")
    call.expect("record_start")
    telnyx_mock.api.expect("answer")  # at each webhook of this call
    telnyx_mock.api.expect("record_start")

def test_has_no_marker(telnyx_mock):
    telnyx_mock.send("call.initiated")

@strict(False)
def test_is_not_strict(telnyx_mock):
    telnyx_mock.send("call.initiated")

@strict
def test_has_its_own_failure(telnyx_mock):
    telnyx_mock.send("call.initiated")
    assert 1 == 2
"""


@pytest.mark.slow
def test_a_command_that_nobody_expects_fails_the_test(project):
    project.makeconftest(CONFTEST)
    project.makepyfile(TESTS)
    ran = project.runpytest("--strict-markers", "-rf", "-vv")
    failed = ["forgets_one", "says_nothing", "expects_another", "has_its_own_failure"]
    ran.assert_outcomes(failed=len(failed), passed=8 - len(failed))
    output = ran.stdout.str()
    assert all(f"::test_{name} FAILED" in output for name in failed)
    assert (
        "The app sent a command that the test does not expect: record_start(channels='single', "
        "format='mp3'). It expects answer." in output
    )
    assert "The app sent 2 commands that the test does not expect: answer(" in output
    assert "It expects none." in output
    assert "It expects record_start with format='wav', answer." in output
    assert "Traceback" not in output
    assert "traceback entries" not in output


def test_the_setting_is_for_all_tests_without_the_marker(project):
    project.makeconftest(CONFTEST)
    project.makepyfile(TESTS)
    ran = project.runpytest("-o", "telnyx_strict_commands=true", "-k", "has_no_marker or is_not")
    ran.assert_outcomes(failed=1, passed=1)
