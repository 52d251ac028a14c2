"""The events that act are found, whether their effects are late or need the beginning of the call."""

from __future__ import annotations

import asyncio
import base64
import random
from collections.abc import Callable
from functools import partial
from typing import Any
from urllib.parse import quote

import httpx
import pytest

from telnyx_mock.catalogue.registry import find, select
from telnyx_mock.contract.engine.reason import Skipped, Why
from telnyx_mock.contract.engine.related import histories, natural_order
from telnyx_mock.contract.engine.result import Outcome
from telnyx_mock.contract.engine.rule_runner import Runner
from telnyx_mock.payload.webhook import sample
from tests.contract.conftest import MakeRunner, run
from tests.contract.virtual_clock import VirtualClock
from tests.receivers.correct import (
    API,
    TLS,
    Acting,
    Event,
    Queueing,
    Receiver,
    WsgiReceiver,
    kind,
    payload,
)

CALL = ("call.initiated", "call.answered", "call.speak.ended", "call.gather.ended", "call.hangup")
STATE = base64.b64encode(b"welcome").decode()


class OnItsOwnState(Acting):
    """It answers with a client state, and speaks only in calls that have it."""

    actions = {"call.initiated": "answer", "call.answered": "speak"}

    def command(self, event: Event) -> tuple[str, dict[str, str]] | None:
        command = super().command(event)
        if command is not None and kind(event) == "call.initiated":
            return command[0], {"client_state": STATE}
        own = payload(event).get("client_state") == STATE
        return command if own else None


class OnItsOwnStateEachTime(OnItsOwnState):
    """It does so each time that it hears of the event."""

    def is_new(self, event: Event) -> bool:
        return True


class TextsAfterMissedCalls(Receiver):
    """It remembers who rings, and texts them when the call ends."""

    def __init__(self) -> None:
        super().__init__()
        self.callers: dict[str, str] = {}

    def act(self, event: Event) -> int:
        call = payload(event).get("call_control_id")
        if kind(event) == "call.initiated":
            self.callers[str(call)] = str(payload(event).get("from"))
        if kind(event) == "call.hangup" and str(call) in self.callers:
            self.text(self.callers[str(call)])
        return 200

    def text(self, to: str) -> None:
        message = {"from": "+13125550199", "to": to, "text": "Sorry!"}
        httpx.post(f"{API}/messages", json=message, verify=TLS)


def names(made: Runner) -> list[str]:
    return [event.name for event in made.worst_first()]


def test_an_event_that_acts_only_in_its_own_calls_is_found(runner: MakeRunner) -> None:
    made = runner(OnItsOwnState, *CALL)
    assert names(made) == ["call.answered", "call.initiated"]
    assert {event.name for events in made.acting().values() for event in events} == {
        "call.initiated"
    }
    assert run(made, "idempotent-when-redelivered").outcome is Outcome.PASSED


def test_a_duplicate_in_a_call_of_the_app_is_found(runner: MakeRunner) -> None:
    result = run(runner(OnItsOwnStateEachTime, *CALL), "idempotent-when-redelivered")
    [finding] = result.findings
    assert finding.event == "call.answered"
    assert result.outcome is Outcome.FAILED


def test_what_is_remembered_of_a_call_is_enough(runner: MakeRunner) -> None:
    made = runner(TextsAfterMissedCalls, *CALL)
    assert names(made) == ["call.hangup"]
    with pytest.raises(Skipped) as problem:
        made.acting()
    assert problem.value.reason.why is Why.ACTS_ONLY_IN_CONTEXT
    assert run(made, "idempotent-when-redelivered").outcome is Outcome.FAILED


