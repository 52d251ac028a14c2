"""Webhooks that come twice, in another order, late, or at a second attempt: the same for the same seed."""

from __future__ import annotations

from typing import Any

import pytest

from telnyx_mock.catalogue.registry import find
from telnyx_mock.simulator.disturbances import LONGEST, TOGETHER, Disturbances, Journey
from tests.simulator.app import App
from tests.simulator.conftest import Bound
from tests.simulator.test_calls import greets

EVENT = find("call.answered")

GREETED = (
    "call.initiated",
    "call.answered",
    "call.speak.started",
    "call.speak.ended",
    "call.hangup",
)


def journeys(disturbances: Disturbances, times: tuple[float, ...]) -> list[list[Journey]]:
    return [list(disturbances.journeys(EVENT, now)) for now in times]


def test_nothing_is_disturbed_unless_something_is_set() -> None:
    assert journeys(Disturbances(seed=3), (0.0, 1.0)) == [[Journey(0.0)]] * 2


@pytest.mark.parametrize("seed", range(5))
def test_the_same_seed_makes_the_same(seed: int) -> None:
    times = tuple(n / 10 for n in range(20))
    one, other, third = (
        journeys(Disturbances(True, True, True, True, seed=each), times)
        for each in (seed, seed, seed + 1)
    )
    assert one == other != third


def test_what_is_delayed_comes_in_order() -> None:
    times = tuple(n / 10 for n in range(50))
    ways = journeys(Disturbances(delayed=True), times)
    arrivals = [round(now + way.seconds, 6) for now, (way,) in zip(times, ways, strict=True)]
    assert arrivals == sorted(arrivals)
    assert all(0 <= way.seconds <= LONGEST for (way,) in ways)


def test_what_is_shuffled_comes_in_another_order() -> None:
    times = tuple(n / 10 for n in range(50))
    ways = journeys(Disturbances(shuffled=True), times)
    arrivals = [now + way.seconds for now, (way,) in zip(times, ways, strict=True)]
    assert arrivals != sorted(arrivals)
    assert all(0 <= way.seconds <= TOGETHER for (way,) in ways)


def test_about_half_of_the_first_attempts_are_lost() -> None:
    ways = [way for (way,) in journeys(Disturbances(lost=True), (0.0,) * 200)]
    assert set(ways) == {Journey(0.0), Journey(1.0, attempt=2)}
    assert 60 < ways.count(Journey(0.0)) < 140


# With an app


class Deduplicates:
    """Does what *greets* does, once for each webhook, and remembers what came."""

    def __init__(self) -> None:
        self.came: list[tuple[str, int]] = []
        self.known: set[Any] = set()
        self.app = App(self.handle)

    def handle(self, app: App, event: str, payload: dict[str, Any]) -> None:
        self.came.append((event, app.last["meta"]["attempt"]))
        if app.last["data"]["id"] not in self.known:
            self.known.add(app.last["data"]["id"])
            greets(app, event, payload)


def test_a_lost_webhook_comes_at_its_second_attempt(bound: Bound) -> None:
    receiver = Deduplicates()
    telnyx = bound(receiver.app)
    telnyx.disturb(lost=True, seed=1)
    call = telnyx.call()
    assert sorted(event for event, _ in receiver.came) == sorted(GREETED)
    assert {attempt for _, attempt in receiver.came} == {1, 2}
    assert "(200 OK, at attempt 2, 1.00 s late)" in call.transcript
    assert call.ended


def test_a_webhook_overtakes_another(bound: Bound) -> None:
    """A short greeting begins and ends within two seconds, so its webhooks may change places."""
    orders = set()
    for seed in range(40):
        receiver = Deduplicates()
        telnyx = bound(receiver.app)
        telnyx.disturb(shuffled=True, seed=seed)
        assert telnyx.call().ended
        orders.add(tuple(event for event, _ in receiver.came))
    assert GREETED in orders
    assert {
        order.index("call.speak.started") > order.index("call.speak.ended") for order in orders
    } == {
        True,
        False,
    }
    assert {frozenset(order) for order in orders} == {frozenset(GREETED)}


def test_a_call_is_the_same_with_the_same_seed(bound: Bound) -> None:
    stories = []
    for _ in range(2):
        telnyx = bound(Deduplicates().app)
        telnyx.disturb(duplicated=True, shuffled=True, delayed=True, lost=True, seed=7)
        stories.append(telnyx.call().transcript)
    assert stories[0] == stories[1]
    assert stories[0].count("Telnyx") == 10
    assert " s late)" in stories[0]


def test_time_passes_while_a_webhook_is_late(bound: Bound) -> None:
    telnyx = bound(Deduplicates().app)
    calm = telnyx.call().transcript
    telnyx.disturb(delayed=True)
    late = telnyx.call().transcript
    telnyx.disturb()
    again = telnyx.call().transcript
    assert calm == again
    assert float(late.splitlines()[-1].split(" s ")[0]) > float(
        calm.splitlines()[-1].split(" s ")[0]
    )


def test_an_undeduplicating_app_greets_twice(bound: Bound) -> None:
    telnyx = bound(App(greets))
    telnyx.disturb(duplicated=True, delayed=True)
    assert len(telnyx.call().heard) == 2


def test_messages_are_disturbed_too(bound: Bound) -> None:
    app = App(lambda app, event, payload: None)
    telnyx = bound(app)
    telnyx.disturb(duplicated=True)
    telnyx.conversation().write("Hello")
    assert [event for _, event in app.seen] == ["message.received"] * 2
