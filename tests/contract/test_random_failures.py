"""A correct receiver that answers 5xx at random is accused of nothing but that."""

from __future__ import annotations

from functools import partial
from typing import Any

import pytest

from telnyx_mock import contract
from telnyx_mock.clock import SYSTEM_CLOCK
from telnyx_mock.contract.report import Verdict
from telnyx_mock.severity import Severity
from tests.contract.conftest import MakeRunner, run_all
from tests.hostile.server import Visit, answer
from tests.receivers import correct, frameworks
from tests.receivers.behind_socket import BehindSocket
from tests.receivers.flaky import flaky

CALLS = ("call.initiated", "call.answered", "call.hangup", "call.speak.ended")
MESSAGES = ("message.received", "message.sent", "message.finalized")
FORMS = ("texml.http-request", "texml.gather")

SEEDS = range(1, 21)

RECEIVERS: dict[Any, tuple[str, ...]] = {
    frameworks.flask_pynacl: (*CALLS, *MESSAGES),
    frameworks.fastapi_sdk: (*CALLS, *MESSAGES),
    correct.Replying: (*CALLS, *MESSAGES, *FORMS),
    correct.Keyed: (*CALLS, *MESSAGES, *FORMS),
}

SLOW = 2
"""How many seeds the gate tries, of each receiver."""


def _with_keys(seed: int, keys: list[str]) -> Any:
    return flaky(partial(correct.Keyed, keys), seed)()


def cases() -> list[Any]:
    return [
        pytest.param(make, seed, marks=pytest.mark.slow if seed <= SLOW else pytest.mark.long)
        for make in RECEIVERS
        for seed in SEEDS
    ]


@pytest.mark.parametrize(("make", "seed"), cases(), ids=lambda it: getattr(it, "__name__", str(it)))
def test_randomness_is_the_only_finding(make: Any, seed: int) -> None:
    report = contract.run(
        flaky(make, seed),
        events=RECEIVERS[make],
        seed=seed,
        path="/",
        failover="/",
        app_with_keys=partial(_with_keys, seed) if make is correct.Keyed else "",
        deadline=9.0,
    )
    choices = frameworks.CHOICES.get(make, frozenset())
    assert {it.rule for it in report.findings if it.severity is not Severity.ADVICE} - choices <= {
        "accepts-each-time"
    }, "\n".join(map(str, report.findings))
    assert (report.errors, report.problem) == ((), "")
    assert report.verdict in (Verdict.PASSED, Verdict.INCONCLUSIVE)
    [random] = [it for it in report.findings if it.rule == "accepts-each-time"]
    assert random.message.startswith("The receiver answers 5xx at random: ")


class Resetting(BehindSocket):
    """It resets the connection instead of every 25th answer."""

    def _visit(self, visit: Visit) -> None:
        status = self._server.judge(visit.ask())
        if self._server.requests % 25:
            visit.send(answer(status, b"", b"Connection: close"))
        else:
            visit.reset()


@pytest.mark.slow
def test_connections_that_are_reset_at_times_are_one_finding(runner: MakeRunner) -> None:
    made = runner(Resetting, "call.hangup", clock=SYSTEM_CLOCK, examples=2)
    findings = [finding for result in run_all(made) for finding in result.findings]
    assert {finding.rule for finding in findings} == {"accepts-each-time"}
    assert findings[0].message.startswith("The receiver fails (5xx, or no answer) at random: ")
    assert findings[0].severity is Severity.WARNING
