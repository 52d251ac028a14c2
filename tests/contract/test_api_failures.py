"""While the Telnyx API fails, a receiver may put an event off, and must handle the next attempt."""

from __future__ import annotations

from typing import ClassVar

import httpx
import pytest

from telnyx_mock import contract
from telnyx_mock.contract.engine.reason import Why
from telnyx_mock.contract.engine.result import Outcome, Result
from telnyx_mock.contract.engine.rule_runner import Runner
from telnyx_mock.severity import Severity
from tests.contract.conftest import MakeRunner, run
from tests.receivers.correct import TLS, Acting, Event, Receiver, kind
from tests.receivers.faults.effects import BlamesTelnyx, LetsItFail, LetsItTimeOut, OncePerAttempt


def survives(made: Runner) -> Result:
    return run(made, "survives-api-errors")


def retries(made: Runner) -> Result:
    return run(made, "handles-retry-after-failure")


def test_a_receiver_may_fail_at_a_time_out_of_the_api(runner: MakeRunner) -> None:
    made = runner(LetsItTimeOut)
    assert survives(made).findings == (), "Telnyx delivers the event again"
    assert retries(made).findings == (), "it forgot the event, so the next attempt works"


def test_a_receiver_that_fails_at_lasting_refusals_has_one_finding(runner: MakeRunner) -> None:
    result = survives(runner(LetsItFail, "call.initiated", "call.answered"))
    [finding] = result.findings
    assert (result.outcome, finding.severity) == (Outcome.PASSED, Severity.WARNING)
    assert (finding.event, finding.status) == ("call.answered", 500)
    assert finding.message == (
        "call.answered was answered 500 when the API refused its command speak for good "
        "(422, code 90018); so was call.initiated."
    )


def test_a_4xx_after_a_failure_of_the_api_loses_the_event(runner: MakeRunner) -> None:
    [finding] = survives(runner(BlamesTelnyx)).findings
    assert finding.status == 400
    assert "answered the receiver's call with 500" in finding.message


def test_an_event_lost_to_a_missing_answer_of_the_api_is_a_warning(runner: MakeRunner) -> None:
    class Loses(LetsItTimeOut):
        def forget(self, event: Event) -> None:
            if self.is_time_out:
                return
            super().forget(event)

        def failed(self, event: Event, error: httpx.HTTPError) -> int:
            self.is_time_out = isinstance(error, httpx.TimeoutException)
            return super().failed(event, error)

    [finding] = retries(runner(Loses)).findings
    assert (finding.severity, finding.event) == (Severity.WARNING, "call.initiated")
    assert finding.status == 200, "it accepts attempt 2, and does nothing"


class AsksForLater(Acting):
    """Answers 429 while the API fails."""

    def failed(self, event: Event, error: httpx.HTTPError) -> int:
        return 429 if super().failed(event, error) == 503 else 200


def test_429_while_the_api_fails_asks_for_a_later_delivery(runner: MakeRunner) -> None:
    made = runner(AsksForLater)
    result = survives(made)
    assert (result.outcome, result.findings) == (Outcome.PASSED, ())
    assert retries(made).outcome is Outcome.PASSED


def test_an_event_put_off_with_429_must_be_handled_at_the_next_attempt(runner: MakeRunner) -> None:
    class ForgetsToForget(AsksForLater):
        def forget(self, event: Event) -> None:
            """It stays noted as done."""

    finding = retries(runner(ForgetsToForget)).findings[0]
    assert (finding.severity, finding.event) == (Severity.ERROR, "call.initiated")
    assert finding.status == 200, "it accepts attempt 2, and does nothing"


def test_over_http_the_api_cannot_be_made_to_fail(runner: MakeRunner) -> None:
    made = runner(OncePerAttempt)
    made.emulator.receiver.in_process = False  # type: ignore[misc]
    result = retries(made)
    assert result.outcome is Outcome.SKIPPED
    assert result.why is Why.NEEDS_COMMANDS


class NotifyingLate(Receiver):
    """Lets a thread tell another service, which it does while the app fails at another webhook."""

    told: ClassVar[list[bool]] = []

    def __init__(self) -> None:
        super().__init__()
        self.left = False

    def act(self, event: Event) -> int:
        if kind(event) == "call.initiated":
            self.left = True
        elif kind(event) == "call.hangup":
            if self.left:
                self.left = False
                self.tell()
            raise KeyError("a fault of its own")
        return 200

    def tell(self) -> None:
        try:
            httpx.post("https://hooks.example.com/calls", json={}, verify=TLS)
        except httpx.HTTPError:
            self.told.append(False)
        else:
            self.told.append(True)


@pytest.mark.parametrize(
    "rules", [("accepts-sample", "accepts-unknown-fields"), ("handles-retry-after-failure",)]
)
def test_a_late_call_is_not_blamed_for_a_failure_at_the_next_webhook(
    rules: tuple[str, ...],
) -> None:
    NotifyingLate.told.clear()
    report = contract.run(
        NotifyingLate, events=("call.initiated", "call.hangup"), only=rules, seed=1
    )
    assert NotifyingLate.told
    assert all(NotifyingLate.told), "nothing shows that the app needs an answer of the service"
    blamed = [result for result in report.results if "retry" in result.rule]
    assert all(result.outcome is Outcome.SKIPPED for result in blamed)
