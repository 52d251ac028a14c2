"""The fake API remembers the client state and the end of each call, for later webhooks and commands."""

from __future__ import annotations

import json
from typing import Any

import pytest

from telnyx_mock.contract.engine.provoker import Provoker, provoker
from telnyx_mock.fake_api import FakeApi
from telnyx_mock.payload.webhook import Webhook, sample
from telnyx_mock.provider_urls import API_HOST
from telnyx_mock.schema.json_values import ABSENT

CALL = "v3:one"
OF_CALL = f"/v2/calls/{CALL}/actions"
HELLO = {"payload": "hi", "voice": "female"}
DIAL = {"connection_id": "1", "from": "+13125550199", "to": "+13125550100"}


def ask(api: FakeApi, path: str, method: str = "POST", **parameters: Any) -> Any:
    made = api.respond(method, f"https://{API_HOST}{path}", {}, json.dumps(parameters).encode())
    return made.status, json.loads(made.body)


def carried(api: FakeApi, name: str = "call.answered", call: str = CALL, **given: Any) -> Webhook:
    return api.memory.carry(sample(name, call_control_id=call, **given).fresh())


def state(webhook: Webhook) -> object:
    return webhook.payload.get("client_state", ABSENT)


def test_a_call_that_nobody_touched_has_no_state(api: FakeApi) -> None:
    ask(api, f"{OF_CALL}/answer")
    ask(api, "/v2/calls/v3:other/actions/answer", client_state="YQ==")
    assert state(carried(api)) is None


def test_later_webhooks_carry_the_latest_state(api: FakeApi) -> None:
    ask(api, f"{OF_CALL}/answer", client_state="YQ==")
    assert state(carried(api)) == "YQ=="
    ask(api, f"{OF_CALL}/speak", payload="hi")
    assert state(carried(api, "call.speak.started")) == "YQ=="
    ask(api, f"{OF_CALL}/client_state_update", method="PUT", client_state="Yg==")
    assert state(carried(api, "call.speak.ended")) == "Yg=="
    ask(api, "/v2/conferences", call_control_id=CALL, name="room", client_state="Yw==")
    assert state(carried(api, "conference.participant.joined")) == "Yw=="


def test_a_call_that_was_dialled_carries_the_state_of_its_dial(api: FakeApi) -> None:
    _, body = ask(api, "/v2/calls", **DIAL, client_state="YQ==")
    assert state(carried(api, call=body["data"]["call_control_id"])) == "YQ=="
    api.answer_with("POST", "/v2/calls", body={})
    ask(api, "/v2/calls", client_state="YQ==")


@pytest.mark.parametrize("status", [422, 500])
def test_a_command_that_failed_sets_nothing(api: FakeApi, status: int) -> None:
    with api.failing(status):
        ask(api, f"{OF_CALL}/answer", client_state="YQ==")
    assert state(carried(api)) is None


@pytest.mark.parametrize("own", [None, ABSENT, "Yg=="])
def test_a_webhook_keeps_a_state_that_the_user_gave(api: FakeApi, own: Any) -> None:
    ask(api, f"{OF_CALL}/answer", client_state="YQ==")
    assert state(carried(api, client_state=own)) == own


def test_a_webhook_without_the_field_gets_none(api: FakeApi) -> None:
    webhook = sample("message.received").fresh()
    assert api.memory.carry(webhook) is webhook


def test_a_redelivery_has_the_state_of_the_first_delivery(api: FakeApi) -> None:
    webhook = sample("call.initiated", call_control_id=CALL).fresh()
    assert state(api.memory.carry(webhook)) is None
    ask(api, f"{OF_CALL}/answer", client_state="YQ==")
    assert state(api.memory.carry(webhook)) is None
    assert state(carried(api)) == "YQ=="


def test_a_failure_from_a_carried_state_is_not_blamed_on_the_app(api: FakeApi) -> None:
    ask(api, f"{OF_CALL}/answer", client_state="YQ==")
    assert provoker(carried(api), ["payload.client_state"]) == Provoker()
    assert provoker(carried(api, client_state="YQ=="), ["payload.client_state"]) != Provoker()


def test_a_command_for_a_call_that_has_ended_is_refused(api: FakeApi) -> None:
    assert ask(api, f"{OF_CALL}/speak", **HELLO)[0] == 200
    api.memory.note_webhook(sample("call.hangup", call_control_id=CALL).fresh())
    status, body = ask(api, f"{OF_CALL}/speak", client_state="YQ==")
    assert (status, body["errors"][0]["code"]) == (422, "90018")
    api.memory.note_webhook(sample("call.answered", call_control_id="v3:other").fresh())
    assert ask(api, "/v2/calls/v3:other/actions/speak", **HELLO)[0] == 200
    assert ask(api, f"/v2/calls/{CALL}", method="GET")[0] == 200
    api.answer_with("POST", f"{OF_CALL}/speak", status=200)
    assert ask(api, f"{OF_CALL}/speak")[0] == 200
    api.clear()
    assert ask(api, f"{OF_CALL}/answer")[0] == 200


def test_a_call_may_end_before_a_webhook_says_so(api: FakeApi) -> None:
    api.memory.note_end(CALL)
    assert ask(api, f"{OF_CALL}/speak", payload="hi")[0] == 422


def test_a_message_to_who_has_opted_out_is_refused(api: FakeApi) -> None:
    api.memory.opted_out.add(("+13125550199", "+13125550142"))
    given = {"to": "+13125550142", "from": "+13125550199", "text": "hi"}
    refused = ask(api, "/v2/messages", **given)
    assert (refused[0], refused[1]["errors"][0]["code"]) == (400, "40300")
    assert ask(api, "/v2/messages", **{**given, "from": "+13125550198"})[0] == 200
    assert ask(api, "/v2/messages", **{**given, "to": "+13125550143"})[0] == 200
    api.clear()
    assert ask(api, "/v2/messages", **given)[0] == 200
