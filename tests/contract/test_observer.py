"""The observer sees early, late and repeated effects, waits no longer than it must, and sees idleness."""

from __future__ import annotations

import itertools
from collections.abc import Iterator

import pytest

from telnyx_mock.contract.effects.effects import Effects
from telnyx_mock.contract.effects.effects_observer import Observer
from telnyx_mock.contract.effects.probe import Probe
from telnyx_mock.emulator import Emulator
from telnyx_mock.errors import UsageError
from telnyx_mock.fake_api.command import Command
from telnyx_mock.patience import PATIENCE
from telnyx_mock.payload.request import Request
from telnyx_mock.transports.receiver import Response
from tests.contract.virtual_clock import VirtualClock

CALL = "https://api.telnyx.com/v2/calls/c1/actions"


class Silent:
    """A receiver that is never sent to here."""

    url = "http://localhost/"

    def __init__(self, *, in_process: bool) -> None:
        self.in_process = in_process

    def send(self, request: Request, *, timeout: float) -> Response:
        raise NotImplementedError

    def wait_until_idle(self, timeout: float) -> bool:
        return True

    def close(self) -> None:
        pass


class World:
    """An observer on a virtual clock, and what a receiver may do on it."""

    def __init__(self) -> None:
        self.clock = VirtualClock()
        self.rows: list[int] = []
        self.emulators: list[Emulator] = []

    def observer(self, probe: Probe | None = None, *, in_process: bool = True) -> Observer:
        emulator = Emulator(Silent(in_process=in_process), clock=self.clock)
        self.api = emulator.api
        self.emulators.append(emulator)
        return Observer(emulator, probe, PATIENCE)

    def read(self) -> list[int]:
        return self.rows

    def book(self) -> None:
        self.rows.append(len(self.rows))

    def command(self, action: str = "answer", method: str = "POST", body: bytes = b"") -> None:
        self.api.respond(method, f"{CALL}/{action}", {}, body)

    def book_every(self, seconds: float) -> None:
        self.book()
        self.clock.start_timer(seconds, lambda: self.book_every(seconds))


@pytest.fixture
def world() -> Iterator[World]:
    world = World()
    yield world
    for emulator in world.emulators:
        emulator.unbind()
    world.clock.close()


def test_commands_and_changes_after_sending_are_the_effects(world: World) -> None:
    observer = world.observer(world.read)
    world.command("hangup")
    world.book()

    def send() -> str:
        world.command()
        world.book()
        world.book()
        return "sent"

    sent, effects = observer.observe(send)
    assert (sent, effects.names(), effects.changed, effects.growth) == (
        "sent",
        ("answer",),
        True,
        2,
    )


def test_a_command_that_only_reads_is_no_effect(world: World) -> None:
    observer = world.observer()
    assert not observer.observe(lambda: world.command(method="GET"))[1]


def test_all_effects_in_the_time_are_seen_unless_the_first_is_enough(world: World) -> None:
    until: dict[str, bool] = {"until_seen": True}
    for options, growth in (({}, 2), (until, 1)):
        observer = world.observer(world.read)
        for seconds in (1, 3):
            world.clock.start_timer(seconds, world.book)
        _, effects = observer.observe(lambda: None, seconds=5, **options)
        assert effects.growth == growth
        world.clock.sleep(5)


def test_without_a_time_to_wait_the_effects_are_read_once(world: World) -> None:
    observer = world.observer(world.read)
    assert observer.observe(world.book)[1].growth == 1
    assert world.clock.seconds == 0


def test_the_probe_is_not_read_where_only_commands_count(world: World) -> None:
    observer = world.observer(world.read)
    assert not observer.observe(world.book, probed=False)[1]


def test_a_look_up_that_costs_money_is_an_effect(world: World) -> None:
    observer = world.observer()

    def look_up() -> None:
        world.api.respond("GET", "https://api.telnyx.com/v2/number_lookup/+13125550100", {}, b"")

    assert observer.observe(look_up)[1].names() == ("number_lookup.get",)


def test_a_receiver_in_process_without_threads_needs_no_waiting(world: World) -> None:
    observer = world.observer()
    observer.observe(lambda: None, seconds=9)
    assert observer.wait_until_idle()
    assert world.clock.seconds == 0


@pytest.mark.parametrize("in_process", [True, False])
def test_a_command_that_a_thread_sends_is_waited_for(world: World, in_process: bool) -> None:
    observer = world.observer(in_process=in_process)
    _, effects = observer.observe_soon(lambda: world.clock.start_timer(0.5, world.command))
    assert effects.names() == ("answer",)
    assert 0.5 <= world.clock.seconds < 0.6, "it is not waited for longer"


