"""Each check of the contract finds its fault, and nothing is found in a correct receiver."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest

from telnyx_mock.contract.engine.finding import Finding
from telnyx_mock.contract.engine.result import Result
from telnyx_mock.contract.engine.rule import Scope
from telnyx_mock.contract.engine.runner import Runner
from telnyx_mock.contract.rules import (
    api_failures,
    deduplication_poisoning,
    documents,
    failover,
    idempotency,
    key_rotation,
    order,
    reply_loop,
)
from telnyx_mock.contract.rules.registry import CONTRACT, subjects
from telnyx_mock.severity import Outcome, Severity
from tests.receivers import correct, frameworks
from tests.receivers.bad import ALSO, BAD, DEADLINES, SLOW
from tests.receivers.bad_effects import BAD_EFFECTS
from tests.receivers.bad_failover import BAD_FAILOVER, FAILOVER_PATH
from tests.receivers.correct import Keyed, Receiver

WholeContract = Callable[..., list[Result]]

NEED_EFFECTS = {
    check.id
    for check in (
        *idempotency.RULES,
        *deduplication_poisoning.RULES,
        *reply_loop.RULES,
        *api_failures.RULES,
        *order.RULES,
    )
    if check.scope is Scope.RUN
}
"""Checks that are not selected where nothing is done that can be seen, or too little."""

NEED_KEYS = {check.id for check in key_rotation.RULES}
"""Checks that are not selected where no function is given that makes the app for other keys."""

NEED_FAILOVER = {check.id for check in failover.RULES}
"""Checks that are not selected where no failover address is given."""

NEED_FORMS = {
    *(check.id for check in documents.RULES),
    *(check for check in CONTRACT if check.startswith("survives-form-")),
}
"""Checks that are not selected where no form is accepted."""

PATIENT = 9.0
"""Seconds that even a busy machine and a framework's first request do not take."""

BOTH_KINDS = ("call.initiated", "call.hangup", "message.received", "texml.http-request")


def found(results: list[Result]) -> set[str]:
    return {finding.rule for result in results for finding in result.findings}


def test_each_check_has_a_receiver_that_fails_it() -> None:
    assert set(BAD) == set(CONTRACT)


@pytest.mark.parametrize("faulty", dict.fromkeys(BAD.values()), ids=lambda one: one.__name__)
def test_a_fault_is_found_by_its_own_checks_and_no_other(
    faulty: type[Receiver], whole_contract: WholeContract
) -> None:
    own = {check for check, receiver in BAD.items() if receiver is faulty}
    patterns = ["call.initiated"] if faulty in DEADLINES else ["call.initiated", "call.hangup"]
    if faulty in BAD_EFFECTS.values():
        patterns += ["call.answered", "message.received"]
    if own & NEED_FORMS:
        patterns.append("texml.http-request")
    deadline = DEADLINES.get(faulty, PATIENT)
    target = f"{faulty.__module__}:{faulty.__name__}()"
    app_with_keys = faulty if issubclass(faulty, Keyed) else None
    results = whole_contract(
        target,
        *patterns,
        app_with_keys=app_with_keys,
        failover=FAILOVER_PATH if faulty in BAD_FAILOVER.values() else "",
        deadline=deadline,
        examples=20 if "accepts-generated" in own else 5,
    )
    assert found(results) == own | ALSO.get(faulty, frozenset())
    for result in results:
        severities = {finding.severity for finding in result.findings}
        assert (result.outcome is Outcome.FAILED) == (Severity.ERROR in severities)
        assert result.outcome is not Outcome.INCONCLUSIVE


@pytest.mark.parametrize(
    "make", [*correct.RECEIVERS, *frameworks.RECEIVERS], ids=lambda one: one.__name__
)
def test_nothing_is_found_in_a_correct_receiver(make: Any, whole_contract: WholeContract) -> None:
    # The failover address of these is another path of theirs; frameworks look at paths.
    failover = FAILOVER_PATH if make in correct.RECEIVERS else ""
    results = whole_contract(make, *BOTH_KINDS, failover=failover, deadline=PATIENT)
    assert found(results) == {**correct.CHOICES, **frameworks.CHOICES}.get(make, set())
    assert {result.outcome for result in results} <= {Outcome.PASSED, Outcome.SKIPPED}
    passed = {result.rule for result in results if result.outcome is Outcome.PASSED}
    served = {result.event for result in results if result.outcome is Outcome.PASSED}
    skipped = NEED_EFFECTS | NEED_KEYS | NEED_FAILOVER
    skipped |= set() if "texml.http-request" in served else NEED_FORMS
    assert passed | skipped == set(CONTRACT)


def test_every_check_is_tried_on_a_correct_receiver_that_acts(
    whole_contract: WholeContract,
) -> None:
    results = whole_contract(
        correct.Replying,
        *BOTH_KINDS,
        "call.answered",
        app_with_keys=Keyed,
        failover=FAILOVER_PATH,
        deadline=PATIENT,
    )
    assert found(results) == set()
    passed = {result.rule for result in results if result.outcome is Outcome.PASSED}
    assert passed == set(CONTRACT)


