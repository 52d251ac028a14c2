"""The official SDK parses the answers of the fake API strictly: the shapes are true."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from telnyx import Telnyx

from telnyx_mock.fake_api import FakeApi, Interceptors
from telnyx_mock.payload.webhook import sample

ASKED: dict[str, Callable[[Telnyx], Any]] = {
    "chat completion": lambda it: it.ai.openai.chat.create_completion(messages=[]),
    "summary": lambda it: it.ai.summarize(bucket="b", filename="f"),
    "transcription": lambda it: it.ai.audio.transcribe(model="distil-whisper/distil-large-v2"),
    "assistant": lambda it: it.ai.assistants.retrieve("a1"),
    "assistants": lambda it: it.ai.assistants.list(),
    "new assistant": lambda it: it.ai.assistants.create(instructions="x", model="m", name="n"),
    "chat": lambda it: it.ai.assistants.chat("a1", content="hi", conversation_id="c"),
    "look-up": lambda it: it.number_lookup.retrieve("+13125550142"),
    "verification": lambda it: it.verifications.retrieve("v1"),
    "new verification": lambda it: it.verifications.trigger_sms(
        phone_number="+13125550142", verify_profile_id="p"
    ),
    "verify": lambda it: it.verifications.actions.verify("v1", code="1"),
    "verify by number": lambda it: it.verifications.by_phone_number.actions.verify(
        "+13125550142", code="1", verify_profile_id="p"
    ),
    "numbers": lambda it: it.phone_numbers.list(),
    "number": lambda it: it.phone_numbers.retrieve("1"),
    "new number order": lambda it: it.number_orders.create(phone_numbers=[]),
    "number order": lambda it: it.number_orders.retrieve("o1"),
    "porting order": lambda it: it.porting_orders.retrieve("o1"),
    "SIM card": lambda it: it.sim_cards.retrieve("s1"),
    "new room": lambda it: it.rooms.create(unique_name="r"),
    "room token": lambda it: it.rooms.actions.generate_join_client_token("r1"),
    "recording": lambda it: it.recordings.retrieve("r1"),
    "recordings": lambda it: it.recordings.list(),
    "new conference": lambda it: it.conferences.create(call_control_id="v3:a", name="c"),
    "conferences": lambda it: it.conferences.list(),
    "join": lambda it: it.conferences.actions.join("c1", call_control_id="v3:a"),
    "new fax": lambda it: it.faxes.create(connection_id="1", from_="+1", to="+2"),
    "fax": lambda it: it.faxes.retrieve("f1"),
    "message": lambda it: it.messages.retrieve("m1"),
    "call": lambda it: it.calls.retrieve_status("v3:a"),
    "queue": lambda it: it.queues.retrieve("support"),
    "AI gather": lambda it: it.calls.actions.gather_using_ai("v3:a", parameters={}),
}


@pytest.fixture
def sdk(interceptors: Interceptors) -> Telnyx:
    return Telnyx(api_key="KEY", _strict_response_validation=True, max_retries=0)


@pytest.mark.parametrize("ask", ASKED.values(), ids=ASKED)
def test_the_sdk_parses_the_answer(sdk: Telnyx, api: FakeApi, ask: Callable[[Telnyx], Any]) -> None:
    assert ask(sdk) is not None
    assert api.unmodelled == []


def test_an_answer_repeats_what_the_app_said(sdk: Telnyx) -> None:
    room = sdk.rooms.create(unique_name="mine").data
    assert room is not None
    assert room.unique_name == "mine"
    assert sdk.number_lookup.retrieve("+13125550142").data.phone_number == "+13125550142"
    assert [each.name for each in sdk.conferences.list(filter={"name": "mine"})] == ["mine"]
    assert sdk.queues.retrieve("sales").data.name == "sales"
    assert sdk.verifications.actions.verify("v1", code="1").data.response_code == "accepted"


def test_a_call_is_alive_until_it_ends(sdk: Telnyx, api: FakeApi) -> None:
    assert sdk.calls.retrieve_status("v3:a").data.is_alive
    api.memory.note_webhook(sample("call.hangup", call_control_id="v3:a").fresh())
    status = sdk.calls.retrieve_status("v3:a").data
    assert (status.call_control_id, status.is_alive) == ("v3:a", False)


def test_what_is_not_modelled_is_noted(sdk: Telnyx, api: FakeApi) -> None:
    sdk.get("/unheard_of", cast_to=object)
    assert [command.path for command in api.unmodelled] == ["/v2/unheard_of"]
