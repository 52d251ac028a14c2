"""``telnyx-mock calls``: ``--dry-run``, ``--fail-fast`` and ``--max-requests``, with the exit codes of ``check``."""

from __future__ import annotations

from pathlib import Path

import pytest

from telnyx_mock.contract.calls.invariants import INVARIANTS
from tests.cli.conftest import Run

LOSING = ("tests.calls.receivers:Losing()", "--seed", 1, "--examples", 20)


@pytest.mark.parametrize(
    ("words", "number", "limits"),
    [
        ((), len(INVARIANTS), "as many requests as the checks need, as fast as the receiver"),
        (("--only", "records-*", "--max-requests", 70), 1, "at most 70 requests, as fast as"),
        (("--rate", 5), len(INVARIANTS), "as many requests as the checks need, 5 a second"),
    ],
)
def test_a_dry_run_shows_which_invariants_would_be_judged(
    run: Run, words: tuple[object, ...], number: int, limits: str
) -> None:
    result = run("calls", "no_such_module:app", "--dry-run", *words)
    assert (result.exit_code, result.stderr) == (0, "")
    heading, *rows, blank, total, last = result.stdout.splitlines()
    assert (len(rows), blank) == (number, "")
    assert heading.split() == ["invariant", "severity", "the", "receiver"]
    assert (
        total == f"{number} invariant{'s' * (number > 1)}, 200 simulations, at no_such_module:app"
    )
    assert last.startswith(limits)
    assert last.endswith("; nothing was sent")


def test_a_dry_run_shows_the_severities_of_the_user(run: Run) -> None:
    words = ("--only", "answers-once", "--severity", "answers-once=error", "--examples", 7)
    plan = run("calls", "shop:app", "--dry-run", *words).stdout
    assert "answers-once  error     answers each call once\n" in plan
    assert "\n1 invariant, 7 simulations, at shop:app\n" in plan


def test_a_dry_run_to_another_machine_has_its_limits(run: Run) -> None:
    address, allowed = "http://shop.example/hook", ("--allow-host", "shop.example")
    plan = run("calls", address, "--dry-run", *allowed).stdout
    assert plan.endswith("\nat most 10000 requests, 20 a second; nothing was sent\n")
    refused = run("calls", address, "--dry-run")
    assert (refused.exit_code, refused.stdout) == (2, "")
    assert "shop.example is not this machine." in refused.stderr


def test_fail_fast_stops_at_the_first_error(run: Run) -> None:
    result = run("calls", *LOSING, "--fail-fast")
    assert result.exit_code == 1
    assert "error 1  keeps-a-call-when-the-api-fails" in result.stdout
    assert "  skipped   The run stopped at the first error (--fail-fast).\n" in result.stdout
    assert f"\n1 error  (1 check, {len(INVARIANTS) - 1} skipped, " in result.stdout


def test_fail_fast_goes_on_after_a_known_fault(run: Run, project: Path) -> None:
    (project / "known.toml").write_text(
        '[[known]]\nid = "keeps-a-call-when-the-api-fails"\nreason = "TEL-9"\nuntil = 9999-01-01\n'
    )
    result = run("calls", *LOSING, "--fail-fast", "--baseline", "known.toml")
    assert result.exit_code == 0
    assert "no new fault found" in result.stdout
    assert "--fail-fast" not in result.stdout


def test_a_spent_budget_is_exit_3_and_says_what_was_not_judged(run: Run) -> None:
    target = "tests.calls.receivers:Rejecting()"
    result = run("calls", target, "--seed", 1, "--max-requests", 20)
    assert (result.exit_code, result.stderr) == (3, "")
    assert result.stdout.count("The budget of 20 requests was used up in simulation") == 1
    last = result.stdout.splitlines()[-1]
    assert last.startswith("not judged: no check could be decided  (1 check, 1 of them inconclusiv")
    verbose = run("calls", target, "--seed", 1, "--max-requests", 20, "-v").stdout
    assert "Not judged: accepts-each-webhook-of-a-call, " in " ".join(verbose.split())


def test_an_error_before_the_budget_is_spent_is_exit_1(run: Run) -> None:
    result = run("calls", *LOSING[:-1], 200, "--max-requests", 60)
    assert result.exit_code == 1
    assert "error 1  keeps-a-call-when-the-api-fails" in result.stdout
    assert "The budget of 60 requests was used up" in result.stdout
