"""A refusal counts only if the receiver accepts a genuine webhook afterwards."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise
from typing import Any, ClassVar

import pytest

from telnyx_mock import contract
from telnyx_mock.contract import Report
from telnyx_mock.contract.engine.controls import EVERY
from telnyx_mock.contract.engine.reason import Why
from telnyx_mock.contract.engine.result import Outcome, Result
from telnyx_mock.contract.engine.rule_runner import Runner
from telnyx_mock.contract.rules.registry import CONTRACT, subjects
from tests.contract.conftest import MakeRunner, run, run_all
from tests.receivers.correct import Event, Headers, Receiver

EVENTS = ("call.initiated", "call.hangup", "message.received")


class Banning(Receiver):
    """A correct receiver behind a firewall that refuses all that comes after some refusals.

    *in_vain* counts what the firewall refused; the first instance is the receiver of the run.
    """

    limit = 5
    banned_with = 403
    pardons_after: float = float("inf")
    instances: ClassVar[list[Banning]]

    def __init__(self) -> None:
        super().__init__()
        self.refusals = self.in_vain = 0
        self.instances.append(self)

    def handle(self, headers: Headers, body: bytes) -> int:
        if self.refusals >= self.limit:
            self.in_vain += 1
            if self.in_vain % self.pardons_after == 0:
                self.refusals = 0
            return self.banned_with
        status = super().handle(headers, body)
        self.refusals += 400 <= status < 500
        return status


class NoAge(Banning):
    """It never looks at the age of a request."""

    def is_recent(self, age: float) -> bool:
        return True


class VerifiesNothing(Banning):
    """It verifies nothing, so it refuses only what is no webhook."""

    def verify(self, headers: Headers, body: bytes) -> None:
        pass


BANS = [(limit, status) for limit in (5, 20) for status in (401, 403)]


def banning(base: type[Banning], limit: int, status: int, **more: Any) -> type[Banning]:
    changes = {"limit": limit, "banned_with": status, "instances": [], **more}
    return type(base.__name__, (base,), changes)


def checked(target: type[Receiver], **settings: Any) -> Report:
    return contract.run(target, events=EVENTS, seed=1, examples=2, **settings)


@pytest.mark.parametrize(("limit", "status"), BANS)
def test_a_ban_is_told_from_refusals(limit: int, status: int) -> None:
    report = checked(banning(Banning, limit, status))
    assert (report.errors, report.verdict.value) == ((), "inconclusive")
    [said] = {result.note for result in report.inconclusive}
    assert said == (
        f"The receiver stopped accepting genuine webhooks after the "
        f"{'4th to 5th' if limit == 5 else '11th to 20th'} refusal: a firewall? Allow this host, or "
        "lower --rate."
    )


@pytest.mark.parametrize(("limit", "status"), BANS)
def test_a_fault_behind_a_ban_never_passes(limit: int, status: int) -> None:
    report = checked(banning(NoAge, limit, status))
    outcomes = {
        result.rule: result.outcome
        for result in report.results
        if result.rule.startswith("refuses-timestamp-")
    }
    assert outcomes["refuses-timestamp-expired-1h"] is not Outcome.PASSED
    assert {error.rule for error in report.errors} <= {*outcomes}


@pytest.mark.parametrize(("limit", "status"), BANS)
def test_a_receiver_that_verifies_nothing_fails_behind_a_ban_too(limit: int, status: int) -> None:
    report = checked(banning(VerifiesNothing, limit, status))
    assert {error.rule for error in report.errors} >= {"refuses-headers-missing"}


@pytest.mark.parametrize("base", [Banning, NoAge, VerifiesNothing])
@pytest.mark.parametrize(("limit", "status"), BANS)
@pytest.mark.parametrize("together", [True, False], ids=["a run", "single checks"])
def test_no_check_passes_to_which_the_firewall_answered(
    base: type[Banning], limit: int, status: int, *, together: bool, runner: MakeRunner
) -> None:
    target = banning(base, limit, status)
    results, in_vain = tried(runner(target, *EVENTS, examples=2), target, together=together)
    assert len(results) == len(in_vain)
    banned = [result for result, count in zip(results, in_vain, strict=True) if count]
    assert banned or base is VerifiesNothing
    assert not [it.rule for it in banned if it.outcome in (Outcome.PASSED, Outcome.SKIPPED)]


def tried(made: Runner, target: type[Banning], *, together: bool) -> tuple[list[Result], list[int]]:
    """The results of the contract, and how often the firewall answered in each check."""
    counts: list[int] = []

    def planned() -> Iterator[Any]:
        for rule in CONTRACT.values():
            for subject in subjects(rule, made.events):
                counts.append(target.instances[0].in_vain)
                yield rule, subject

    one_by_one = (made.run(*each) for each in planned())
    results = list(made.run_all(planned()) if together else one_by_one)
    counts.append(target.instances[0].in_vain)
    return results, [after - before for before, after in pairwise(counts)]


def test_nothing_is_sent_once_the_ban_is_known(runner: MakeRunner) -> None:
    target = banning(Banning, 5, 403)
    made = runner(target, *EVENTS)
    results = run_all(made)
    assert target.instances[0].in_vain <= EVERY
    after = [it for it in results if it.why is Why.STOPPED_ACCEPTING][1:]
    assert len(after) > 100
    assert sum(it.deliveries for it in after) == 0


def test_a_ban_that_ends_soon_is_noticed_where_a_control_meets_it(runner: MakeRunner) -> None:
    made = runner(banning(Banning, 5, 403, pardons_after=1), "call.initiated")
    results = run_all(made)
    assert Why.STOPPED_FOR_A_WHILE in {result.why for result in results}
    assert not [result for result in results if result.outcome is Outcome.FAILED]


def test_a_control_that_fails_by_chance_is_sent_again(runner: MakeRunner) -> None:
    class FailsOnce(Receiver):
        handled = 0

        def act(self, event: Event) -> int:
            self.handled += 1
            return 503 if self.handled == 2 else 200  # the sample comes first, then the control

    made = runner(FailsOnce, "call.initiated")
    assert run(made, "refuses-signature-missing", "voice").outcome is Outcome.PASSED
    assert [delivery.status for delivery in made.baseline.unsteady] == [503]


def test_refusals_before_a_control_that_fails_prove_nothing(runner: MakeRunner) -> None:
    class Full(Receiver):
        handled = 0

        def act(self, event: Event) -> int:
            self.handled += 1
            return 503 if self.handled > 1 else 200

    result = run(runner(Full, "call.initiated"), "refuses-signature-missing", "voice")
    assert (result.outcome, result.why) == (Outcome.INCONCLUSIVE, Why.CONTROL_FAILED)


def test_without_the_key_no_control_is_sent_and_a_refusal_proves_little() -> None:
    target = banning(Banning, 5, 403)
    report = checked(target, forgeries_only=True)
    passed = [result for result in report.results if result.outcome is Outcome.PASSED]
    assert {result.why for result in passed} == {Why.REFUSAL_UNPROVEN}


def test_a_budget_that_leaves_no_control_leaves_no_pass() -> None:
    only = {"events": ["call.initiated"], "only": ["refuses-signature-missing"]}
    [result] = contract.run(Receiver, max_requests=2, **only).results
    assert (result.outcome, result.why) == (Outcome.INCONCLUSIVE, Why.BUDGET_SPENT)
    [result] = contract.run(Receiver, max_requests=3, **only).results
    assert result.outcome is Outcome.PASSED


def test_a_ban_at_the_failover_address_leaves_no_pass(runner: MakeRunner) -> None:
    class Path(Banning):
        """It bans at its failover address only."""

        async def __call__(self, scope: dict[str, Any], receive: Any, send: Any) -> None:
            at_failover = scope["path"] == "/failover"
            self.refusals = 0 if not at_failover else self.refusals
            await super().__call__(scope, receive, send)

    made = runner(banning(Path, 1, 403), "call.initiated", failover="/failover")
    result = run(made, "refuses-at-failover")
    assert (result.outcome, result.why) == (Outcome.INCONCLUSIVE, Why.BASELINE_NOT_ACCEPTED)
