"""What a run shows as a whole: a wrong key or path, a receiver that verifies nothing, events not sent."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from telnyx_mock.cli.exit_codes import ExitCode
from telnyx_mock.cli.outcome import exit_code
from telnyx_mock.contract.engine.finding import Cause
from telnyx_mock.contract.engine.reason import Why
from telnyx_mock.contract.engine.result import Outcome, Result
from telnyx_mock.contract.report import PLAIN_RULES
from telnyx_mock.contract.rules.refuses import PLAIN_FORGERIES
from telnyx_mock.diagnosis.diagnose import diagnose
from telnyx_mock.reports.summary import Summary
from telnyx_mock.reports.warnings import WarningKind
from telnyx_mock.severity import Severity
from telnyx_mock.transports.throttle import Budget, Throttled
from tests.contract.conftest import Elsewhere, MakeRunner, WholeContract, run, run_all
from tests.contract.virtual_clock import VirtualClock
from tests.receivers.correct import Event, Headers, Receiver
from tests.receivers.faults.keys import OtherKey
from tests.receivers.faults.signature import UnsignedIsFine
from tests.reports.pages import report_on


def errors(results: Sequence[Result]) -> list[str]:
    """The kinds of the faults that are errors."""
    return [each.kind.id for each in diagnose(results) if each.severity is Severity.ERROR]


class VerifiesNothing(Receiver):
    def verify(self, headers: Headers, body: bytes) -> None: ...


@pytest.mark.parametrize("settings", [{}, {"forgeries_only": True}])
def test_a_receiver_that_verifies_nothing_has_one_fault(
    settings: dict[str, bool], whole_contract: WholeContract
) -> None:
    results = whole_contract(VerifiesNothing, "call.initiated", examples=2, **settings)
    assert errors(results) == ["verifies-nothing"]


def test_a_family_that_is_not_served_does_not_hide_that_nothing_is_verified(
    runner: MakeRunner,
) -> None:
    class JsonOnly(VerifiesNothing):
        def handle(self, headers: Headers, body: bytes) -> int:
            return 400 if b"CallSid=" in body else super().handle(headers, body)

    results = run_all(runner(JsonOnly, "call.initiated", "texml.http-request", examples=1))
    assert Outcome.SKIPPED in {each.outcome for each in results if each.rule in PLAIN_RULES}
    assert errors(results) == ["verifies-nothing"]


class DropsInSilence(Receiver):
    """Answers 200 to forgeries, and ignores them."""

    def handle(self, headers: Headers, body: bytes) -> int:
        status = super().handle(headers, body)
        return 200 if status in (400, 401, 403) else status


def test_dropped_forgeries_are_a_fault_of_their_own(runner: MakeRunner) -> None:
    handled: list[Event] = []

    class Noting(DropsInSilence):
        def act(self, event: Event) -> int:
            handled.append(event)
            return 200

    made = runner(Noting, "call.initiated", probe=lambda: len(handled), clock=VirtualClock())
    results = [run(made, rule, "voice") for rule in sorted(PLAIN_RULES)]
    assert errors(results) == ["verifies-after-answering"]
    causes = {finding.cause for result in results for finding in result.findings}
    assert causes == {Cause.DROPPED}
    assert {finding.message for result in results for finding in result.findings} == {
        f"call.initiated forged as {name} was answered 200 OK, but had no effect."
        for name in PLAIN_FORGERIES
    }


def results_of(runner: MakeRunner, status: int) -> list[Result]:
    """Of the whole contract, for a receiver that cannot know the key and answers *status*."""
    return run_all(runner(Elsewhere(status), "call.initiated", key_is_new=True, examples=2))


def test_a_key_that_the_receiver_cannot_know_makes_no_error(runner: MakeRunner) -> None:
    results = results_of(runner, 401)
    summary = Summary.of(results)
    assert summary.findings == ()
    assert exit_code(report_on(results, strict=True)) is ExitCode.INCONCLUSIVE
    [rules] = summary.inconclusive_by_reason.values()
    assert rules == ("serves-something", "accepts-sample")
    assert {each.why for each in results if each.rule in rules} == {Why.KEY_UNKNOWN}


def test_a_receiver_that_accepts_everything_needs_no_key_to_be_found(runner: MakeRunner) -> None:
    results = results_of(runner, 200)
    assert exit_code(report_on(results)) is ExitCode.ERRORS
    assert errors(results) == ["verifies-nothing"]


def test_at_a_wrong_path_all_other_rules_have_one_reason(runner: MakeRunner) -> None:
    results = results_of(runner, 404)
    summary = Summary.of(results)
    assert [finding.rule for finding in summary.findings] == ["serves-something"]
    assert (summary.inconclusive, summary.failed) == (0, 1)
    rest = {each.why for each in results if each.rule != "serves-something"}
    assert rest == {Why.NOTHING_SERVED}
    assert len(summary.skipped) == 1


@pytest.mark.parametrize("receiver", [Receiver, UnsignedIsFine, OtherKey])
def test_a_receiver_that_verifies_something_is_not_said_to_verify_nothing(
    receiver: type[Receiver], whole_contract: WholeContract
) -> None:
    results = whole_contract(receiver, "call.initiated", examples=2)
    assert not {"verifies-nothing", "verifies-after-answering"} & set(errors(results))


def test_events_that_were_not_judged_are_named(runner: MakeRunner) -> None:
    made = runner(Receiver, "call.*")
    made.emulator.bind(Throttled(made.emulator.receiver, Budget(max_requests=3)))
    names = [event.name for event in made.events]
    reached = run(made, "serves-something", "")
    [warning] = Summary.of(
        [reached, *(run(made, "accepts-sample", name) for name in names)]
    ).warnings
    assert warning.kind is WarningKind.EVENTS_NOT_JUDGED
    assert warning.details["events"] == f"{', '.join(names[:5])} and {len(names) - 5} more"
