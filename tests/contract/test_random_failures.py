"""A correct receiver that answers 5xx at random is accused of nothing but that."""

from __future__ import annotations

from functools import partial
from typing import Any

import pytest

from telnyx_mock import contract
from telnyx_mock.contract.report import Verdict
from telnyx_mock.severity import Severity
from tests.receivers import correct, frameworks
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

QUICK = {frameworks.flask_pynacl: 2, frameworks.fastapi_sdk: 2}
"""How many seeds ``make test`` tries."""


def _with_keys(seed: int, keys: list[str]) -> Any:
    return flaky(partial(correct.Keyed, keys), seed)()


def cases() -> list[Any]:
    return [
        pytest.param(make, seed, marks=() if seed <= QUICK.get(make, 0) else pytest.mark.slow)
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
