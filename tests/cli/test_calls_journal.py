"""``telnyx-mock calls`` keeps a journal, as ``check`` does; and runs again with ``--last-failed`` and ``--watch``."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest

from telnyx_mock.cli import calls as module
from telnyx_mock.contract import run_calls
from telnyx_mock.contract.opening import run_journal
from telnyx_mock.journal import FOLDER, Folder, Journal
from tests.calls.receivers import Rejecting
from tests.cli.conftest import Run

TARGET = "tests.calls.receivers:Losing()"
QUICK = ("--seed", 1, "--examples", 3)
LOSES = "keeps-a-call-when-the-api-fails"

Calls = Callable[..., dict]


@pytest.fixture
def calls(run: Run, project: Path) -> Calls:
    """Let people call, and return the report."""

    def calls(*words: object, target: str = TARGET) -> dict:
        run("calls", target, *QUICK, "--report", "report.json", *words)
        report: dict = json.loads((project / "report.json").read_bytes())
        return report

    return calls


def folder() -> Folder:
    return Folder(Path(FOLDER))


def test_runs_lists_a_run_of_calls_with_its_deliveries(calls: Calls, run: Run) -> None:
    report = calls()
    heading, line = run("runs").output.splitlines()
    kept = folder().run("latest")
    assert heading.split()[:5] == ["run", "when", "command", "target", "deliveries"]
    assert re.search(rf"{kept.id} .* calls    {re.escape(TARGET)}  {kept.count()} +1 +0$", line)
    assert report["run_id"] == kept.id
    assert kept.count() >= report["summary"]["deliveries"] > 0
    assert kept.ended


def test_a_delivery_of_a_story_is_sent_again(calls: Calls, run: Run) -> None:
    [finding] = calls()["findings"]
    sent = folder().run("latest").delivery(finding["delivery"]).request
    assert b"call.initiated" in sent.body
    result = run("replay", finding["delivery"], TARGET)
    assert result.exit_code == 0
    assert result.output.startswith(f"{finding['delivery']}, sent for calls: 200 OK at the time\n")
    assert "call.initiated: 200 OK in " in result.output


def test_commands_are_beside_the_deliveries_that_led_to_them(calls: Calls) -> None:
    [finding] = calls()["findings"]
    rows = [json.loads(line) for line in folder().run("latest").files[0].read_text().splitlines()]
    place = next(at for at, row in enumerate(rows) if row.get("sent") == finding["delivery"])
    command = rows[place + 1]
    assert (command["commanded"], command["status"]) == ("answer", 429)
    assert command["path"].endswith("/actions/answer")
    assert command["parameters"]["command_id"]
    assert rows[place + 2]["answered"] == finding["delivery"]


@pytest.mark.parametrize("setting", [False, True])
def test_a_journal_can_be_left_out(calls: Calls, project: Path, *, setting: bool) -> None:
    if setting:
        (project / "pyproject.toml").write_text("[tool.telnyx-mock]\njournal = false\n")
    [finding] = calls(*([] if setting else ["--no-journal"]))["findings"]
    assert not (project / FOLDER).exists()
    assert finding["delivery"] == ""


def test_a_journal_that_cannot_be_written_costs_no_verdict(run: Run, project: Path) -> None:
    (project / FOLDER).write_text("in the way")
    result = run("calls", TARGET, *QUICK)
    assert result.exit_code == 1
    assert "cannot be written: File exists. The run goes on without it." in result.stderr


def test_a_full_journal_is_said_and_the_run_goes_on(
    project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(run_journal, "Journal", partial(Journal, limit=10_000))
    report = run_calls(Rejecting(), seed=1, examples=20, journal=project / FOLDER)
    kept = folder().run("latest")
    assert f"/{kept.files[0]} is full; the run went on without it." in (report.journal_problem)
    assert kept.full
    assert 3 < kept.count() < report.deliveries
    assert kept.files[0].stat().st_size < 10_000 + 20_000, "only results come after that"
    assert len(kept.results()) == len(report.results)


def test_what_ends_the_process_is_named_with_its_delivery(run: Run, project: Path) -> None:
    (project / "ending.py").write_text(
        "import os\nfrom tests.calls.receivers import Ivr\n\n"
        "class Ending(Ivr):\n    def receive(self, event, *_):\n"
        "        event == 'call.initiated' and os._exit(7)\n        return 200\n"
    )
    result = run("calls", "ending:Ending()", *QUICK)
    assert result.exit_code == 2
    match = re.search(r"during call.initiated \(delivery (\S+) of the journal\)", result.stderr)
    assert match is not None
    kept = folder().run("latest")
    assert b"call.initiated" in kept.delivery(match[1]).request.body
    assert not kept.ended


@pytest.mark.slow
def test_last_failed_judges_only_what_failed(calls: Calls, run: Run) -> None:
    calls()
    again = run("calls", TARGET, *QUICK, "--last-failed", "-q")
    assert again.exit_code == 1
    assert "\n1 error  (1 check, " in again.stdout
    mended = run("calls", "tests.calls.receivers:Retrying()", *QUICK, "--last-failed")
    assert (mended.exit_code, mended.stderr) == (0, "")
    assert "no fault found  (1 check, " in mended.stdout
    third = run("calls", "tests.calls.receivers:Rejecting()", *QUICK, "--last-failed")
    assert re.search(r"No check of run \w+ failed, so all are tried.", third.stderr)


def test_last_failed_has_something_to_judge(calls: Calls, run: Run) -> None:
    none = run("calls", TARGET, "--last-failed")
    assert none.exit_code == 2
    assert "'telnyx-mock calls' writes a journal into the directory" in none.stderr
    calls()
    left = run("calls", TARGET, "--last-failed", "--exclude", LOSES)
    assert left.exit_code == 2
    assert left.stderr == "telnyx-mock: No invariant that failed in the latest run is chosen.\n"


@pytest.mark.slow
def test_check_and_calls_each_look_at_their_own_runs(calls: Calls, run: Run) -> None:
    checked = ("check", "shop:app", "--events", "call.initiated", "--only", "accepts-absent")
    first = calls()["run_id"]
    run(*checked)
    second = calls()["run_id"]
    assert f"from {first} to {second}: 0 new, 0 fixed, 1 the same" in run("compare").output
    again = run(*checked, "--last-failed").stdout
    assert "(1 check, " in again
    assert [each.command for each in folder().runs()] == ["calls", "check", "calls", "check"]


def test_watch_runs_the_same_command_again(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    words = ["telnyx-mock", "calls", TARGET, "--watch"]
    monkeypatch.setattr("sys.argv", words)
    watched: list[list[str]] = []
    monkeypatch.setattr(module, "watch_files", watched.append)
    assert run(*words[1:]).exit_code == 0
    assert watched == [words[1:]]
