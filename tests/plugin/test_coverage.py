"""--telnyx-coverage tells what the tests have not sent, from however many processes."""

import pytest

TESTS = """
from hypothesis import given, settings
from telnyx_mock import ABSENT
from telnyx_mock.strategies import webhooks

def test_one(telnyx_mock):
    telnyx_mock.send("call.initiated").assert_accepted()

def test_other(telnyx_mock):
    telnyx_mock.send("call.hangup", client_state=ABSENT).assert_accepted()

def test_forged(telnyx_mock):
    telnyx_mock.send("call.bridged", forge="signature-missing").assert_refused()
"""


@pytest.mark.slow
@pytest.mark.parametrize(
    "workers",
    [
        pytest.param((), id="alone"),
        pytest.param(("-n", "2"), id="xdist", marks=pytest.mark.slow),
    ],
)
def test_it_tells_what_was_not_sent(project_with_receiver, workers):
    project_with_receiver.makepyfile(TESTS)
    ran = project_with_receiver.runpytest_subprocess("--telnyx-coverage", "-v", *workers)
    ran.assert_outcomes(passed=3)
    ran.stdout.fnmatch_lines(["*= telnyx-mock =*", "2 of * events tried"])
    ran.stdout.fnmatch_lines(
        ["call.hangup: * coverage goals reached; *payload.hangup_cause never *"]
    )
    ran.stdout.fnmatch_lines(
        ["call.initiated: * coverage goals reached; *payload.client_state never present or absent*"]
    )
    ran.stdout.no_fnmatch_line("call.hangup: *payload.client_state never absent*")
    ran.stdout.no_fnmatch_line("call.bridged:*")


@pytest.mark.long
def test_nothing_is_said_unless_asked_for(project_with_receiver):
    project_with_receiver.makepyfile(TESTS)
    ran = project_with_receiver.runpytest_subprocess()
    ran.assert_outcomes(passed=3)
    ran.stdout.no_fnmatch_line("*events tried*")


@pytest.mark.long
def test_it_can_be_asked_for_in_the_settings_and_needs_no_xdist(project_with_receiver):
    settings = "[pytest]\ntelnyx_path = /webhooks\ntelnyx_coverage = true\n"
    project_with_receiver.makefile(".ini", pytest=settings)
    project_with_receiver.makepyfile(TESTS)
    ran = project_with_receiver.runpytest_subprocess("-p", "no:xdist")
    ran.assert_outcomes(passed=3)
    ran.stdout.fnmatch_lines(["2 of * events tried", "*fields more"])
