"""A test asserts what the app sent to Telnyx; a failure shows the nearest command and what differs."""

from __future__ import annotations

import json
import threading
from dataclasses import dataclass
from typing import Any

import pytest

from telnyx_mock.errors import ReceiverFailure, UsageError
from telnyx_mock.fake_api import FakeApi
from telnyx_mock.provider_urls import API_HOST


def send(api: FakeApi, path: str, **parameters: Any) -> None:
    api.respond("POST", f"https://{API_HOST}/v2/{path}", {}, json.dumps(parameters).encode())


@pytest.fixture
def talked(api: FakeApi) -> FakeApi:
    """The commands of an app that answers a call, speaks twice, and sends a message."""
    send(api, "calls/v3:a/actions/answer")
    send(api, "calls/v3:a/actions/speak", payload="Welcome", voice="female")
    send(api, "calls/v3:a/actions/speak", payload="Good bye", voice="female")
    send(api, "messages", to="+13125550142", **{"from": "+13125550199"}, text="Thanks")
    return api


@dataclass
class Ringing:
    call_control_id: str


def test_what_came_is_returned(talked: FakeApi) -> None:
    assert talked.assert_called("speak").parameters["payload"] == "Good bye"
    assert talked.assert_called("speak", payload="Welcome").call == "v3:a"
    assert talked.assert_called("messages.send", from_="+13125550199", text="Thanks")
    assert talked.assert_called_once("answer", call="v3:a")
    assert talked.assert_called_once("answer", call=Ringing("v3:a"))
    talked.assert_not_called("hangup")
    talked.assert_not_called("answer", call="v3:b")
    talked.assert_order("answer", "speak", "speak", "messages.send")
    talked.assert_order("answer", "speak", call="v3:a")


@pytest.mark.parametrize(
    ("wanted", "message"),
    [
        (
            {"name": "speak", "payload": "Hello"},
            "The app sent no command speak with payload='Hello'. The nearest is "
            "speak(payload='Good bye', voice='female'): payload is 'Good bye', not 'Hello'.",
        ),
        (
            {"name": "speak", "call": "v3:b", "payload": "Welcome"},
            "The app sent no command speak for the call v3:b with payload='Welcome'. The nearest is "
            "speak(payload='Welcome', voice='female'): it is for the call v3:a.",
        ),
        (
            {"name": "answer", "client_state": "YQ=="},
            "The app sent no command answer with client_state='YQ=='. The nearest is answer(): it has "
            "no client_state.",
        ),
        (
            {"name": "hangup"},
            "The app sent no command hangup. It sent answer, speak, speak, messages.send.",
        ),
    ],
)
def test_a_failure_shows_the_nearest_command_and_the_difference(
    talked: FakeApi, wanted: dict[str, Any], message: str
) -> None:
    with pytest.raises(ReceiverFailure) as failed:
        talked.assert_called(**wanted)
    assert str(failed.value) == message


def test_no_command_at_all_is_said_to_be_so(api: FakeApi) -> None:
    api.assert_not_called()
    with pytest.raises(ReceiverFailure, match=r"no command answer. It sent none at all"):
        api.assert_called("answer")


def test_twice_is_not_once(talked: FakeApi) -> None:
    with pytest.raises(ReceiverFailure, match="sent the command speak 2 times"):
        talked.assert_called_once("speak")


def test_what_should_not_come_is_shown(talked: FakeApi) -> None:
    with pytest.raises(ReceiverFailure, match=r"speak\(payload='Welcome', voice='female'\), which"):
        talked.assert_not_called("speak")
    with pytest.raises(ReceiverFailure, match=r"answer\(\), which it should not send"):
        talked.assert_not_called()


def test_another_order_is_a_failure(talked: FakeApi) -> None:
    with pytest.raises(ReceiverFailure, match="no command answer after speak; the order should be"):
        talked.assert_order("speak", "answer")
    with pytest.raises(ReceiverFailure, match=r"no command messages.send"):
        talked.assert_order("messages.send", call="v3:a")
    with pytest.raises(UsageError, match="Name the commands"):
        talked.assert_order()


def test_it_waits_for_a_command_of_a_thread() -> None:
    api = FakeApi()
    timer = threading.Timer(0.1, send, (api, "calls/v3:a/actions/answer"))
    timer.start()
    assert api.wait_for("answer", call="v3:a", timeout=20).name == "answer"
    timer.join()


def test_it_does_not_wait_for_ever(talked: FakeApi) -> None:
    with pytest.raises(ReceiverFailure, match=r"no command hangup within 2 s. It sent answer"):
        talked.wait_for("hangup")


def test_what_an_assertion_describes_is_expected_and_nothing_else(api: FakeApi) -> None:
    api.assert_nothing_else()
    send(api, "calls/v3:a/actions/answer")
    send(api, "calls/v3:b/actions/answer")
    api.respond("GET", f"https://{API_HOST}/v2/calls/v3:a", {}, b"")
    api.assert_called("answer", call="v3:a")
    with pytest.raises(
        ReceiverFailure, match=r"expect: answer\(\). It expects answer for the call v3:a"
    ):
        api.assert_nothing_else()
    api.expect("answer", call="v3:b")
    api.expect("hangup")
    api.assert_nothing_else()
    send(api, "messages", text="x")
    with pytest.raises(ReceiverFailure, match="answer for the call v3:b, hangup"):
        api.assert_nothing_else()
    api.clear()
    send(api, "calls/v3:a/actions/answer")
    with pytest.raises(ReceiverFailure, match="It expects none"):
        api.assert_nothing_else()


def test_a_long_value_is_cut(api: FakeApi) -> None:
    send(api, "calls/v3:a/actions/speak", payload="x" * 5000, voice="female")
    with pytest.raises(ReceiverFailure) as failed:
        api.assert_called("speak", payload="Hello")
    assert len(str(failed.value)) < 800


def test_a_prepared_answer_has_further_headers(api: FakeApi) -> None:
    api.answer_with("POST", "/v2/messages", status=429, headers={"retry-after": "2"}, times=1)
    refused = api.respond("POST", f"https://{API_HOST}/v2/messages", {}, b"")
    assert (refused.status, dict(refused.headers)["retry-after"]) == (429, "2")
    assert json.loads(refused.body)["errors"][0]["code"] == "10011"
