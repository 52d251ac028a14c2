"""``check`` with known faults: their file is written, read, expires and goes stale; severities change."""

from __future__ import annotations

import datetime as dt
import json
from pathlib import Path

import pytest

from tests.cli.conftest import Run
from tests.reports.pages import parsed

ONE_RULE = ("--events", "call.initiated", "--only", "accepts-absent", "--seed", 1)


@pytest.fixture
def known_file(run: Run, project: Path) -> Path:
    """The known faults of ``shop:app``, with a reason."""
    result = run("check", "shop:app", *ONE_RULE, "--write-baseline", "known.toml")
    assert result.exit_code == 1
    assert "telnyx-mock: known.toml has 1 new fault; give each a reason." in result.stderr
    file = project / "known.toml"
    file.write_text(file.read_text().replace('reason = ""', 'reason = "TEL-7"'))
    return file


def until(file: Path, day: dt.date) -> None:
    """Let the known fault in *file* count again on this *day*."""
    lines = file.read_text().splitlines()
    changed = [f"until = {day}" if line.startswith("until") else line for line in lines]
    file.write_text("\n".join(changed))


def test_a_reason_must_be_filled_in(run: Run, project: Path, known_file: Path) -> None:
    known_file.write_text(known_file.read_text().replace("TEL-7", ""))
    result = run("check", "shop:app", *ONE_RULE, "--baseline", "known.toml")
    assert result.exit_code == 2
    assert result.stderr == (
        "telnyx-mock: Give the known fault 1 in known.toml, fails-if-absent, a reason.\n"
    )


def test_only_a_new_fault_fails(run: Run, project: Path, known_file: Path) -> None:
    (project / "shop.py").write_text("\n# moved\n" + (project / "shop.py").read_text())
    result = run(
        "check", "shop:app", *ONE_RULE, "--baseline", "known.toml", "--report", "a.json", "-q"
    )
    assert result.exit_code == 0
    assert "no new fault found" in result.stdout
    assert "known     fails-if-absent, until 2" in result.stdout
    report = json.loads((project / "a.json").read_text())
    assert (report["verdict"], report["faults"]) == ("passed", [])
    assert [(each["id"], each["reason"]) for each in report["known"]] == [
        ("fails-if-absent", "TEL-7")
    ]
    shop = (project / "shop.py").read_text()
    (project / "shop.py").write_text(shop.replace('"from" in', '"to" in payload(event) or 1 and'))
    (project / "shop.py").write_text(
        shop.replace(
            "        return 200", '        payload(event)["from_sip_uri"]\n        return 200'
        )
    )
    worse = run("check", "shop:app", *ONE_RULE, "--baseline", "known.toml")
    assert worse.exit_code == 1
    assert "from_sip_uri" in worse.stdout
    assert "error 2" not in worse.stdout


def test_it_fails_on_the_day(run: Run, project: Path, known_file: Path) -> None:
    today = dt.datetime.now(dt.UTC).date()
    until(known_file, today)
    result = run("check", "shop:app", *ONE_RULE, "--baseline", "known.toml")
    assert result.exit_code == 1
    words = " ".join(result.stdout.split())
    assert f"The known fault fails-if-absent counts again since {today} (TEL-7): mend it" in words
    until(known_file, today + dt.timedelta(2))
    assert run("check", "shop:app", *ONE_RULE, "--baseline", "known.toml").exit_code == 0


def test_what_is_gone_is_said_and_not_written_again(
    run: Run, project: Path, known_file: Path
) -> None:
    shop = (project / "shop.py").read_text()
    (project / "shop.py").write_text(shop.replace('payload(event)["client_state"]', "True"))
    both = ("--baseline", "known.toml", "--write-baseline", "known.toml")
    result = run("check", "shop:app", *ONE_RULE, *both)
    assert result.exit_code == 0
    assert "fails-if-absent is not there any more: remove it" in " ".join(result.stdout.split())
    assert "[[known]]" not in known_file.read_text()


def test_a_known_fault_stays_when_new_ones_are_written(
    run: Run, project: Path, known_file: Path
) -> None:
    both = ("--baseline", "known.toml", "--write-baseline", "known.toml")
    again = run("check", "shop:app", *ONE_RULE, *both)
    assert (again.exit_code, again.stderr) == (0, "telnyx-mock: known.toml has no new fault.\n")
    assert known_file.read_text().count("[[known]]") == 1
    assert 'reason = "TEL-7"' in known_file.read_text()


