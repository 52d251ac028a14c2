"""Each rule of the contract finds its fault, and none finds anything in a correct receiver."""

from __future__ import annotations

import re
from typing import Any

import pytest

from telnyx_mock.clock import SYSTEM_CLOCK
from telnyx_mock.contract.engine.finding import Finding
from telnyx_mock.contract.engine.result import Outcome, Result
from telnyx_mock.contract.rules import (
    api_failures,
    commands,
    deduplication_poisoning,
    distinct_events,
    documents,
    endless_retries,
    failover,
    idempotency,
    key_rotation,
    left_over,
    long_texts,
    reply_loop,
    separate_calls,
)
from telnyx_mock.contract.rules.registry import CONTRACT, subjects
from tests.contract.conftest import MakeRunner, WholeContract, run
from tests.receivers import correct, frameworks
from tests.receivers.correct import Keyed
from tests.receivers.fault import FAILOVER_PATH, PATIENT
from tests.receivers.faults import BAD
from tests.receivers.faults.timing import SLOW

pytestmark = pytest.mark.slow  # they start processes, or run long

ADVISED = {"answers-before-slow-services"}
"""Many act before they answer, which is advice."""

NEED_EFFECTS = {
    rule.id
    for rule in (
        *idempotency.RULES,
        *deduplication_poisoning.RULES,
        *reply_loop.RULES,
        *endless_retries.RULES,
        *long_texts.RULES,
        *api_failures.RULES,
        *distinct_events.RULES,
        *separate_calls.RULES,
        *commands.RULES,
    )
}
"""Rules that are skipped where the receiver has no effect that can be seen, or too few."""

NEED_KEYS = {rule.id for rule in key_rotation.RULES}
"""Rules that are skipped without a function that makes the app for other keys."""

NEED_CONNECTION = {rule.id for rule in left_over.RULES}
"""Rules that are skipped for an app in this process."""

NEED_FAILOVER = {rule.id for rule in failover.RULES}
"""Rules that are skipped without a failover address."""

NEED_FORMS = {
    *(rule.id for rule in documents.RULES),
    *(rule for rule in CONTRACT if rule.startswith("survives-form-")),
}
"""Rules that are skipped where the receiver accepts no form."""

NEED_DOCUMENTS = {"escapes-values-in-documents"}
"""Rules that are skipped where the receiver answers no form with a TeXML document."""

BOTH_KINDS = ("call.initiated", "call.hangup", "message.received", "texml.http-request")


def found(results: list[Result]) -> set[str]:
    return {finding.rule for result in results for finding in result.findings}


LONG = ("Notifying", "fastapi_sdk", "flask_sdk")
"""The correct receivers that take some seconds each."""


@pytest.mark.parametrize(
    "make",
    [
        pytest.param(
            make, id=make.__name__, marks=pytest.mark.slow if make.__name__ in LONG else ()
        )
        for make in (*correct.RECEIVERS, *frameworks.RECEIVERS)
    ],
)
def test_nothing_is_found_in_a_correct_receiver(make: Any, whole_contract: WholeContract) -> None:
    settings: dict[str, Any] = {"failover": FAILOVER_PATH}  # another path of the same receiver
    if make in frameworks.RECEIVERS:  # they look at paths, and start threads of their own
        settings = {"clock": SYSTEM_CLOCK}
    results = whole_contract(make, *BOTH_KINDS, **settings, deadline=PATIENT)
    assert found(results) - ADVISED == {**correct.CHOICES, **frameworks.CHOICES}.get(make, set())
    assert {result.outcome for result in results} <= {Outcome.PASSED, Outcome.SKIPPED}
    passed = {result.rule for result in results if result.outcome is Outcome.PASSED}
    served = {result.event for result in results if result.outcome is Outcome.PASSED}
    skipped = ADVISED | NEED_EFFECTS | NEED_KEYS | NEED_FAILOVER | NEED_DOCUMENTS | NEED_CONNECTION
    skipped |= set() if "texml.http-request" in served else NEED_FORMS
    assert passed | skipped == set(CONTRACT)


def test_every_rule_is_tried_on_a_correct_receiver_that_acts(
    whole_contract: WholeContract,
) -> None:
    results = whole_contract(
        correct.Persisting,
        *BOTH_KINDS,
        "call.answered",
        "fax.failed",
        app_with_keys=Keyed,
        failover=FAILOVER_PATH,
        deadline=PATIENT,
    )
    assert found(results) - ADVISED == set()
    passed = {result.rule for result in results if result.outcome is Outcome.PASSED}
    assert passed == set(CONTRACT) - NEED_DOCUMENTS - NEED_CONNECTION


def only_finding(runner: MakeRunner, rule: str, **settings: Any) -> Finding:
    """The one finding of *rule* about the receiver that breaks it."""
    made = runner(BAD[rule].receiver, **settings)
    [subject, *_] = subjects(CONTRACT[rule], made.events)
    [finding] = run(made, rule, subject).findings
    return finding


def test_a_finding_about_a_field_says_what_was_sent_and_what_came_back(runner: MakeRunner) -> None:
    finding = only_finding(runner, "accepts-absent")
    assert finding.expected == "200"
    assert finding.status == 500
    assert re.fullmatch(
        r"500 Internal Server Error \(KeyError: 'calling_party_type' at \S*\.py:\d+\)",
        finding.observed,
    )
    assert finding.fields == ("payload.calling_party_type",)
    assert finding.sent == "no payload.calling_party_type"
    assert "KeyError" in finding.traceback


def test_a_finding_about_a_generated_value_names_its_field(runner: MakeRunner) -> None:
    finding = only_finding(runner, "accepts-generated")
    assert finding.fields == ("payload.from",)
    assert finding.message.startswith("call.initiated with payload.from = '+")


def test_a_finding_about_a_forgery_says_what_was_expected(runner: MakeRunner) -> None:
    finding = only_finding(runner, "refuses-signature-empty")
    assert finding.expected == "4xx, and no effect"
    assert finding.observed == "200 OK"
    assert finding.why == CONTRACT["refuses-signature-empty"].why


def test_each_way_to_fail_at_junk_is_one_finding(runner: MakeRunner) -> None:
    found = run(runner(BAD["survives-junk"].receiver), "survives-junk").findings
    answers = [finding.observed for finding in found]
    assert len(set(answers)) == len(answers) > 1


def test_a_finding_about_a_late_answer_names_the_deadline(runner: MakeRunner) -> None:
    finding = only_finding(runner, "answers-in-time", deadline=SLOW / 2)
    assert finding.expected == "an answer within 0.05 s"


def test_a_background_error_is_reported_with_its_field_and_exception(runner: MakeRunner) -> None:
    made = runner(BAD["finishes-background-work"].receiver, "call.initiated")
    [finding] = run(made, "finishes-background-work", "voice").findings
    assert "KeyError: 'client_state'" in finding.message
    assert "in afterwards" in finding.traceback
    assert finding.fields == ("payload.client_state",)
