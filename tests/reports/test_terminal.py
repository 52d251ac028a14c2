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


SKIPPED = [
    result("x", "fax.queued", outcome=Outcome.SKIPPED, reason=reason, latencies=())
    for reason in (
        Reason(Why.FAMILY_NOT_SERVED, "fax"),
        Reason(Why.NO_FAILOVER),
        Reason(Why.NO_APP_WITH_KEYS),
    )
]


@pytest.fixture(autouse=True)
def window(monkeypatch: pytest.MonkeyPatch) -> None:
    """A wide window, whatever the tests run in."""
    monkeypatch.setenv("COLUMNS", "120")


@pytest.mark.parametrize("name", RUNS)
def test_the_words_of_the_report(name: str, snapshot: Snapshot) -> None:
    text = terminal_report(report_on(RUNS[name]))
    snapshot(f"terminal-{name}", click.unstyle(text) + "\n")


def test_a_verbose_report_has_all_advice_and_all_reasons(snapshot: Snapshot) -> None:
    text = terminal_report(report_on([*RUNS["advice"], *SKIPPED]), verbose=True)
    snapshot("terminal-verbose", click.unstyle(text) + "\n")


def test_advice_and_what_every_run_skips_are_a_line_each() -> None:
    text = click.unstyle(terminal_report(report_on([*RUNS["advice"], *SKIPPED])))
    assert [" ".join(line.split()) for line in text.splitlines()[:-2]] == [
        "skipped The receiver does not serve fax.",
        "skipped for 2 other reasons: -v shows all",
        "advice 4 pieces: -v shows all",
    ]


def test_a_quiet_report_has_no_advice_no_skipped_checks_and_no_seed() -> None:
    text = click.unstyle(terminal_report(report_on(faulty())))
    quiet = click.unstyle(terminal_report(report_on(faulty()), quiet=True))
    assert set(text.splitlines()) - set(quiet.splitlines()) == {
        line
        for line in text.splitlines()
        if line.strip().startswith(("skipped", "advice")) or "seed" in line
    }


@pytest.mark.parametrize("columns", [60, 200])
def test_only_what_cannot_be_broken_is_wider_than_the_window(
    columns: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", str(columns))
    *blocks, _, _ = click.unstyle(terminal_report(report_on(faulty()))).splitlines()
    for line in blocks:
        is_prose = " " in line[13:] and "telnyx-mock send" not in line
        assert not is_prose or len(line) <= min(columns, 120)
