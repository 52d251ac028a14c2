"""The report on a terminal: what it says of findings, and how it fits the window."""

from __future__ import annotations

import click
import pytest

from telnyx_mock.contract.engine.reason import Reason, Why
from telnyx_mock.contract.engine.result import Outcome, Result
from telnyx_mock.reports.terminal import terminal_report
from tests.conftest import Snapshot
from tests.reports.pages import ADVICE, faulty, finding, report_on, result

INCONCLUSIVE = Outcome.INCONCLUSIVE
RUNS: dict[str, list[Result]] = {
    "faulty": faulty(),
    "advice": [
        result(
            check,
            "call.initiated",
            finding(check, severity=ADVICE, observed=f"{status} Oh", status=status, traceback=""),
        )
        for check, status in {
            "survives-json-nul": 500,
            "survives-json-null": 400,
            "survives-json-array": 400,
            "accepts-layouts": 500,
        }.items()
    ],
    "inconclusive": [
        result(
            f"{check}-{number}",
            "call.initiated",
            outcome=INCONCLUSIVE,
            reason=Reason(Why.BUSY, "call.initiated"),
        )
        for check in ("accepts", "refuses")
        for number in range(5)
    ],
    "passed": [result("accepts-sample", "call.initiated")],
}


@pytest.mark.parametrize("name", RUNS)
def test_the_words_of_the_report(name: str, snapshot: Snapshot) -> None:
    text = terminal_report(report_on(RUNS[name]))
    snapshot(f"terminal-{name}", click.unstyle(text) + "\n")


def test_a_quiet_report_says_nothing_of_skipped_checks_and_of_the_seed() -> None:
    text = click.unstyle(terminal_report(report_on(faulty())))
    quiet = click.unstyle(terminal_report(report_on(faulty()), quiet=True))
    assert set(text.splitlines()) - set(quiet.splitlines()) == {
        line for line in text.splitlines() if line.strip().startswith("skipped") or "seed" in line
    }


@pytest.mark.parametrize("columns", [60, 200])
def test_only_what_cannot_be_broken_is_wider_than_the_window(
    columns: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", str(columns))
    *blocks, _, _ = click.unstyle(terminal_report(report_on(faulty()))).splitlines()
    for line in blocks:
        is_prose = " " in line[13:] and "telnyx-mock send" not in line
        assert not is_prose or len(line) <= min(columns, 100)
