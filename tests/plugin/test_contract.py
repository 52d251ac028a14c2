"""The contract as pytest tests: how it is run, what comes out, and what its reports carry."""

import json
import shlex

import pytest

from telnyx_mock.contract.engine.reason import Why
from telnyx_mock.contract.engine.result import Outcome, Result

pytestmark = pytest.mark.slow  # they start processes, or run long

CONTRACT = ("--pyargs", "pytest_telnyx_mock.contract")
CALLS = ("--telnyx-events", "call.initiated", "--telnyx-events", "call.hangup")
FEW = ("--telnyx-examples", "5")

FAULTY = """
from shop import create_app

def handle(event):
    payload = event["data"]["payload"]
    if event["data"]["event_type"] == "call.initiated":
        payload["from_sip_uri"]
        if "calling_party_type" not in payload:
            return 400
    return 200

app = create_app(handle=handle)
"""


@pytest.fixture
def keep(pytestconfig):
    """A plugin that keeps what the reports of a run carry, as ``telnyx-mock check`` does."""

    class Keep:
        def __init__(self):
            self.results = []
            self.errors = []

        def pytest_runtest_logreport(self, report):
            if hasattr(report, "telnyx_mock"):
                self.results.append(Result.from_json(json.loads(json.dumps(report.telnyx_mock))))
            if hasattr(report, "telnyx_mock_error"):
                self.errors.append(report.telnyx_mock_error)

    return Keep()


def outcomes(result):
    """How many passed and failed, leaving out what was skipped."""
    counted = result.parseoutcomes()
    return counted.get("passed", 0), counted.get("failed", 0), counted.get("errors", 0)


def tried(results):
    return sum(each.outcome.value != "skipped" for each in results)


def test_a_correct_app_passes_by_name(project, keep):
    result = project.runpytest(
        *CONTRACT, *CALLS, *FEW, "--telnyx-app", "shop:create_app", "-v", plugins=[keep]
    )
    passed, failed, errors = outcomes(result)
    assert (failed, errors) == (0, 0)
    assert passed > 20
    result.stdout.fnmatch_lines(
        [
            "*::test_contract?serves-something? PASSED*",
            "*::test_contract?refuses-signature-missing-voice? PASSED*",
            "*::test_contract?accepts-sample-call.initiated? PASSED*",
            "*= telnyx-mock =*",
            "* checks passed, 0 failed, 0 inconclusive, * skipped; * deliveries",
        ]
    )
    assert tried(keep.results) == passed
    assert sum(each.deliveries for each in keep.results) > 50


def test_a_correct_app_passes_in_a_module_of_the_users(project_with_receiver):
    project_with_receiver.makepyfile("from pytest_telnyx_mock.contract import *\n")
    result = project_with_receiver.runpytest(*CALLS, *FEW)
    passed, failed, errors = outcomes(result)
    assert passed > 20
    assert (failed, errors) == (0, 0)


def test_two_modules_judge_two_receivers(project):
    module = """
    import pytest
    from pytest_telnyx_mock.contract import *
    from shop import create_app

    @pytest.fixture(scope="module")
    def telnyx_receiver(telnyx_key):
        return create_app(telnyx_key.public_key, handle=lambda event: {status})
    """
    project.makepyfile(
        test_bad=module.format(status=422),
        test_good=module.format(status=200),
        test_odd=module.format(status=202),
    )
    result = project.runpytest(*CALLS, *FEW, "-k", "accepts-sample", "-v")
    result.stdout.fnmatch_lines(
        [
            "test_bad.py::test_contract?accepts-sample-call.initiated? FAILED*",
            "test_good.py::test_contract?accepts-sample-call.initiated? PASSED*",
            "test_odd.py::test_contract?accepts-sample-call.initiated? PASSED*",
            "warning: answers-other-success: * was answered 202*",
        ]
    )


def test_two_faults_of_one_handler_are_both_reported(project, keep):
    project.makepyfile(faulty=FAULTY)
    result = project.runpytest(
        *CONTRACT, *FEW, "--telnyx-events", "call.initiated", "--telnyx-app", "faulty:app",
        plugins=[keep],
    )  # fmt: skip
    assert result.ret == pytest.ExitCode.TESTS_FAILED
    guilty = {node for each in keep.results for found in each.findings for node in found.fields}
    assert {"payload.from_sip_uri", "payload.calling_party_type"} <= guilty