@pytest.mark.parametrize("if_nobody_answered", [False, True])
def test_what_is_remembered_of_a_call_is_enough_also_in_a_thread(
    runner: MakeRunner, clock: VirtualClock, if_nobody_answered: bool
) -> None:
    class TextsLater(TextsAfterMissedCalls):
        """It answers and texts a little after it has acknowledged the event."""

        def act(self, event: Event) -> int:
            if kind(event) == "call.initiated":
                url = f"{API}/calls/{quote(payload(event)['call_control_id'])}/actions/answer"
                clock.start_timer(0.1, lambda: httpx.post(url, json={}, verify=TLS))
            if if_nobody_answered and kind(event) == "call.answered":
                self.callers.pop(str(payload(event).get("call_control_id")), None)
            return super().act(event)

        def text(self, to: str) -> None:
            clock.start_timer(0.1, lambda: super(TextsLater, self).text(to))

    class InThreads(WsgiReceiver):
        def make_steps(self) -> Receiver:
            return TextsLater()

    assert names(runner(InThreads, *CALL)) == ["call.hangup", "call.initiated"]


def test_only_the_shortest_history_is_delivered_again(runner: MakeRunner) -> None:
    class Recording(TextsAfterMissedCalls):
        kinds: list[str] = []

        def act(self, event: Event) -> int:
            self.kinds.append(kind(event))
            return super().act(event)

    made = runner(Recording, *CALL)
    [hangup] = made.worst_first()
    Recording.kinds.clear()
    assert made.prepare(hangup).name == "call.hangup"
    assert "call.initiated" in Recording.kinds
    assert "call.gather.ended" not in Recording.kinds


def test_a_second_answer_alone_is_a_warning(runner: MakeRunner) -> None:
    class AnswersAgain(Acting):
        actions = {"call.initiated": "answer"}

        def is_new(self, event: Event) -> bool:
            return True

    result = run(runner(AnswersAgain, *CALL), "idempotent-when-redelivered")
    assert [finding.severity.value for finding in result.findings] == ["warning"]
    assert result.outcome is Outcome.PASSED


def test_a_refused_duplicate_is_found_though_nothing_else_can_be_seen(runner: MakeRunner) -> None:
    class Conflict(Receiver):
        def __init__(self) -> None:
            super().__init__()
            self.seen: set[str] = set()

        def act(self, event: Event) -> int:
            known = event["data"]["id"] in self.seen
            self.seen.add(event["data"]["id"])
            return 409 if known else 200

    result = run(runner(Conflict, *CALL), "idempotent-when-redelivered")
    assert result.outcome is Outcome.FAILED
    assert [finding.status for finding in result.findings] == [409]


def test_where_no_effect_can_be_seen_an_acknowledged_duplicate_proves_little(
    runner: MakeRunner,
) -> None:
    result = run(runner(Receiver, *CALL), "idempotent-when-redelivered")
    assert (result.outcome, result.why) == (Outcome.SKIPPED, Why.NO_VISIBLE_EFFECT)


# Queues

EVENTS = (
    "call.initiated",
    "call.answered",
    "message.received",
    "message.sent",
    "message.finalized",
)


class Queued(Acting):
    """Its one worker takes 30 to 300 ms for each event, one after another, and acts on some."""

    def __init__(
        self, clock: VirtualClock, chance: random.Random, rows: list[str], *, once: bool = True
    ) -> None:
        super().__init__()
        self.clock, self.chance, self.rows, self.once = clock, chance, rows, once
        self.is_free_at = 0.0

    def act(self, event: Event) -> int:
        start = max(self.is_free_at, self.clock.seconds)
        self.is_free_at = start + self.chance.uniform(0.03, 0.3)
        self.clock.start_timer(self.is_free_at - self.clock.seconds, lambda: self.work(event))
        return 200

    def work(self, event: Event) -> None:
        if kind(event) not in (*self.actions, "message.received"):
            return
        if not self.is_new(event) and self.once:
            return
        self.rows.append(event["data"]["id"])
        if kind(event) in self.actions:
            self.api.post(f"/calls/{self.call(event)}/actions/{self.actions[kind(event)]}", json={})
        else:
            self.api.post("/messages", json={"from": "+1", "to": "+2", "text": "Thanks"})


def in_thread(make: Callable[[], Receiver]) -> type[WsgiReceiver]:
    """A WSGI app that takes the steps of the receiver that *make* makes."""

    class InThread(WsgiReceiver):
        def make_steps(self) -> Receiver:
            return make()

    return InThread


IDEMPOTENT = (
    "idempotent-when-redelivered",
    "idempotent-when-replayed",
    "idempotent-when-concurrent",
)


