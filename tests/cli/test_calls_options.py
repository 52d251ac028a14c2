"""``telnyx-mock calls`` has the options of ``check``: which invariants count, known faults, reports and settings."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from telnyx_mock.cli import calls as module
from telnyx_mock.contract.calls.calls_report import CallsReport
from telnyx_mock.contract.calls.invariants import INVARIANTS
from telnyx_mock.contract.engine.result import Outcome, Result
from telnyx_mock.severity import Severity
from tests.cli.conftest import Run

FAULT = "leaves-ended-calls-alone"

APP = '''
"""A receiver that rejects each call, and rejects it once more when it has ended: a warning."""

import json

import httpx

API = httpx.Client(base_url="https://api.telnyx.com/v2/calls")


def app(environ, start_response):
    event = json.loads(environ["wsgi.input"].read())["data"]
    call = event["payload"]["call_control_id"]
    if event["event_type"] in ("call.initiated", "call.hangup"):
        reject = {"cause": "USER_BUSY", "command_id": event["id"]}
        API.post(f"/{call}/actions/reject", json=reject)
    start_response("200 OK", [])
    return [b""]
'''

ONE_CALL = ("--seed", 1, "--examples", 1)


@pytest.fixture(autouse=True)
def _rejecting(project: Path) -> None:
    (project / "rejecting.py").write_text(APP)


@pytest.mark.parametrize(
    ("words", "code", "found"),
    [
        ((), 0, "warning 1"),
        (("--only", "leaves-*"), 0, "warning 1"),
        (("--severity", f"{FAULT}=error"), 1, "error 1"),
        (
            ("--severity", "*=error", "--severity", f"{FAULT}=advice", "--strict", "-v"),
            0,
            "advice 1",
        ),
        (("--exclude", FAULT, "--strict"), 0, "no fault found"),
        (("--only", "answers-once", "--strict"), 0, "no fault found"),
    ],
)
def test_the_user_chooses_what_counts(
    run: Run, words: tuple[str, ...], code: int, found: str
) -> None:
    result = run("calls", "rejecting:app", *ONE_CALL, *words)
    assert (result.exit_code, result.stderr) == (code, "")
    assert found in result.stdout
    assert (FAULT in result.stdout) == (found != "no fault found")


def test_the_report_has_the_chosen_invariants_with_their_severities(
    run: Run, tmp_path: Path
) -> None:
    words = ("--only", "leaves-*", "--severity", "leaves-*=error", "--report", tmp_path / "a.json")
    run("calls", "rejecting:app", *ONE_CALL, *words)
    report = json.loads((tmp_path / "a.json").read_text())
    checks = {each["id"]: each["severity"] for each in report["checks"] if each["id"] != "calls"}
    assert checks == {FAULT: "error", "leaves-nobody-in-silence": "error"}


@pytest.mark.parametrize(
    ("words", "why"),
    [
        (("--only", "answer-once"), "invariant 'answer-once'. Did you mean 'answers-once'"),
        (("--exclude", "record-once"), "invariant 'record-once'. Did you mean 'records-once'"),
        (("--exclude", "accepts-absent"), "There is no invariant 'accepts-absent'."),
        (
            ("--severity", "record-once=error"),
            "invariant 'record-once'. Did you mean 'records-once'",
        ),
        (("--severity", "records-once=bad"), "severity must be NAME=SEVERITY, with error, warning"),
        (("--dry-run", "--only", "answer-once"), "invariant 'answer-once'. Did you mean"),
        (("--exclude", "*"), "No invariant is left to try: every chosen invariant is excluded."),
        (("--baseline", "none.toml"), "The file of known faults none.toml cannot be read"),
        (("-q", "-v"), "--quiet and --verbose ask for opposite things; give one of them."),
        (("--report", "a", "--code-quality", "a"), "--report and --code-quality both name a;"),
    ],
)
def test_a_mistake_is_one_line_before_anybody_calls(
    run: Run, words: tuple[str, ...], why: str
) -> None:
    result = run("calls", "no_such_module:app", *words)
    assert (result.exit_code, result.stdout) == (2, "")
    assert why in result.stderr
    assert result.stderr.count("\n") == 1


KNOWN = '[[known]]\nid = "{}"\nreason = "TEL-9"\nuntil = {}\n'


def test_a_fault_that_was_written_down_is_set_aside(run: Run, project: Path) -> None:
    words = ("rejecting:app", *ONE_CALL, "--strict")
    written = run("calls", *words, "--write-baseline", "known.toml")
    assert written.exit_code == 1
    assert "telnyx-mock: known.toml has 1 new fault; give each a reason." in written.stderr
    file = project / "known.toml"
    file.write_text(file.read_text().replace('reason = ""', 'reason = "TEL-9"'))
    again = run("calls", *words, "--baseline", "known.toml", "--code-quality", "quality.json")
    assert (again.exit_code, again.stderr) == (0, "")
    assert f"known     {FAULT}, until 2" in again.stdout
    assert "no new fault found" in again.stdout
    [known] = json.loads((project / "quality.json").read_text())
    assert (known["check_name"], known["severity"]) == (FAULT, "info")


def test_a_known_fault_fails_on_its_day(run: Run, project: Path) -> None:
    (project / "known.toml").write_text(KNOWN.format(FAULT, "2026-01-01"))
    late = run("calls", "rejecting:app", *ONE_CALL, "--strict", "--baseline", "known.toml")
    assert late.exit_code == 1
    assert f"The known fault {FAULT} counts again since 2026-01-01" in late.stdout


def test_what_is_gone_is_said(run: Run, project: Path) -> None:
    (project / "known.toml").write_text(KNOWN.format(FAULT, "9999-01-01"))
    (project / "rejecting.py").write_text(APP.replace(', "call.hangup"', ", None"))
    gone = run("calls", "rejecting:app", *ONE_CALL, "--baseline", "known.toml")
    assert gone.exit_code == 0
    assert f"The known fault {FAULT} is not there any more" in gone.stdout


def test_check_and_calls_can_share_a_file_of_known_faults(run: Run, project: Path) -> None:
    rows = [KNOWN.format(name, "9999-01-01") for name in (FAULT, "accepts-null")]
    (project / "known.toml").write_text("".join(rows))
    called = run("calls", "rejecting:app", *ONE_CALL, "--baseline", "known.toml")
    one_check = ("--events", "call.hangup", "--only", "accepts-sample")
    checked = run("check", "shop:app", *one_check, "--baseline", "known.toml")
    for result in (called, checked):
        assert result.exit_code == 0
        assert "warning" not in result.stdout


def test_code_quality_names_the_invariant_and_the_handler(run: Run, project: Path) -> None:
    run("calls", "rejecting:app", *ONE_CALL, "--code-quality", "quality.json")
    [row] = json.loads((project / "quality.json").read_text())
    assert (row["check_name"], row["severity"]) == (FAULT, "minor")
    line = APP.splitlines().index("def app(environ, start_response):") + 1
    assert row["location"] == {"path": "rejecting.py", "lines": {"begin": line}}


def test_the_page_repeats_the_run_with_its_first_call(run: Run, project: Path) -> None:
    (project / "rejecting.py").write_text(APP + "\n\ndef nobody():\n    pass\n")
    dial = ("--dial", "rejecting:nobody")
    run("calls", "rejecting:app", *ONE_CALL, *dial, "--html", "calls.html")
    page = (project / "calls.html").read_text()
    again = "telnyx-mock calls rejecting:app --examples 1 --seed 1 --dial rejecting:nobody"
    assert f"{again} --html calls.html" in page


def test_quiet_leaves_the_findings_and_the_verdict(run: Run) -> None:
    loud = run("calls", "rejecting:app", *ONE_CALL).stdout
    quiet = run("calls", "rejecting:app", *ONE_CALL, "-q").stdout
    assert "again with --seed 1" in loud
    assert "  skipped   " in loud
    assert quiet.startswith("warning 1")
    assert quiet.splitlines()[-1].startswith("1 warning  (")
    assert "  skipped   " not in quiet


def test_verbose_shows_all_advice_and_why_each_invariant_was_not_judged(run: Run) -> None:
    advice = ("--severity", f"{FAULT}=advice")
    usual = run("calls", "rejecting:app", *ONE_CALL, *advice).stdout
    verbose = run("calls", "rejecting:app", *ONE_CALL, *advice, "-v").stdout
    assert "  advice    1 piece: -v shows all\n" in usual
    assert " other reasons: -v shows all\n" in usual
    assert "asked nobody for keys" not in usual
    assert verbose.startswith("advice 1  ")
    words = " ".join(verbose.split())
    assert (
        "skipped The app asked nobody for keys. Not judged: gives-up-on-a-silent-caller." in words
    )
    assert "Not judged: answers-only-callers, plays-the-menu-to-callers, hangs-up-" in words
    for text in (usual, verbose):
        numbers = re.search(
            r"^1 piece of advice  \((\d+) checks, (\d+) skipped, ", text, re.MULTILINE
        )
        assert numbers is not None
        assert sum(map(int, numbers.groups())) == len(INVARIANTS)


def test_github_gets_an_annotation(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GITHUB_ACTIONS", "true")
    result = run("calls", "rejecting:app", *ONE_CALL)
    assert "\n::warning " in result.stdout


SETTINGS = """
[tool.telnyx-mock]
target = "rejecting:app"
path = "/hook"
host = "shop.example"
allow-host = ["shop.example"]
header = ["X-Env: staging"]
max-requests = 900
rate = 30
deadline = 1.5
drain = "shop:work"
fail-fast = true
env = ["CRM=crm.example"]
setup = "shop:make_tables"
key = "file:staging.key"
api = 12345
journal = false
seed = 7
strict = true
examples = 3
only = ["refuses-*"]
exclude = ["accepts-null"]
severity = ["accepts-absent=advice"]
report = "check.json"
events = ["call.*"]
"""


def test_calls_takes_the_settings_that_mean_the_same_to_check(
    run: Run, project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (project / "pyproject.toml").write_text(SETTINGS)
    assert run("keys", "new", "--out", "staging.key").exit_code == 0
    monkeypatch.setenv("TELNYX_MOCK_PATH", "/hooks")
    given: list[object] = []

    def run_calls(
        target: str, *, run_id: str, watch: object, is_known: object, **values: object
    ) -> CallsReport:
        given.extend((target, values))
        counts = {"seed": 7, "examples": 200, "deliveries": 1}
        passed = Result("answers-once", Severity.WARNING, "", Outcome.PASSED)
        return CallsReport(target=target, violations=(), results=(passed,), **counts)

    monkeypatch.setattr(module, "run_calls", run_calls)
    monkeypatch.delattr("os.fork")  # so that this process plays
    result = run("calls", "--api", 12346)
    assert (result.exit_code, result.stderr) == (0, "")
    assert given == [
        "rejecting:app",
        {
            "path": "/hooks",
            "host": "shop.example",
            "allow_hosts": ("shop.example",),
            "headers": ("X-Env: staging",),
            "env": ("CRM=crm.example",),
            "setup": "shop:make_tables",
            "key": f"file:{project}/staging.key",
            "ca_bundle": "",
            "max_requests": 900,
            "rate": 30.0,
            "deadline": 1.5,
            "api": 12346,
            "drain": "shop:work",
            "seed": 7,
            "strict": True,
            "fail_fast": True,
            "examples": 200,
            "dial": "",
            "journal": "",
            "only": (),
            "exclude": (),
            "severity": (),
        },
    ]
    assert not (project / "check.json").exists()


def test_a_wrong_setting_is_an_error_as_for_check(run: Run, project: Path) -> None:
    (project / "pyproject.toml").write_text("[tool.telnyx-mock]\nexmples = 3\n")
    result = run("calls", "rejecting:app")
    assert result.exit_code == 2
    assert "There is no setting 'exmples' in [tool.telnyx-mock] of pyproject.toml." in result.stderr
