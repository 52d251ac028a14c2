"""A command with the ``command_id`` of an earlier command for its call counts once in 60 s."""

from __future__ import annotations

import json
import threading
from typing import Any

import pytest

from telnyx_mock.clock import SetClock
from telnyx_mock.emulator import Emulator
from telnyx_mock.errors import ReceiverFailure
from telnyx_mock.fake_api import FakeApi
from telnyx_mock.payload.webhook import sample
from telnyx_mock.provider_urls import API_HOST
from telnyx_mock.transports.app_kind import open_app
from tests.simulator.app import App

CALL = "v3:one"
SPEAK = f"/v2/calls/{CALL}/actions/speak"
HELLO = {"payload": "hi", "voice": "female"}
DIAL = {"connection_id": "1", "from": "+13125550199", "to": "+13125550100"}


@pytest.fixture
def clock() -> SetClock:
    return SetClock(1_700_000_000)


@pytest.fixture
def api(clock: SetClock) -> FakeApi:
    return FakeApi(clock)


def ask(api: FakeApi, path: str = SPEAK, **given: Any) -> tuple[int, Any]:
    made = api.respond("POST", f"https://{API_HOST}{path}", {}, json.dumps(given).encode())
    return made.status, json.loads(made.body)


def counting(api: FakeApi) -> list[str]:
    return [command.name for command in api.commands if not command.is_repeat]


def test_the_second_is_answered_like_the_first_and_sets_nothing(api: FakeApi) -> None:
    first = ask(api, "/v2/calls", **DIAL, command_id="a")
    assert ask(api, "/v2/calls", **DIAL, command_id="a") == first
    assert ask(api, "/v2/calls", **DIAL, command_id="b") != first
    ask(api, **HELLO, command_id="a", client_state="YQ==")
    assert ask(api, **HELLO, command_id="a", client_state="Yg==")[0] == 200
    later = api.memory.carry(sample("call.speak.ended", call_control_id=CALL).fresh())
    assert later.payload.get("client_state") == "YQ=="
    assert [command.is_repeat for command in api.commands] == [False, True, False, False, True]


def test_an_id_counts_for_each_call_and_whatever_the_command(api: FakeApi) -> None:
    other = SPEAK.replace(CALL, "v3:other")
    for path in (SPEAK, other, f"/v2/calls/{CALL}/actions/hangup"):
        assert ask(api, path, **HELLO, command_id="a")[0] == 200
    assert [command.is_repeat for command in api.commands] == [False, False, True]


@pytest.mark.parametrize(("seconds", "counts"), [(59.9, False), (60.0, True), (600.0, True)])
def test_an_id_counts_again_after_60_seconds(
    api: FakeApi, clock: SetClock, seconds: float, counts: bool
) -> None:
    ask(api, **HELLO, command_id="a")
    clock.advance(seconds)
    ask(api, **HELLO, command_id="a")
    assert len(counting(api)) == 1 + counts


@pytest.mark.parametrize("status", [422, 429, 503, None, "reset"])
def test_a_command_that_failed_may_come_again(api: FakeApi, status: Any) -> None:
    api.answer_with("POST", SPEAK, status=status, times=1)
    url = f"https://{API_HOST}{SPEAK}"
    api.exchange("POST", url, {}, json.dumps({**HELLO, "command_id": "a"}).encode())
    assert ask(api, **HELLO, command_id="a")[0] == 200
    assert counting(api) == ["speak", "speak"]
    assert ask(api, **HELLO, command_id="a")[0] == 200
    assert counting(api) == ["speak", "speak"]


def test_a_fault_meets_a_command_that_comes_again(api: FakeApi) -> None:
    ask(api, **HELLO, command_id="a")
    api.answer_with("POST", SPEAK, status=503, times=1)
    assert [ask(api, **HELLO, command_id="a")[0] for _ in range(2)] == [503, 200]
    assert counting(api) == ["speak"]


def test_of_many_at_once_one_counts(api: FakeApi) -> None:
    def speak() -> None:
        ask(api, **HELLO, command_id="a")

    threads = [threading.Thread(target=speak) for _ in range(16)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (len(api.commands), len(counting(api))) == (16, 1)


def test_assertions_do_not_count_what_telnyx_ignores(api: FakeApi) -> None:
    for _ in range(2):
        ask(api, **HELLO, command_id="a")
    ask(api, f"/v2/calls/{CALL}/actions/hangup", command_id="a")
    api.assert_called_once("speak", call=CALL)
    api.assert_not_called("hangup")
    with pytest.raises(ReceiverFailure, match=r"speak after speak"):
        api.assert_order("speak", "speak")
    with pytest.raises(ReceiverFailure, match=r"hangup.*it repeats the command_id 'a', so Telnyx"):
        api.assert_called("hangup")


def test_a_repeated_command_has_no_effect_on_a_simulated_call() -> None:
    def answers_twice(app: App, event: str, payload: dict[str, Any]) -> None:
        if event == "call.initiated":
            app.do("answer", payload, command_id="answer")
        elif event == "call.answered":
            app.do("speak", payload, **HELLO, command_id="hello")
            app.do("speak", payload, **HELLO, command_id="hello")
        elif event == "call.dtmf.received":
            app.do("speak", payload, **HELLO, command_id="hello")

    receiver = open_app(app := App(answers_twice))
    telnyx = Emulator(receiver)
    try:
        call = telnyx.call()
        assert set(app.statuses) == {200}
        assert call.heard == ["hi"]
        assert "(ignored: the command_id 'hello' was used before)" in call.transcript
        call.stay_silent(61)
        app.post(f"/v2/calls/{call.call_control_id}/actions/speak", **HELLO, command_id="hello")
        assert call.heard == ["hi", "hi"]
    finally:
        telnyx.unbind()
        receiver.close()