def test_a_finding_is_shown_without_the_harness_own_traceback(project):
    project.makepyfile(faulty=FAULTY)
    result = project.runpytest(
        *CONTRACT, *CALLS, "--telnyx-app", "faulty:app", "-k", "accepts-absent"
    )
    result.stdout.fnmatch_lines(
        [
            "call.initiated with payload.from_sip_uri absent made the receiver fail with 500.",
            "  expected  200",
            "  observed  500*KeyError*faulty.py:*",
            "  fix *",
            "FAILED *accepts-absent-call.initiated? - call*",
        ]
    )
    result.stdout.no_fnmatch_line("*verdict.py*")
    result.stdout.no_fnmatch_line("*campaign.py*")


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (("-n", "257"), "257 workers are too many for shop:create_app(): at most 256 may send*"),
        (
            ("-n", "3", "--telnyx-max-requests", "2"),
            "3 workers cannot share 2 requests. Give a smaller -n, or raise --telnyx-max-requests.",
        ),
    ],
)
def test_more_workers_than_a_receiver_bears_are_refused(project, words, sentence):
    """No worker starts."""
    result = project.runpytest(*CONTRACT, "--telnyx-app", "shop:create_app()", *words)
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stderr.fnmatch_lines([f"ERROR: {sentence}"])


@pytest.mark.slow
def test_the_kept_reports_survive_xdist(project, keep):
    project.makepyfile(faulty=FAULTY)
    result = project.runpytest(
        *CONTRACT, *CALLS, *FEW, "--telnyx-app", "faulty:app", "-n", "2", plugins=[keep]
    )
    passed, failed, _ = outcomes(result)
    assert failed
    assert tried(keep.results) == passed + failed
    assert any(found.traceback for each in keep.results for found in each.findings)
    result.stdout.fnmatch_lines(["*= telnyx-mock =*", f"{passed} checks passed, {failed} failed*"])


BANNING = """
from shop import create_app

usual = create_app()
refusals = 0

def app(environ, start_response):
    def start(status, headers):
        global refusals
        refusals += status.startswith("4")
        start_response(status if refusals <= 5 else "403 Forbidden", headers)

    return usual(environ, start)
"""


def test_a_ban_is_told_from_refusals_in_each_worker(project, keep):
    project.makepyfile(banning=BANNING)
    only = ("--telnyx-events", "call.hangup", "--telnyx-only", "refuses-*")
    options = (*CONTRACT, *only, "--telnyx-app", "banning:app", "-n", "2")
    assert project.runpytest(*options, plugins=[keep]).ret == pytest.ExitCode.TESTS_FAILED
    whys = [each.why for each in keep.results if each.outcome is Outcome.INCONCLUSIVE]
    assert set(whys) == {Why.STOPPED_ACCEPTING}
    passed = [each for each in keep.results if each.outcome is Outcome.PASSED]
    assert len(passed) <= 2 * 5, "each worker has an app of its own, which refuses five times"
    assert {each.outcome for each in keep.results} <= {
        Outcome.PASSED,
        Outcome.INCONCLUSIVE,
        Outcome.SKIPPED,
    }


def test_the_contract_needs_no_terminal(project, keep):
    result = project.runpytest(
        *CONTRACT, *CALLS, *FEW, "--telnyx-app", "shop:create_app", "-p", "no:terminal",
        plugins=[keep],
    )  # fmt: skip
    assert result.ret == pytest.ExitCode.OK
    assert keep.results


def test_a_family_that_is_refused_as_a_whole_is_not_served(project, keep):
    project.makepyfile(
        voice="""
        from shop import create_app

        def handle(event):
            kind = event.get("data", {}).get("event_type", "")
            return 200 if kind.partition(".")[0] in ("call", "streaming", "siprec") else 422

        app = create_app(handle=handle)
        """
    )
    result = project.runpytest(
        *CONTRACT, "--telnyx-app", "voice:app", "-k", "signature-missing", "-rs", plugins=[keep]
    )
    outcome = {each.event: each.outcome.value for each in keep.results}
    assert outcome["conference.created"] == "skipped"
    assert outcome["call.initiated"] == "passed"
    result.stdout.fnmatch_lines(["skipped: The receiver does not serve conference, messaging, *"])