def texts(runner: Callable[..., Runner], check: str, **settings: Any) -> Finding:
    """The one finding that *check* has about the receiver that is bad at it."""
    made = runner(BAD[check], **settings)
    [subject, *_] = subjects(CONTRACT[check], made.events)
    [finding] = made.run(CONTRACT[check], subject).findings
    return finding


def test_the_words_about_a_field_that_is_absent(runner: Callable[..., Runner]) -> None:
    finding = texts(runner, "accepts-absent")
    assert finding.message == (
        "call.initiated with payload.calling_party_type absent made the receiver fail with 500."
    )
    assert finding.expected == "200"
    assert re.fullmatch(
        r"500 Internal Server Error \(KeyError: 'calling_party_type' at \S*bad.py:\d+\)",
        finding.observed,
    )
    assert finding.fix == (
        "Read data.payload.calling_party_type with .get(), for it may be absent, and decide what "
        "that means."
    )
    assert finding.fields == ("payload.calling_party_type",)
    assert finding.sent == "no payload.calling_party_type"
    assert finding.repeat == (
        "telnyx-mock send call.initiated TARGET --unset payload.calling_party_type"
    )
    assert "KeyError" in finding.traceback


def test_the_words_about_a_field_that_is_null(runner: Callable[..., Runner]) -> None:
    finding = texts(runner, "accepts-null")
    assert finding.message == (
        "call.initiated with payload.client_state null made the receiver fail with 500."
    )
    assert (
        finding.repeat == "telnyx-mock send call.initiated TARGET --set payload.client_state=null"
    )


def test_the_words_about_a_value_that_was_generated(runner: Callable[..., Runner]) -> None:
    finding = texts(runner, "accepts-generated")
    assert finding.fields == ("payload.from",)
    assert finding.message.startswith("call.initiated with payload.from = '+")
    assert finding.message.endswith("' made the receiver fail with 500.")


def test_the_words_about_a_layout(runner: Callable[..., Runner]) -> None:
    finding = texts(runner, "accepts-layouts")
    assert finding.message == (
        "call.initiated with the same content in the layout 'indented' (two spaces, keys in "
        "alphabetical order: seen in deliveries of messages) was refused with 401, although it is "
        "genuine."
    )
    assert finding.fix.startswith("Verify the signature over the raw bytes of the body")
    assert finding.repeat.endswith(" --layout indented")


def test_the_words_about_a_forgery(runner: Callable[..., Runner]) -> None:
    finding = texts(runner, "refuses-signature-empty")
    assert finding.message == ("call.initiated forged as signature-empty was accepted with 200.")
    assert finding.expected == "4xx, and no effect"
    assert finding.observed == "200 OK"
    assert finding.why == (
        "A receiver that does otherwise treats an empty signature as none, and accepts requests "
        "without a signature."
    )
    assert finding.repeat == "telnyx-mock send call.initiated TARGET --forge signature-empty"


def test_the_words_about_junk(runner: Callable[..., Runner]) -> None:
    made = runner(BAD["survives-junk"])
    result = made.run(CONTRACT["survives-junk"], "voice")
    assert result.findings[0].message == (
        "A request with an empty body, without a signature, made the receiver fail with 500."
    )
    assert result.findings[0].fix == (
        "Verify the raw bytes before anything parses them, and take whatever is missing or "
        "malformed in a request for a failed verification: answer 401 or 403."
    )
    answers = [finding.observed for finding in result.findings]
    assert len(set(answers)) == len(answers) > 1, "each way to fail is said once"


def test_the_words_about_a_wrong_key(runner: Callable[..., Runner]) -> None:
    finding = texts(runner, "serves-something")
    assert finding.message.startswith(
        "call.initiated was refused with 401 at https://localhost/, as was every other genuine "
        "webhook: most likely it verifies with another public key"
    )


def test_the_words_about_a_late_answer(runner: Callable[..., Runner]) -> None:
    finding = texts(runner, "answers-in-time", deadline=SLOW / 2)
    assert re.fullmatch(
        r"call.initiated was answered after \d\.\d s, and after \d\.\d s before\.", finding.message
    )
    assert finding.expected == "an answer within 0.05 s"


def test_a_failure_after_the_answer_is_told_with_its_field_and_exception(
    runner: Callable[..., Runner],
) -> None:
    made = runner(BAD["finishes-background-work"], "call.initiated")
    [finding] = made.run(CONTRACT["finishes-background-work"], "voice").findings
    assert finding.message == (
        "call.initiated with payload.client_state null was answered 200 OK, and then made the app "
        "fail: TypeError: argument should be a bytes-like object or ASCII string, not 'NoneType'."
    )
    assert "in afterwards" in finding.traceback
    assert finding.fields == ("payload.client_state",)
