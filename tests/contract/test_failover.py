"""The receiver at the failover address takes over, refuses forgeries, and shares the ids it has seen."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from telnyx_mock.contract.effects.probe import Probe
from telnyx_mock.contract.engine.reason import Why
from telnyx_mock.contract.engine.result import Outcome, Result
from telnyx_mock.contract.engine.rule_runner import Runner
from telnyx_mock.contract.rules import failover
from telnyx_mock.transports.app_kind import open_app
from telnyx_mock.transports.http import HttpReceiver
from tests.conftest import Snapshot
from tests.contract.conftest import MakeRunner, run
from tests.contract.virtual_clock import VirtualClock
from tests.receivers.correct import (
    Acting,
    Event,
    Headers,
    Queueing,
    Receiver,
    Refused,
    WsgiReceiver,
)

CALLS = ("call.initiated", "call.answered", "call.hangup", "texml.http-request")


class Sharing(Acting):
    """It remembers where other processes see it."""

    def __init__(self, seen: set[str]) -> None:
        super().__init__()
        self.seen = seen


class OpenToAll(Acting):
    """It verifies nothing."""

    def verify(self, headers: Headers, body: bytes) -> None:
        pass


class ActsFirst(Acting):
    """It acts on what it gets, and verifies it afterwards."""

    def handle(self, headers: Headers, body: bytes) -> int:
        self.act(self.parse(headers, body))
        return super().handle(headers, body)


class RefusesAll(Receiver):
    """It has another account's key."""

    def verify(self, headers: Headers, body: bytes) -> None:
        raise Refused


class OnlyAcknowledges(Receiver):
    """It says that it got the event, and does nothing with it."""


def both(
    runner: MakeRunner, first: Any, second: Callable[[], Any], probe: Probe | None = None
) -> Runner:
    """A runner against *first*; the failover address is what *second* makes."""
    made = runner(first, *CALLS)
    made.equip(probe, None, open_app(second(), "/failover"))
    return made


def results(made: Runner) -> dict[str, Result]:
    return {
        rule.id: made.run(rule, "json" if rule.id == "refuses-at-failover" else "")
        for rule in failover.RULES
    }


def outcomes(made: Runner) -> list[Outcome]:
    return [result.outcome for result in results(made).values()]


def test_without_a_failover_address_nothing_is_tried(runner: MakeRunner) -> None:
    tried = results(runner(Acting, *CALLS)).values()
    assert {(result.outcome, result.why) for result in tried} == {
        (Outcome.SKIPPED, Why.NO_FAILOVER)
    }


def test_two_apps_that_share_what_they_remember_pass(runner: MakeRunner) -> None:
    seen: set[str] = set()
    made = both(runner, lambda: Sharing(seen), lambda: Sharing(seen))
    assert outcomes(made) == [Outcome.PASSED] * 3
    assert run(made, "refuses-at-failover", "form").outcome is Outcome.PASSED


def test_two_apps_whose_commands_have_ids_need_not_share_anything(runner: MakeRunner) -> None:
    """Telnyx carries out a command with the same id once."""
    assert outcomes(both(runner, Queueing, Queueing)) == [Outcome.PASSED] * 3


ACTS_TWICE = ("idempotent-after-failover", "call.answered", 200)
FAULTS: list[tuple[type[Receiver], list[tuple[str, str, int]], list[str]]] = [
    (Acting, [ACTS_TWICE], []),
    (OpenToAll, [("refuses-at-failover", "call.initiated", 200)] * 2 + [ACTS_TWICE], []),
    (ActsFirst, [("refuses-at-failover", "call.initiated", 401)] * 2 + [ACTS_TWICE], []),
    (
        RefusesAll,
        [
            ("accepts-at-failover", "call.initiated", 401),
            ("accepts-at-failover", "texml.http-request", 401),
        ],
        ["refuses-at-failover", "idempotent-after-failover"],
    ),
    (OnlyAcknowledges, [("accepts-at-failover", "call.initiated", 200)], []),
]
"""A second app that shares nothing with the first, what is found, and which rules are skipped."""