def test_what_was_named_must_be_served(project):
    project.makepyfile(nothing="import shop\n\napp = shop.create_app(handle=lambda event: 422)\n")
    result = project.runpytest(
        *CONTRACT,
        *CALLS,
        *FEW,
        "--telnyx-app",
        "nothing:app",
        "-k",
        "accepts-sample or signature-missing",
    )
    result.stdout.fnmatch_lines(
        ["inconclusive: The receiver also does not accept the genuine call.*"]
    )
    assert outcomes(result) == (0, 3, 0)


def test_a_wrong_path_is_said_first(project):
    result = project.runpytest(
        *CONTRACT, "--telnyx-app", "shop:create_app", "--telnyx-path", "/elsewhere", "-x"
    )
    result.stdout.fnmatch_lines(["*was refused with 404 at *this path serves nothing*"])


def test_warnings_pass_unless_the_run_is_strict(project):
    project.makepyfile(odd="import shop\n\napp = shop.create_app(handle=lambda event: 202)\n")
    options = (*CONTRACT, *CALLS, "--telnyx-app", "odd:app", "-k", "accepts-sample")
    assert outcomes(project.runpytest(*options)) == (2, 0, 0)
    assert outcomes(project.runpytest(*options, "--telnyx-strict")) == (0, 2, 0)
    project.makefile(".ini", pytest="[pytest]\ntelnyx_path = /webhooks\ntelnyx_strict = true\n")
    assert outcomes(project.runpytest(*options)) == (0, 2, 0)


def test_the_deadline_can_be_set(project):
    project.makepyfile(
        slow="""
        import time
        from shop import create_app

        app = create_app(handle=lambda event: time.sleep(0.2) or 200)
        """
    )
    options = (*CONTRACT, *CALLS, "--telnyx-app", "slow:app", "-k", "answers-in-time")
    assert outcomes(project.runpytest(*options)) == (1, 0, 0)
    assert outcomes(project.runpytest(*options, "--telnyx-deadline", "0.1")) == (0, 1, 0)


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        (("--telnyx-url", "http://127.0.0.1:9/"), "127.0.0.1"),
        (("--telnyx-url", "https://api.telnyx.com/"), "belongs to Telnyx"),
        (("--telnyx-app", "shop:no_such_app"), "There is no attribute 'no_such_app'"),
        (("--telnyx-app", "no_such_module:app"), "There is no module 'no_such_module'"),
        ((), "No receiver is given"),
    ],
)
def test_without_a_receiver_the_contract_stops_at_one_sentence(project, keep, options, sentence):
    result = project.runpytest(*CONTRACT, *CALLS, *options, plugins=[keep])
    assert result.ret == pytest.ExitCode.TESTS_FAILED
    [error] = keep.errors
    assert sentence in error
    assert keep.results == []
    result.stdout.fnmatch_lines([f"!*{sentence}*!"])


def test_a_receiver_made_for_each_test_is_judged_too(project):
    """With an app per test, what was learnt about one says nothing about the next."""
    project.makeconftest(
        """
        import pytest
        from shop import create_app

        made = []

        @pytest.fixture
        def telnyx_receiver(telnyx_key):
            made.append(1)
            fails = len(made) == 1
            return create_app(telnyx_key.public_key, lambda event: 500 if fails else 200)
        """
    )
    project.makepyfile("from pytest_telnyx_mock.contract import *\n")
    result = project.runpytest(*CALLS, *FEW, "-k", "accepts-sample")
    assert outcomes(result) == (1, 1, 0)


def test_a_run_without_the_contract_says_nothing(project_with_receiver):
    project_with_receiver.makepyfile(
        "def test_it(telnyx_mock): telnyx_mock.send('call.hangup').assert_accepted()\n"
    )
    result = project_with_receiver.runpytest()
    result.assert_outcomes(passed=1)
    result.stdout.no_fnmatch_line("*= telnyx-mock =*")


