"""Bounds, added headers and forgeries alone, as pytest takes them."""

from __future__ import annotations

import pytest

SHOP = """
import pytest
from shop import create_app

seen = []

@pytest.fixture
def telnyx_receiver(telnyx_key):
    app = create_app(telnyx_key.public_key)

    def noting(environ, start_response):
        seen.append(environ.get("HTTP_X_TOKEN"))
        return app(environ, start_response)

    return noting
"""


def test_a_session_has_one_budget(project):
    project.makefile(".ini", pytest="[pytest]\ntelnyx_path = /webhooks\ntelnyx_max_requests = 3\n")
    project.makeconftest(SHOP)
    project.makepyfile(
        """
        def test_two(telnyx_mock):
            telnyx_mock.send("call.hangup")
            telnyx_mock.send("call.hangup")

        def test_two_more(telnyx_mock):
            telnyx_mock.send("call.hangup")
            telnyx_mock.send("call.hangup")
        """
    )
    result = project.runpytest()
    result.assert_outcomes(passed=1, failed=1)
    result.stdout.fnmatch_lines(["*BudgetSpent: the budget of 3 requests is used up; raise it*"])


def test_headers_are_added_to_what_each_test_sends(project, monkeypatch):
    monkeypatch.setenv("GATEWAY_TOKEN", "sesame")
    project.makefile(
        ".ini",
        pytest="[pytest]\ntelnyx_path = /webhooks\ntelnyx_headers = 'X-Token: env:GATEWAY_TOKEN'\n",
    )
    project.makeconftest(SHOP)
    project.makepyfile(
        """
        from conftest import seen

        def test_token(telnyx_mock):
            delivery = telnyx_mock.send("call.hangup").assert_accepted()
            assert seen == ["sesame"]
            assert "sesame" not in delivery.curl()
        """
    )
    project.runpytest().assert_outcomes(passed=1)


def test_a_header_that_will_not_do_is_one_sentence(project):
    project.makeconftest(SHOP)
    project.makepyfile("def test_it(telnyx_mock): telnyx_mock.send('call.hangup')\n")
    result = project.runpytest("--telnyx-header=X-Token: env:NOWHERE")
    result.stdout.fnmatch_lines(["*UsageError: The environment has no variable NOWHERE to read*"])
    assert "Traceback" not in result.stdout.str()


@pytest.mark.slow
def test_the_contract_sends_forgeries_only(project):
    project.makeconftest(SHOP)
    project.makepyfile(test_contract="from pytest_telnyx_mock.contract import *\n")
    result = project.runpytest("--telnyx-forgeries-only", "--telnyx-events=call.hangup")
    assert result.ret == 0
    outcomes = result.parseoutcomes()
    assert outcomes["passed"] == 22
    assert set(outcomes) == {"passed", "skipped"}
    result.stdout.fnmatch_lines(
        ["skipped: Without the receiver's key (--telnyx-forgeries-only), no genuine webhook*"]
    )
