"""``telnyx-mock runs``, ``replay`` and ``compare``: what ``check`` has kept, and what it is good for."""

from __future__ import annotations

import json
import shlex
from collections.abc import Callable
from pathlib import Path

import pytest

from telnyx_mock.journal import FOLDER, Folder
from tests.cli.conftest import SHOP, Process, Run

pytestmark = pytest.mark.slow  # they start processes, or run long

ONE_EVENT = ("--events", "call.initiated", "--examples", 5, "--seed", 1)
MENDED = SHOP.replace('payload(event)["client_state"]', 'payload(event).get("client_state")')
Check = Callable[..., dict]


@pytest.fixture
def check(run: Run, project: Path) -> Check:
    """Check ``shop:app``, and return the report."""

    def check(*words: object) -> dict:
        run("check", "shop:app", *ONE_EVENT, "--report", "report.json", *words)
        report: dict = json.loads((project / "report.json").read_bytes())
        return report

    return check


def absent(report: dict) -> dict:
    """The finding that an absent field is not accepted."""
    return next(each for each in report["findings"] if each["check"] == "accepts-absent")


def test_a_finding_names_its_delivery_and_that_shows_it_again(check: Check, run: Run) -> None:
    report = check()
    id_ = absent(report)["delivery"]
    assert id_.partition(".")[0] == report["run_id"]
    result = run("replay", id_, "shop:app")
    assert result.exit_code == 1
    assert result.output.startswith(f"{id_}, sent for accepts-absent: 500 Internal Server Error")
    assert "KeyError" in result.output


def test_a_replay_shows_that_a_fault_is_mended(check: Check, run: Run, project: Path) -> None:
    id_ = absent(check())["delivery"]
    (project / "shop.py").write_text(MENDED)
    result = run("replay", id_, "shop:app")
    assert result.exit_code == 0, result.output
    assert "call.initiated: 200 OK" in result.output


def test_a_replay_goes_where_it_is_told(check: Check, run: Run) -> None:
    id_ = absent(check())["delivery"]
    assert run("replay", id_, "tests.receivers.correct:Receiver()").exit_code == 0
    assert run("replay", id_, "tests.receivers.correct:Receiver()", "--same-ids").exit_code == 0
    refused = run("replay", id_, "https://example.com")
    assert refused.exit_code == 2
    assert "--allow-host" in refused.output


def test_a_finding_that_no_webhook_carries_is_repeated_by_its_delivery(
    run: Run, project: Path
) -> None:
    """Junk cannot be had from ``send``, so the finding names the journal instead."""
    options = (*ONE_EVENT, "--only", "survives-junk")
    result = run("check", "tests.receivers.faults.body:ParsesFirst()", *options)
    repeats = [line for line in result.output.splitlines() if "mock replay" in line]
    assert repeats
    assert run("replay", *shlex.split(repeats[0])[3:]).exit_code == 1


def test_a_journal_alone_names_no_receiver(check: Check, run: Run, project: Path) -> None:
    """What it names is neither imported nor called, only what the project's settings name."""
    id_ = absent(check())["delivery"]
    (project / "shop.py").write_text("open('imported', 'w')")
    result = run("replay", id_)
    assert result.exit_code == 2
    assert f"TARGET is missing: name the receiver to which {id_} goes" in result.output
    assert not (project / "imported").exists()
    (project / "shop.py").write_text(MENDED)
    (project / "pyproject.toml").write_text(
        '[tool.telnyx-mock]\ntarget = "shop:app"\nevents = ["call.*"]\nkey = "env:NO_KEY"\n'
    )
    assert "no variable NO_KEY" in run("replay", id_).output
    (project / "pyproject.toml").write_text('[tool.telnyx-mock]\ntarget = "shop:app"\n')
    assert run("replay", id_).exit_code == 0


def test_runs_are_listed_the_latest_first(check: Check, run: Run, project: Path) -> None:
    assert "There is no journal" in run("runs").output
    ids = [check()["run_id"] for _ in range(2)]
    lines = run("runs").output.splitlines()
    assert [line.split()[0] for line in lines[1:]] == ids[::-1]
    deliveries = sum(1 for _ in Folder(project / FOLDER).run("latest").deliveries())
    assert f"shop:app  {deliveries} " in lines[1]
    assert "not ended" not in lines[1]


def test_everything_that_was_counted_is_kept(check: Check, project: Path) -> None:
    report = check()
    assert Folder(project / FOLDER).run("latest").count() == report["summary"]["deliveries"]


def test_compare_tells_what_was_mended_and_what_appeared(
    check: Check, run: Run, project: Path
) -> None:
    before = check()["run_id"]
    (project / "shop.py").write_text(MENDED)
    after = check()["run_id"]
    mended = run("compare")
    assert mended.exit_code == 0
    assert "fixed: error: accepts-absent: call.initiated with payload.client_state absent" in (
        mended.output
    )
    assert "new:" not in mended.output
    worse = run("compare", after, before)
    assert worse.exit_code == 1
    assert "new: error: accepts-absent" in worse.output


def test_compare_calls_nothing_mended_that_was_not_tried(check: Check, run: Run) -> None:
    check()
    run("check", "shop:app", "--events", "call.answered", "--examples", 1)
    result = run("compare")
    assert "not tried again: error: accepts-absent: call.initiated" in result.output
    assert "fixed: error: accepts-absent" not in result.output


def test_a_journal_can_be_left_out(check: Check, run: Run, project: Path) -> None:
    report = check("--no-journal")
    assert not (project / FOLDER).exists()
    assert absent(report)["delivery"] == ""


def test_a_journal_that_cannot_be_written_costs_no_verdict(check: Check, project: Path) -> None:
    (project / FOLDER).write_text("in the way")
    assert absent(check())["delivery"] == ""


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (("replay", "latest.1"), "There is no journal in"),
        (("compare",), "There is no journal in"),
    ],
)
def test_without_a_journal_there_is_a_sentence(
    run: Run, project: Path, words: tuple[str, ...], sentence: str
) -> None:
    result = run(*words)
    assert result.exit_code == 2
    assert sentence in result.output


def test_an_unknown_delivery_is_a_sentence(check: Check, run: Run) -> None:
    id_ = check()["run_id"]
    result = run("replay", f"{id_}.99999")
    assert result.exit_code == 2
    assert f"There is no delivery '{id_}.99999'" in result.output


OWN_FORGERY = """
import telnyx_mock

emptied = telnyx_mock.Forgery("body-emptied", "reads no body", lambda it: it.signed_over(b"", b""))
"""

TRUSTING = """
def app(environ, start_response):
    start_response("200 OK", [])
    return [b""]
"""


def test_a_forgery_of_ones_own_is_shown_again_by_both_commands(
    process: Process, project: Path
) -> None:
    (project / "our_forgeries.py").write_text(OWN_FORGERY)
    (project / "trusting.py").write_text(TRUSTING)
    words = ("trusting:app", "--rules-from", "our_forgeries", "--only", "refuses-body-emptied")
    process("check", *words, "--events", "call.hangup", "--report", "report.json")
    [finding] = json.loads((project / "report.json").read_text())["findings"]
    for command in (finding["repeat"], finding["replay"]):
        assert "--rules-from our_forgeries" in command
        again = process(*shlex.split(command)[1:])
        assert "forged as body-emptied: 200 OK" in again.stdout
        assert again.returncode == 1
