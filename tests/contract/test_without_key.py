"""Without the receiver's key, nothing genuine is sent, and nothing is claimed that needs it."""

from __future__ import annotations

from typing import Any

import pytest

from telnyx_mock.contract.engine.reason import Reason, Why
from telnyx_mock.contract.engine.result import Outcome, Result
from telnyx_mock.contract.engine.without_key import ANY_KEY
from telnyx_mock.contract.rules.registry import CONTRACT
from telnyx_mock.severity import Severity
from tests.contract.conftest import WholeContract
from tests.receivers.correct import Headers, Hidden, Receiver
from tests.receivers.faults.keys import OtherKey
from tests.receivers.faults.signature import EmptyIsFine, UnsignedIsFine
from tests.receivers.faults.timestamp import UnreadableIsFine

EVENTS = ("call.initiated", "texml.gather")


def outcomes(results: list[Result]) -> dict[str, set[Outcome]]:
    by_rule: dict[str, set[Outcome]] = {}
    for result in results:
        by_rule.setdefault(result.rule, set()).add(result.outcome)
    return by_rule


def test_every_rule_is_tried_or_says_why_not(whole_contract: WholeContract) -> None:
    """The rules that pass are those whose forgeries are wrong under any key."""
    events = (*EVENTS, "call.hangup", "message.received")
    results = whole_contract(OtherKey, *events, forgeries_only=True, failover="/second")
    assert set(outcomes(results)) == set(CONTRACT)
    for check, seen in outcomes(results).items():
        assert seen == {Outcome.PASSED if check in ANY_KEY else Outcome.SKIPPED}, check
    proven = {result.reason for result in results if result.rule in ANY_KEY}
    assert proven == {Reason(Why.REFUSAL_UNPROVEN)}
    whys = [result.why for result in results if result.rule not in ANY_KEY]
    assert None not in whys
    assert whys.count(Why.SIGNER_UNKNOWN) > 20
    assert Why.FORGERIES_ONLY in whys


def test_a_path_that_accepts_only_post_is_a_receiver(whole_contract: WholeContract) -> None:
    """Its 405 to other methods does not count against it."""

    class PostAlone(OtherKey):
        async def __call__(self, scope: dict[str, Any], receive: Any, send: Any) -> None:
            if scope["method"] == "POST":
                await super().__call__(scope, receive, send)
                return
            await send({"type": "http.response.start", "status": 405, "headers": []})
            await send({"type": "http.response.body", "body": b""})

    results = whole_contract(PostAlone, *EVENTS, forgeries_only=True)
    assert Outcome.INCONCLUSIVE not in set.union(*outcomes(results).values())


def test_every_rule_that_any_key_can_break_exists() -> None:
    assert set(CONTRACT) >= ANY_KEY


def test_nothing_genuine_is_sent(whole_contract: WholeContract) -> None:
    class Recording(Receiver):
        """Notes what verifies with the key of the runner, and refuses all."""

        genuine = 0
        seen = 0

        def handle(self, headers: Headers, body: bytes) -> int:
            type(self).seen += 1
            super().handle(headers, body)
            return 401

        def act(self, event: object) -> int:
            type(self).genuine += 1
            return 401

    results = whole_contract(Recording, *EVENTS, forgeries_only=True)
    assert Recording.seen == sum(result.deliveries for result in results) > 50
    # What is legal in another spelling would be accepted with the right key.
    spellings = sum(check.id.startswith("survives-") for check in CONTRACT.values())
    assert Recording.genuine <= 2 * spellings


@pytest.mark.parametrize(
    ("receiver", "check"),
    [
        (UnsignedIsFine, "refuses-signature-missing"),
        (EmptyIsFine, "refuses-signature-empty"),
        (UnreadableIsFine, "refuses-timestamp-not-a-number"),
    ],
)
def test_an_accepted_forgery_is_an_error_all_the_same(
    receiver: type[Receiver], check: str, whole_contract: WholeContract
) -> None:
    found = [
        finding
        for result in whole_contract(receiver, *EVENTS, forgeries_only=True)
        for finding in result.findings
        if finding.severity is Severity.ERROR
    ]
    assert check in {finding.rule for finding in found}


def test_an_address_where_nothing_seems_to_be_served_is_inconclusive(
    whole_contract: WholeContract,
) -> None:
    results = whole_contract(Hidden, *EVENTS, forgeries_only=True)
    ended = [result for result in results if result.rule == "refuses-signature-missing"]
    assert {result.outcome for result in ended} == {Outcome.INCONCLUSIVE}
    assert {result.reason for result in ended} == {
        Reason(Why.NOBODY_THERE, details={"answers": "404"})
    }
