"""Commands of an app in another process that come long after its answers, in virtual time."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from telnyx_mock import Emulator
from telnyx_mock.clock import SetClock
from telnyx_mock.contract.calls import lateness
from telnyx_mock.contract.calls.app_elsewhere import ENOUGH, AppElsewhere
from telnyx_mock.contract.calls.invariants import INVARIANTS
from telnyx_mock.contract.calls.people import People
from telnyx_mock.contract.calls.play import play
from telnyx_mock.contract.calls.run import Run
from telnyx_mock.contract.calls.stage import Stage
from telnyx_mock.patience import PATIENCE
from telnyx_mock.payload.request import Request
from telnyx_mock.settings import Settings
from telnyx_mock.transports.app_kind import open_app
from telnyx_mock.transports.receiver import Receiver, Response
from tests.calls.receivers import ActingTwice, Bot, Ivr, Retrying
from tests.contract.virtual_clock import VirtualClock

DELAY = 1.5


class Elsewhere:
    """Takes an app in this process for one in another process, once the fake API catches its commands."""

    in_process = True
    url = "http://127.0.0.1/"

    def __init__(self, inner: Receiver) -> None:
        self._inner = inner

    def send(self, request: Request, *, timeout: float) -> Response:
        return self._inner.send(request, timeout=timeout)

    def wait_until_idle(self, timeout: float) -> bool:
        return True

    def close(self) -> None:
        self._inner.close()


@contextmanager
def bound(elsewhere: Elsewhere, clock: VirtualClock) -> Iterator[Emulator]:
    emulator = Emulator(elsewhere, clock=clock)
    elsewhere.in_process = False
    try:
        yield emulator
    finally:
        emulator.unbind()
        elsewhere.close()


@pytest.fixture
def clock() -> Iterator[VirtualClock]:
    clock = VirtualClock()
    yield clock
    clock.close()


def worker(app: Ivr, clock: VirtualClock, delays: Iterator[float]) -> Elsewhere:
    """Let *app* answer at once, and a worker handle each webhook after the next of *delays*."""
    receive = app.receive

    def receive_later(event: str, *about: Any) -> int:
        if event.startswith("call.") or isinstance(app, Bot):
            clock.start_timer(next(delays), lambda: receive(event, *about))
        return 200

    app.receive = receive_later  # type: ignore[method-assign]
    return Elsewhere(open_app(app))


def played(
    receiver: type[Ivr], clock: VirtualClock, delays: Iterator[float], examples: int
) -> tuple[list[str], list[str], Run]:
    settings = Settings(examples=examples, seed=1)
    with bound(worker(receiver(), clock, delays), clock) as emulator:
        violations, unsure, run = play(emulator, None, settings, INVARIANTS)
    return [each.invariant.id for each in violations], unsure, run


@pytest.mark.parametrize("receiver", [Retrying, Bot])
def test_a_worker_that_takes_its_time_is_no_fault(receiver: type[Ivr], clock: VirtualClock) -> None:
    violations, unsure, run = played(receiver, clock, itertools.repeat(DELAY), examples=60)
    assert (violations, unsure) == ([], [])
    short, *others = lateness.limits(run)
    assert short.startswith("A worker of the app sends commands up to 1.5 s after the answer")
    assert f"called {run.examples} times in 54 s" in short
    assert others == []
    assert run.acted


def test_a_fault_of_a_worker_is_found(clock: VirtualClock) -> None:
    violations, unsure, _ = played(ActingTwice, clock, itertools.repeat(DELAY), examples=200)
    assert "acts-once-on-a-webhook" in violations
    assert unsure == []


def test_a_command_that_comes_later_than_was_waited_for_is_said(clock: VirtualClock) -> None:
    delays = itertools.cycle([*[DELAY] * 7, 2.3])
    violations, unsure, run = played(Retrying, clock, delays, examples=100)
    assert (violations, unsure) == ([], [])
    assert any("later than was waited for" in each for each in lateness.limits(run))
    assert run.doubtful


def test_if_most_simulations_are_doubtful_nothing_is_sure() -> None:
    run = Run(threads=AppElsewhere(SetClock(0.0), PATIENCE), examples=3, doubtful=2)
    (sentence,) = lateness.unsure(run)
    assert sentence.startswith("In 2 of 3 simulations, a command came later")
    assert list(lateness.limits(run)) == []


# How long is waited


@pytest.fixture
def waits() -> Callable[..., float]:
    """How many seconds an app is waited for, whose commands come after *commands* seconds each."""
    clock = SetClock(0.0)
    app = AppElsewhere(clock, PATIENCE)

    def wait(event: str, *commands: float, rehearsing: bool = False) -> float:
        app.rehearsing = rehearsing
        app.begin(event)
        app.answer("")
        for seconds in commands:
            clock.advance(seconds)
            assert app.hear()
        before = clock.seconds
        app.wait()
        return round(clock.seconds - before, 1)

    return wait


def test_the_first_command_of_all_is_waited_for_long(waits: Callable[..., float]) -> None:
    assert waits("call.initiated", rehearsing=True) == PATIENCE.late_effect


def test_a_command_may_come_half_a_second_later_than_ever(waits: Callable[..., float]) -> None:
    waits("call.initiated", DELAY, rehearsing=True)
    assert waits("call.initiated") == 2.0
    assert waits("call.answered") == 2.0  # nobody knows yet how late commands come here


def test_nothing_is_waited_for_where_no_command_comes(waits: Callable[..., float]) -> None:
    waits("call.initiated", DELAY, rehearsing=True)
    for _ in range(ENOUGH):
        assert waits("call.speak.started") == 2.0
    assert waits("call.speak.started") == 0.0
    assert waits("call.initiated") == 2.0


def test_a_quick_app_is_quickly_judged(waits: Callable[..., float]) -> None:
    waits("call.initiated", 0.01, rehearsing=True)
    assert waits("call.initiated") <= 0.1


def test_a_late_command_belongs_to_the_last_webhook_of_its_call(clock: VirtualClock) -> None:
    class Behind(Ivr):
        """Handles each webhook when the next one comes."""

        last: tuple[Any, ...] | None = None

        def receive(self, *about: Any) -> int:
            last, self.last = self.last, about
            return 200 if last is None else super().receive(*last)

    app = AppElsewhere(clock, PATIENCE)
    app.begin("call.initiated")
    clock.advance(DELAY)
    app.answer("")
    clock.advance(DELAY)
    app.hear()
    app.rehearsing = False
    with bound(Elsewhere(open_app(Behind())), clock) as emulator:
        stage = Stage(emulator, lambda stage: None, set(), app)
        People(stage).call(2)
        stage.stop_listening()
    first, second = stage.handlings[:2]
    assert [each.command.call for each in first.heard] == [first.call]
    assert [each.command.call for each in second.heard] == [second.call]
    assert stage.came_late
    assert app.late