@pytest.mark.parametrize("once", [True, False])
@pytest.mark.parametrize("probed", [True, False])
def test_a_queue_gives_the_same_results_each_time(
    runner: MakeRunner, clock: VirtualClock, once: bool, probed: bool
) -> None:
    seen: set[Any] = set()
    for number in range(8):
        rows: list[str] = []
        make = partial(Queued, clock, random.Random(number), rows, once=once)
        probe = partial(list, rows) if probed else None
        made = runner(in_thread(make), *EVENTS, probe=probe)
        results = [run(made, rule) for rule in IDEMPOTENT]
        seen.add(
            tuple(
                (each.outcome, each.why, tuple((one.event, one.message) for one in each.findings))
                for each in results
            )
        )
        assert set(names(made)) == {"call.initiated", "call.answered", "message.received"}
    [first] = seen
    assert {outcome for outcome, _, _ in first} == (
        {Outcome.PASSED} if once else {Outcome.FAILED, Outcome.SKIPPED}
    )


def test_an_event_is_seen_to_act_that_a_slow_worker_comes_to_last(
    runner: MakeRunner, clock: VirtualClock
) -> None:
    class AtTheEnd(Queued):
        actions = {"call.hangup": "transfer"}

    class Slow(random.Random):
        def uniform(self, a: float, b: float) -> float:
            return b

    made = runner(in_thread(partial(AtTheEnd, clock, Slow(), [])), *CALL, *EVENTS)
    alone = {event.name for events in made.acting().values() for event in events}
    assert alone == {"call.hangup", "message.received"}


def test_a_worker_may_be_behind_with_the_webhooks_of_the_run(
    runner: MakeRunner, clock: VirtualClock
) -> None:
    made = runner(in_thread(partial(Queued, clock, random.Random(1), [])), *EVENTS)
    for _ in range(200):  # which take it more than half a minute
        made.sender.send(sample("call.initiated"))
    assert set(names(made)) == {"call.initiated", "call.answered", "message.received"}


def test_a_receiver_that_acts_all_the_time_is_told_so_by_each_rule(
    runner: MakeRunner, clock: VirtualClock
) -> None:
    class Restless(Queued):
        def work(self, event: Event) -> None:
            super().work(event)
            self.act({"data": {**event["data"], "id": str(clock.seconds)}})

    made = runner(in_thread(partial(Restless, clock, random.Random(1), [])), *EVENTS)
    results = [run(made, rule) for rule in IDEMPOTENT]
    assert {(each.outcome, each.why) for each in results} == {(Outcome.SKIPPED, Why.NEVER_IDLE)}


# The order of events


def test_the_natural_order_of_a_call() -> None:
    ordered = [event.name for event in natural_order([find(name) for name in reversed(CALL)])]
    assert ordered[0] == "call.initiated"
    assert ordered[-1] == "call.hangup"


def test_a_call_may_end_before_it_is_answered(runner: MakeRunner) -> None:
    class TextsIfNobodyAnswered(TextsAfterMissedCalls):
        def act(self, event: Event) -> int:
            if kind(event) == "call.answered":
                self.callers.pop(str(payload(event).get("call_control_id")), None)
            return super().act(event)

    assert names(runner(TextsIfNobodyAnswered, *CALL)) == ["call.hangup"]


def test_histories_go_from_the_beginning_to_everything() -> None:
    events = select(("call.*",))
    first, *others = histories(find("call.gather.ended"), events)
    assert [event.name for event in first] == ["call.initiated", "call.answered"]
    assert "call.dtmf.received" in {event.name for event in others[0]}
    assert histories(find("call.initiated"), events) == []


def test_a_stray_command_of_a_background_task_is_found(runner: MakeRunner) -> None:
    class RecordsNoCall(Queueing):
        async def afterwards(self) -> None:
            while self.calls:
                self.calls.pop()
                await asyncio.sleep(0.005)
                await self.api.post("/calls/None/actions/record_start", json={})

    result = run(runner(RecordsNoCall, *CALL), "commands-known-calls")
    assert [finding.event for finding in result.findings] == ["call.initiated"]
