"""Known faults in pytest: a file in the settings, a marker in a module, and severities."""

import pytest

from tests.plugin.test_contract import CONTRACT, FAULTY

RUN = ("--telnyx-events", "call.initiated", "--telnyx-only", "accepts-absent", "--telnyx-seed", "1")

KNOWN = """
[[known]]
id = "accepts-absent"
reason = "TEL-7"
until = {until}
"""

MODULE = """
import pytest
from pytest_telnyx_mock.contract import *

pytestmark = pytest.mark.telnyx_mock_known({mark})

@pytest.fixture
def telnyx_receiver(telnyx_key):
    from shop import create_app
    def handle(event):
        return 400 if "calling_party_type" not in event["data"]["payload"] else 200
    return create_app(telnyx_key.public_key, handle)
"""


@pytest.fixture
def faulty(project):
    project.makepyfile(broken=FAULTY)
    return project


def add_setting(project, line):
    settings = project.path / "pytest.ini"
    settings.write_text(f"{settings.read_text().rstrip()}\n{line}\n")


def test_a_known_fault_is_an_expected_failure(faulty):
    (faulty.path / "known.toml").write_text(KNOWN.format(until="2999-01-31"))
    add_setting(faulty, "telnyx_baseline = known.toml")
    result = faulty.runpytest(*CONTRACT, *RUN, "--telnyx-app", "broken:app", "-rx")
    outcomes = result.parseoutcomes()
    assert "failed" not in outcomes
    assert outcomes["xfailed"] == 1
    result.stdout.fnmatch_lines(
        ["*known: accepts-absent, until 2999-01-31: TEL-7 (* findings)", "*, 1 known, *"]
    )
    assert "XFAIL" in result.stdout.str()


def test_it_fails_once_its_day_has_come(faulty):
    (faulty.path / "known.toml").write_text(KNOWN.format(until="2020-01-31"))
    result = faulty.runpytest(
        *CONTRACT, *RUN, "--telnyx-app", "broken:app", "--telnyx-baseline", "known.toml"
    )
    assert result.parseoutcomes()["failed"] == 1
    result.stdout.fnmatch_lines(
        ["*The known fault accepts-absent counts again since 2020-01-31 (TEL-7): mend it*"]
    )


def test_what_is_gone_is_said(project):
    (project.path / "known.toml").write_text(KNOWN.format(until="2999-01-31"))
    result = project.runpytest(
        *CONTRACT, *RUN, "--telnyx-app", "shop:create_app", "--telnyx-baseline", "known.toml"
    )
    assert "failed" not in result.parseoutcomes()
    result.stdout.fnmatch_lines(["warning: The known fault accepts-absent is not there any more*"])


def test_a_mistake_in_the_file_is_one_sentence(faulty):
    (faulty.path / "known.toml").write_text("[[know]]")
    result = faulty.runpytest(*CONTRACT, "--telnyx-baseline", "known.toml")
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stderr.fnmatch_lines(["ERROR: There is no table 'know' in *known.toml.*"])


def test_a_marker_names_a_known_fault(project):
    project.makepyfile(MODULE.format(mark='"accepts-absent", reason="TEL-7", until="2999-01-31"'))
    result = project.runpytest(*RUN, "--strict-markers")
    assert result.parseoutcomes()["xfailed"] == 1
    assert "failed" not in result.parseoutcomes()
    result.stdout.fnmatch_lines(["known: accepts-absent, until 2999-01-31: TEL-7 (*"])


@pytest.mark.parametrize(
    ("mark", "problem"),
    [
        ('"accepts-absent", reason="TEL-7", until="2020-01-31"', "*counts again since 2020-01-31*"),
        (
            '"accepts-absent", reason="TEL-7", until="2999-01-31", event="call.hangup"',
            "*calling_party_type absent*",
        ),
        ('"accepts-absent", until="2999-01-31"', "*accepts-absent, a reason.*"),
        ('"accepts-absent", reason="TEL-7"', "*a day in 'until'*"),
        (
            '"accepts-absnt", reason="TEL-7", until="2999-01-31"',
            "*There is no rule 'accepts-absnt' for the marker *. Did you mean 'accepts-absent'*",
        ),
        ('reason="TEL-7"', "*Write the marker as telnyx_mock_known(rule, *"),
        ('"accepts-absent", why="TEL-7"', "*Write the marker as telnyx_mock_known(rule, *"),
    ],
)
def test_a_marker_that_does_not_hold_fails(project, mark, problem):
    project.makepyfile(MODULE.format(mark=mark))
    result = project.runpytest(*RUN)
    outcomes = result.parseoutcomes()
    assert outcomes.get("failed", 0) >= 1
    assert "xfailed" not in outcomes
    result.stdout.fnmatch_lines([problem])


def test_a_severity_is_the_users(faulty):
    add_setting(faulty, "telnyx_severity = accepts-absent=warning")
    result = faulty.runpytest(*CONTRACT, *RUN, "--telnyx-app", "broken:app")
    assert "failed" not in result.parseoutcomes()
    result.stdout.fnmatch_lines(["warning: *"])


def test_github_gets_annotations(faulty, monkeypatch):
    monkeypatch.setenv("GITHUB_ACTIONS", "true")
    result = faulty.runpytest(*CONTRACT, *RUN, "--telnyx-app", "broken:app")
    commands = [line for line in result.outlines if line.startswith("::")]
    assert commands
    assert any(line.startswith("::error file=broken.py,line=6,") for line in commands)
