"""A second receiver takes over, refuses lies, and knows what the first one has handled."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from telnyx_mock.contract.engine.reason import Why
from telnyx_mock.contract.engine.result import Result
from telnyx_mock.contract.engine.runner import Runner
from telnyx_mock.contract.rules import failover
from telnyx_mock.contract.rules.registry import CONTRACT
from telnyx_mock.severity import Outcome
from telnyx_mock.transports.app_kind import open_app
from telnyx_mock.transports.http import HttpReceiver
from tests.receivers.correct import (
    Acting,
    Event,
    Headers,
    Queueing,
    Receiver,
    Refused,
    WsgiReceiver,
)

MakeRunner = Callable[..., Runner]
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


def both(runner: MakeRunner, first: Any, second: Callable[[], Any]) -> Runner:
    """A runner against *first*; the failover address is what *second* makes."""
    made = runner(first, *CALLS)
    made.equip(made.observer.probe, made.app_with_keys, open_app(second(), "/failover"))
    return made


def results(made: Runner) -> dict[str, Result]:
    told = {}
    for check in failover.RULES:
        told[check.id] = made.run(check, "json" if check.id.startswith("refuses") else "")
    return told


def outcomes(made: Runner) -> list[Outcome]:
    return [result.outcome for result in results(made).values()]


def test_without_a_failover_address_it_is_said_how_to_give_one(runner: MakeRunner) -> None:
    told = results(runner(Acting, *CALLS))
    assert {result.outcome for result in told.values()} == {Outcome.SKIPPED}
    assert {result.note for result in told.values()} == {Why.NO_FAILOVER.value}


def test_two_apps_that_share_what_they_remember_pass(runner: MakeRunner) -> None:
    seen: set[str] = set()
    made = both(runner, lambda: Sharing(seen), lambda: Sharing(seen))
    assert outcomes(made) == [Outcome.PASSED] * 3
    assert made.run(CONTRACT["refuses-at-failover"], "form").outcome is Outcome.PASSED


def test_two_apps_whose_commands_have_ids_need_not_share_anything(runner: MakeRunner) -> None:
    """Telnyx carries out a command with the same id once."""
    assert outcomes(both(runner, Queueing, Queueing)) == [Outcome.PASSED] * 3


def test_two_apps_that_do_not_share_their_memory_act_twice(runner: MakeRunner) -> None:
    told = results(both(runner, Acting, Acting))
    assert told["accepts-at-failover"].outcome is Outcome.PASSED
    assert told["refuses-at-failover"].outcome is Outcome.PASSED
    [finding] = told["idempotent-after-failover"].findings
    assert finding.message == (
        "call.initiated delivered to the failover address, as attempt 3, though the first one had "
        "handled it, had a second effect: the receiver sent the command answer."
    )
    assert finding.again == "telnyx-mock check TARGET --only idempotent-after-failover"


def test_a_failover_app_that_verifies_nothing(runner: MakeRunner) -> None:
    told = results(both(runner, Acting, OpenToAll))
    messages = [finding.message for finding in told["refuses-at-failover"].findings]
    assert messages == [
        f"call.initiated forged as {lie} was not refused at the failover address (200 OK)."
        for lie in ("signature-missing", "signature-by-another-key")
    ]


def test_a_failover_app_that_acts_before_it_verifies(runner: MakeRunner) -> None:
    told = results(both(runner, Acting, ActsFirst))
    messages = [finding.message for finding in told["refuses-at-failover"].findings]
    assert messages == [
        f"call.initiated forged as {lie} was refused at the failover address (401 Unauthorized) and "
        "had an effect: the receiver sent the command answer."
        for lie in ("signature-missing", "signature-by-another-key")
    ]


def test_a_failover_app_that_refuses_everything(runner: MakeRunner) -> None:
    told = results(both(runner, Acting, RefusesAll))
    assert [finding.message for finding in told["accepts-at-failover"].findings] == [
        f"{event} delivered to the failover address, as attempt {number}, was not accepted, though "
        "the first address accepts it."
        for event, number in (("call.initiated", 3), ("texml.http-request", 4))
    ]
    for check in ("refuses-at-failover", "idempotent-after-failover"):
        assert told[check].outcome is Outcome.SKIPPED


def test_a_failover_app_that_only_acknowledges(runner: MakeRunner) -> None:
    told = results(both(runner, Acting, OnlyAcknowledges))
    [finding] = told["accepts-at-failover"].findings
    assert finding.message == (
        "call.initiated delivered to the failover address alone is acknowledged there and not "
        "handled."
    )


def test_where_nothing_shows_what_is_accepted_passes(runner: MakeRunner) -> None:
    told = results(both(runner, Receiver, Receiver))
    assert told["accepts-at-failover"].outcome is Outcome.PASSED
    assert told["refuses-at-failover"].outcome is Outcome.PASSED
    assert told["idempotent-after-failover"].outcome is Outcome.SKIPPED
    assert "Give a probe" in told["idempotent-after-failover"].note


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

    made = both(runner, BookingOnce, Booking)
    made.equip(lambda: rows, made.app_with_keys, made.failover)
    [finding] = results(made)["idempotent-after-failover"].findings
    assert finding.message.endswith("had a second effect: what the probe reads changed.")
    made = both(runner, BookingOnce, BookingOnce)
    made.equip(lambda: rows, made.app_with_keys, made.failover)
    assert outcomes(made) == [Outcome.PASSED] * 3


def test_what_acts_on_any_repeat_is_found_once(runner: MakeRunner) -> None:
    class Forgetful(Acting):
        def is_new(self, event: Event) -> bool:
            return True

    told = results(both(runner, Forgetful, Forgetful))
    assert told["idempotent-after-failover"].outcome is Outcome.SKIPPED
    assert "has a second effect anyway" in told["idempotent-after-failover"].note


@pytest.mark.parametrize("first", [Receiver, Acting, WsgiReceiver])
def test_a_failover_address_where_nothing_listens_is_inconclusive(
    runner: MakeRunner, first: Any
) -> None:
    made = runner(first, *CALLS)
    made.equip(made.observer.probe, made.app_with_keys, HttpReceiver("http://127.0.0.1:9/failover"))
    told = results(made)["accepts-at-failover"]
    assert told.outcome is Outcome.INCONCLUSIVE
    assert told.note.startswith("nothing can be sent to the failover address: http://127.0.0.1:9")


def test_without_a_key_only_lies_go_to_the_failover_address(runner: MakeRunner) -> None:
    made = runner(RefusesAll, *CALLS, forgeries_only=True)
    made.equip(made.observer.probe, made.app_with_keys, open_app(OpenToAll(), "/failover"))
    told = results(made)
    assert told["accepts-at-failover"].outcome is Outcome.SKIPPED
    assert len(told["refuses-at-failover"].findings) == 2
