"""What an app raises never ends a test in its own way: it neither skips, nor passes, nor interrupts."""

import pytest

CONTRACT = ("--pyargs", "pytest_telnyx_mock.contract", "--telnyx-app", "bad:app")
ONE_RULE = ("--telnyx-events", "call.hangup", "--telnyx-only", "accepts-sample")

RAISING = """
import pytest
from shop import create_app

def handle(event):
    {raising}

app = create_app(handle=handle)
"""
RAISED = {
    "skip": "pytest.skip('no database')",
    "xfail": "pytest.xfail('known')",
    "exit": "pytest.exit('all is well', 0)",
    "interrupt": "raise KeyboardInterrupt",
    "system-exit": "raise SystemExit(0)",
    "generator-exit": "raise GeneratorExit",
}


@pytest.mark.parametrize("name", RAISED)
def test_a_contract_test_fails_if_the_app_raises(name, project):
    project.makepyfile(bad=RAISING.replace("{raising}", RAISED[name]))
    result = project.runpytest(*CONTRACT, *ONE_RULE)
    assert result.ret == pytest.ExitCode.TESTS_FAILED
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(["*call.hangup made the receiver fail with 500.*"])


@pytest.mark.parametrize("name", RAISED)
def test_a_test_of_the_user_fails_if_the_app_raises(name, project):
    project.makepyfile(bad=RAISING.replace("{raising}", RAISED[name]))
    project.makepyfile("""
        def test_hangup(telnyx_mock):
            telnyx_mock.send("call.hangup").assert_accepted()
    """)
    result = project.runpytest("--telnyx-app", "bad:app", "--telnyx-path", "/webhooks")
    assert result.ret == pytest.ExitCode.TESTS_FAILED
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(["*call.hangup was not accepted.*"])


def test_an_app_that_skips_at_import_is_an_error(project):
    project.makepyfile(bad="import pytest\npytest.skip('no app', allow_module_level=True)")
    result = project.runpytest(*CONTRACT, *ONE_RULE)
    assert result.ret == pytest.ExitCode.TESTS_FAILED
    result.stdout.fnmatch_lines(["*bad could not be loaded: Skipped: no app*"])


def test_a_fixture_of_the_user_may_still_skip(project):
    project.makepyfile("""
        import pytest

        @pytest.fixture
        def telnyx_receiver():
            pytest.skip("no app here")

        def test_hangup(telnyx_mock):
            telnyx_mock.send("call.hangup")
    """)
    project.runpytest().assert_outcomes(skipped=1)