def test_a_known_fault_stops_no_run_that_stops_at_errors(
    run: Run, project: Path, known_file: Path
) -> None:
    more = ("--only", "accepts-null", "--fail-fast", "--baseline", "known.toml")
    result = run("check", "shop:app", *ONE_RULE, *more)
    assert "1 of them known" in result.stdout
    assert "skipped" not in result.stdout


def test_advice_is_not_written(run: Run, project: Path) -> None:
    more = ("--severity", "*=advice", "--write-baseline", "known.toml")
    result = run("check", "shop:app", *ONE_RULE, *more)
    assert "telnyx-mock: known.toml has no new fault.\n" in result.stderr
    assert "[[known]]" not in (project / "known.toml").read_text()


@pytest.mark.slow
def test_the_page_repeats_the_run_with_the_known_faults(
    run: Run, project: Path, known_file: Path
) -> None:
    run("check", "shop:app", *ONE_RULE, "--baseline", "known.toml", "--html", "page.html")
    assert (
        "--html page.html --baseline known.toml"
        in parsed((project / "page.html").read_bytes()).text
    )


def test_a_stopped_run_writes_no_known_faults(run: Run, project: Path) -> None:
    result = run("check", "broken_shop:app", "--write-baseline", "known.toml")
    assert result.exit_code == 2
    assert not (project / "known.toml").exists()


def test_the_settings_name_the_file_beside_them(
    run: Run, project: Path, known_file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (project / "pyproject.toml").write_text('[tool.telnyx-mock]\nbaseline = "known.toml"\n')
    (project / "below").mkdir()
    monkeypatch.chdir(project / "below")
    monkeypatch.syspath_prepend(project)
    assert run("check", "shop:app", *ONE_RULE).exit_code == 0


def test_a_run_always_asks_anew_for_what_is_written(run: Run, project: Path) -> None:
    (project / "pyproject.toml").write_text('[tool.telnyx-mock]\nwrite-baseline = "known.toml"\n')
    result = run("check", "shop:app", *ONE_RULE)
    assert result.exit_code == 2
    assert "There is no setting 'write-baseline'" in result.stderr


@pytest.mark.parametrize(
    ("severity", "code", "shown"),
    [("warning", 0, "1 warning"), ("advice", 0, "1 piece of advice"), ("error", 1, "1 error")],
)
def test_the_severity_of_a_rule_is_the_users(
    run: Run, project: Path, severity: str, code: int, shown: str
) -> None:
    result = run("check", "shop:app", *ONE_RULE, "--severity", f"accepts-abs*={severity}")
    assert result.exit_code == code
    assert shown in result.stdout
    strict = run("check", "shop:app", *ONE_RULE, "--severity", f"*={severity}", "--strict")
    assert strict.exit_code == (0 if severity == "advice" else 1)


@pytest.mark.parametrize(
    ("value", "problem"),
    [
        ("accepts-absent", "severity must be NAME=SEVERITY, with error, warning or advice"),
        ("accepts-absent=fatal", "severity must be NAME=SEVERITY, with error, warning or advice"),
        ("accepts-abent=error", "There is no rule 'accepts-abent'. Did you mean 'accepts-absent'"),
    ],
)
def test_a_mistake_in_a_severity_is_a_sentence(
    run: Run, project: Path, value: str, problem: str
) -> None:
    result = run("check", "shop:app", "--severity", value)
    assert result.exit_code == 2
    assert problem in result.stderr


def test_a_plan_shows_what_the_settings_leave_and_how_they_weigh_it(
    run: Run, project: Path
) -> None:
    (project / "pyproject.toml").write_text(
        '[tool.telnyx-mock]\nexclude = ["accepts-n*"]\nseverity = ["accepts-absent=advice"]\n'
    )
    few = ("--events", "call.initiated", "--only", "accepts-absent", "--only", "accepts-null")
    [shown] = [
        line
        for line in run("check", "shop:app", *few, "--dry-run").output.splitlines()
        if "accepts-" in line
    ]
    assert shown.split()[:2] == ["accepts-absent", "advice"]