def test_an_effect_that_comes_too_late_is_not_seen(world: World) -> None:
    observer = world.observer(world.read)
    _, effects = observer.observe_soon(lambda: world.clock.start_timer(1, world.book))
    assert not effects
    assert PATIENCE.effect <= world.clock.seconds < 1


def test_the_late_effect_of_a_worker_is_seen(world: World) -> None:
    observer = world.observer(world.read)
    assert observer.observe_late(lambda: world.clock.start_timer(4, world.book))[1]


def test_all_effects_are_seen_until_the_receiver_is_idle(world: World) -> None:
    def send() -> None:
        for seconds in (0.1, 1, 2.4):
            world.clock.start_timer(seconds, world.book)

    _, effects = world.observer(world.read).observe_until_idle(send)
    assert effects.growth == 3
    assert world.clock.seconds >= 2.4 + PATIENCE.idle


def test_a_receiver_that_acts_all_the_time_never_becomes_idle(world: World) -> None:
    observer = world.observer(world.read)
    world.book_every(1)
    assert not observer.wait_until_idle()
    assert world.clock.seconds >= PATIENCE.until_idle


def test_effects_are_certain_if_nothing_but_the_request_can_have_caused_them(world: World) -> None:
    sent, effects = world.observer().observe_if_alone(world.command)
    assert sent is None
    assert effects is not None
    assert effects.names() == ("answer",)
    assert world.observer(world.read).observe_if_alone(world.command)[1] is None
    assert world.observer(in_process=False).observe_if_alone(world.command)[1] is None


def test_effects_are_not_certain_beside_a_thread_that_ends_or_begins_meanwhile(
    world: World,
) -> None:
    observer = world.observer()
    world.clock.start_timer(1, world.command)
    assert observer.observe_if_alone(lambda: world.clock.sleep(2))[1] is None
    assert observer.observe_if_alone(lambda: world.clock.start_timer(1, world.command))[1] is None


def test_a_probe_that_changes_without_a_webhook_is_the_users_mistake(world: World) -> None:
    world.observer(world.read).require_stable_probe()
    with pytest.raises(UsageError, match="a different snapshot each time"):
        world.observer(itertools.count().__next__).require_stable_probe()


def test_effects_show_of_an_app_in_process_or_through_a_probe(world: World) -> None:
    assert world.observer().sees_effects
    assert world.observer(world.read, in_process=False).sees_effects
    assert not world.observer(in_process=False).sees_effects


# Effects


def commands(*actions: str) -> tuple[Command, ...]:
    return tuple(Command.read("POST", f"{CALL}/{each}", {}, b"", 0) for each in actions)


@pytest.mark.parametrize(
    ("actions", "changed", "mild"),
    [
        (("answer",), False, True),
        (("answer", "hangup", "reject"), False, True),
        (("answer", "hangup", "reject", "speak"), False, False),
        (("speak",), False, False),
        (("answer",), True, False),
        ((), True, False),
    ],
)
def test_only_commands_that_telnyx_carries_out_once_are_mild(
    actions: tuple[str, ...], changed: bool, mild: bool
) -> None:
    assert Effects(commands(*actions), changed).is_mild is mild


def test_effects_in_words() -> None:
    assert not Effects()
    assert Effects().words() == ""
    assert Effects().growth == 0
    acted = Effects(commands("speak", "answer", "speak"))
    assert acted.words() == "the receiver sent the command speak and answer"
    assert Effects(changed=True).words() == "the data that the probe reads changed"
    assert Effects(commands("speak"), changed=True).words() == (
        "the receiver sent the command speak and the data that the probe reads changed"
    )


def answers(*ids: str | None) -> Effects:
    """The effects of one command for each of *ids*, its command id."""
    bodies = (b"" if id_ is None else b'{"command_id": "%s"}' % id_.encode() for id_ in ids)
    return Effects(tuple(Command.read("POST", f"{CALL}/answer", {}, body, 0) for body in bodies))


def test_a_command_id_that_was_sent_before_is_no_second_effect() -> None:
    assert not answers("a").beyond(answers("a"))
    assert answers("b").beyond(answers("a"))
    assert answers(None).beyond(answers(None))


def test_more_effects_than_usual_are_noticed() -> None:
    assert answers(None, None).exceeds(answers(None))
    assert not answers("a", "a").exceeds(answers("a"))
    assert not answers(None).exceeds(Effects()), "one effect is no second one"
    assert Effects(changed=True, growth=2).exceeds(Effects(changed=True, growth=1))
    assert not Effects(changed=True, growth=2).exceeds(Effects(changed=True))