@pytest.mark.parametrize(("second", "found", "skipped"), FAULTS)
def test_each_fault_of_a_failover_app_is_found(
    runner: MakeRunner,
    second: type[Receiver],
    found: list[tuple[str, str, int]],
    skipped: list[str],
) -> None:
    tried = results(both(runner, Acting, second)).values()
    findings = [finding for result in tried for finding in result.findings]
    assert [(each.rule, each.event, each.status) for each in findings] == found
    assert [result.rule for result in tried if result.outcome is Outcome.SKIPPED] == skipped
    for finding in findings:
        assert finding.command == f"telnyx-mock check TARGET --only {finding.rule}"


def test_what_findings_say(runner: MakeRunner, snapshot: Snapshot) -> None:
    said = []
    for second, *_ in FAULTS:
        said.append(f"{second.__name__}: {second.__doc__}")
        for result in results(both(runner, Acting, second)).values():
            said += [f"  {finding.message}" for finding in result.findings]
    snapshot("failover", "\n".join(said))


def test_without_visible_effects_an_accepted_webhook_is_enough(runner: MakeRunner) -> None:
    tried = results(both(runner, Receiver, Receiver))
    assert tried["accepts-at-failover"].outcome is Outcome.PASSED
    assert tried["refuses-at-failover"].outcome is Outcome.PASSED
    assert tried["idempotent-after-failover"].outcome is Outcome.SKIPPED
    assert tried["idempotent-after-failover"].why is Why.NO_VISIBLE_EFFECT


def test_a_probe_shows_what_the_failover_address_does(runner: MakeRunner) -> None:
    rows: list[str] = []

    class Booking(Receiver):
        def act(self, event: Event) -> int:
            if event.get("data", {}).get("event_type") == "call.initiated":
                rows.append(event["data"]["id"])
            return 200

    class BookingOnce(Booking):
        def act(self, event: Event) -> int:
            return 200 if event.get("data", {}).get("id") in rows else super().act(event)

    made = both(runner, BookingOnce, Booking, lambda: rows)
    [finding] = results(made)["idempotent-after-failover"].findings
    assert (finding.event, finding.status) == ("call.initiated", 200)
    made = both(runner, BookingOnce, BookingOnce, lambda: rows)
    assert outcomes(made) == [Outcome.PASSED] * 3


def test_what_acts_on_any_duplicate_is_found_once(runner: MakeRunner) -> None:
    class Forgetful(Acting):
        def is_new(self, event: Event) -> bool:
            return True

    result = results(both(runner, Forgetful, Forgetful))["idempotent-after-failover"]
    assert result.outcome is Outcome.SKIPPED
    assert result.why is Why.ACTS_ON_EVERY_DUPLICATE


@pytest.mark.parametrize("first", [Receiver, Acting, WsgiReceiver])
def test_a_failover_address_where_nothing_listens_is_inconclusive(
    runner: MakeRunner, clock: VirtualClock, first: Any
) -> None:
    nobody = HttpReceiver("http://127.0.0.1:9/failover", clock=clock)
    made = runner(first, *CALLS, failover=nobody)
    result = results(made)["accepts-at-failover"]
    assert result.outcome is Outcome.INCONCLUSIVE
    assert result.why is Why.FAILOVER_UNREACHABLE


def test_without_a_key_only_forgeries_go_to_the_failover_address(runner: MakeRunner) -> None:
    made = runner(RefusesAll, *CALLS, forgeries_only=True)
    made.equip(None, None, open_app(OpenToAll(), "/failover"))
    tried = results(made)
    assert tried["accepts-at-failover"].outcome is Outcome.SKIPPED
    assert len(tried["refuses-at-failover"].findings) == 2