def test_telnyx_stays_out_of_reach_between_and_after_the_tests_of_the_contract(project):
    """What a thread of the app asks late is refused, though no test is there to record it."""
    project.makepyfile(
        test_late="""
        import socket
        import pytest
        from pytest_telnyx_mock.contract import *

        def test_that_comes_later():
            with pytest.raises(OSError, match="telnyx-mock"):
                socket.getaddrinfo("api.telnyx.com", 443)
        """
    )
    app = ("--telnyx-app", "shop:create_app", "--telnyx-events", "call.hangup")
    result = project.runpytest(*app, *FEW, "-k", "accepts-sample or comes_later")
    assert outcomes(result) == (2, 0, 0)


def test_a_failure_shows_the_command_that_leads_to_the_receiver(project):
    project.makepyfile(app=FAULTY)
    header = ("--telnyx-header", "X-Env: staging")
    few = ("-k", "accepts-absent-call.initiated")
    result = project.runpytest(*CONTRACT, *CALLS, *few, *header, "--telnyx-app", "app:app")
    result.stdout.fnmatch_lines(
        [
            "*  reproduce telnyx-mock send call.initiated app:app --path /webhooks "
            "--header 'X-Env: staging' --unset payload.calling_party_type"
        ]
    )
    result.stdout.no_fnmatch_line("*TARGET*")
    result.stdout.no_fnmatch_line("*curl*")


@pytest.mark.parametrize("is_own", [True, False], ids=["own module", "--pyargs"])
def test_a_failure_at_a_fixture_shows_the_command_that_runs_its_test(project, is_own):
    project.makepyfile(app=FAULTY)
    fixture = "import pytest\n\n@pytest.fixture\ndef telnyx_receiver(): return 'app:app'\n"
    test = "test_contract[accepts-absent-call.initiated]"
    if is_own:
        project.makepyfile(test_app=f"from pytest_telnyx_mock.contract import *\n{fixture}")
        words, command = ("test_app.py",), f"pytest 'test_app.py::{test}'"
    else:
        project.makeconftest(fixture)
        words = CONTRACT
        command = f"pytest --pyargs 'pytest_telnyx_mock.contract.test_contract::{test}'"
    keys = ("--telnyx-env", "X=1")  # which names an app, so that it finds the key at its import
    few = ("-k", "accepts-absent-call.initiated")
    result = project.runpytest(*words, *CALLS, *few, *keys)
    result.stdout.fnmatch_lines([f"*  reproduce {command.replace('[', '[[]')}"])
    result.stdout.no_fnmatch_line("*telnyx-mock send*")
    assert project.runpytest(*shlex.split(command)[1:], *CALLS, *keys).ret == 1


def test_checks_and_success_are_chosen_by_options_too(project):
    options = ("--pyargs", "pytest_telnyx_mock.contract", "--telnyx-app", "shop:create_app()")
    only = ("--telnyx-only", "accepts-n*", "--telnyx-events", "call.initiated")
    project.runpytest(*options, *only).assert_outcomes(passed=2)
    result = project.runpytest(*options, "--telnyx-only", "acepts-null")
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stderr.fnmatch_lines(["ERROR: There is no rule 'acepts-null'. Did you mean*"])
    result = project.runpytest(*options, "--telnyx-success", "3xx")
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stderr.fnmatch_lines(
        ["*--telnyx-success (telnyx_success) must be 200 or 2xx, not '3xx'."]
    )


OWN_RULE = """
import shop  # which reads the key, as an app may
import telnyx_mock

@telnyx_mock.rule("has-a-body", "answers with a body", events="call.hangup")
def has_a_body(trial):
    "We promise it."
    delivery = trial.send()
    if not delivery.body:
        yield trial.finding(delivery, "was answered without a body", expected="a body")
"""


def test_rules_of_ones_own_are_tests_too(project, keep):
    project.makepyfile(our_rules=OWN_RULE)
    words = (
        *CONTRACT,
        *CALLS,
        "--telnyx-app",
        "shop:create_app()",
        "--telnyx-rules-from",
        "our_rules",
    )
    result = project.runpytest(*words, "--telnyx-only", "has-a-body", plugins=[keep])
    result.assert_outcomes(failed=1)
    [kept] = keep.results
    assert [finding.rule for finding in kept.findings] == ["has-a-body"]
    result = project.runpytest(*words, "--telnyx-only", "no-such-rule")
    result.stdout.fnmatch_lines(["*There is no rule 'no-such-rule'*"])
