"""Memory stays flat: many deliveries take no more than few. ``benchmarks/memory.py`` sends more."""

from __future__ import annotations

import gc
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from telnyx_mock.emulator import Emulator
from telnyx_mock.fake_api import FakeApi
from telnyx_mock.fake_api.history import History, Latest
from telnyx_mock.journal import Folder, Journal
from telnyx_mock.transports.asgi import AsgiReceiver

pytestmark = pytest.mark.slow  # they start processes, or run long

SPEAK = "https://api.telnyx.com/v2/calls/{}/actions/speak"
EVENTS = ("call.initiated", "call.hangup", "message.received")


@pytest.fixture
def emulator() -> Iterator[Emulator]:
    made = Emulator()
    yield made
    made.unbind()


def blocks() -> int:
    """The number of blocks of memory that are in use; an object takes at least one."""
    gc.collect()
    return sys.getallocatedblocks()


@pytest.mark.parametrize("with_journal", [False, True])
def test_many_deliveries_take_no_more_than_few(
    emulator: Emulator, tmp_path: Path, with_journal: bool
) -> None:
    api = emulator.api
    memory = api.memory
    states = (memory.states._calls, memory.states._conferences, memory.repeats._answers)
    for each in (api.history, memory._states, memory._ended, memory._sent, *states):
        each.limit = 100
    api.periods._period_of.limit = 100

    async def app(scope: Any, receive: Any, send: Any) -> None:
        await receive()
        api.respond("POST", SPEAK.format(f"call {len(sent)}"), {}, b'{"client_state": "YQ=="}')
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": b""})

    sent: list[None] = []
    if with_journal:
        _, file = Folder(tmp_path).begin("memory")
        emulator.journal = Journal(file, target={}, public_key=emulator.key.public_key)
    emulator.bind(AsgiReceiver(app))
    taken = []
    for number in range(3000):
        emulator.send(EVENTS[number % len(EVENTS)]).assert_accepted()
        sent.append(None)
        if number in (999, 2999):
            taken.append(blocks())
    if isinstance(emulator.journal, Journal):
        emulator.journal.close()
    assert taken[1] - taken[0] < 1000  # half a block for each delivery


def test_a_history_forgets_the_oldest_and_goes_on_counting() -> None:
    history: History[int] = History(10)
    for number in range(25):
        history.append(number)
    assert history[-10:] == list(range(15, 25))
    assert len(history) + history.forgotten == history.position == 25
    assert history.since(23) == (23, 24)
    assert history.since(0) == tuple(history)
    history.clear()
    history.append(7)
    assert (history, history.forgotten, history.since(25)) == ([7], 0, (7,))


def test_a_history_forgets_by_size_too() -> None:
    history: History[int] = History(100, 1000)
    for number in range(40):
        history.append(number, 100)
    assert 10 <= len(history) <= 11
    assert history[-1] == 39
    history.append(40, 5000)
    assert history == [40]


def test_the_latest_keys_are_kept() -> None:
    latest: Latest[int] = Latest(2)
    for number in range(4):
        latest[str(number)] = number
    assert latest.setdefault("2", 9) == 2
    assert latest.setdefault("4", 4) == 4
    assert latest == {"3": 3, "4": 4}


def test_forgotten_commands_are_told() -> None:
    api = FakeApi()
    api.history.limit = 10
    for number in range(11):
        api.respond("POST", SPEAK.format(number), {}, b"")
    assert len(api.commands) == 11
    api.respond("POST", SPEAK.format(11), {}, b"")
    with pytest.warns(UserWarning, match=r"Only the last 10 commands are kept, and 2 earlier ones"):
        assert len(api.commands) == 10
    api.clear()
    assert api.commands == []
