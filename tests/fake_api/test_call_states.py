"""The fake API refuses the commands that Telnyx refuses for the state of a call."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import unquote

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from telnyx_mock.clock import SetClock
from telnyx_mock.fake_api import FakeApi
from telnyx_mock.fake_api.call_states import NEEDS_ANSWER
from telnyx_mock.payload.webhook import sample
from telnyx_mock.provider_urls import API_HOST

CALL, OTHER = "v3:one", "v3:other"

WITH_PARAMETERS: dict[str, dict[str, Any]] = {
    "speak": {"payload": "hi", "voice": "female"},
    "gather_using_speak": {"payload": "hi", "voice": "female"},
    "transfer": {"to": "+13125550142"},
    "bridge": {"call_control_id": OTHER},
    "record_start": {"channels": "single", "format": "mp3"},
    "enqueue": {"queue_name": "support"},
}
"""The required parameters of commands."""


def code(api: FakeApi, action: str, call: str = CALL, **given: Any) -> str:
    """Return the code of the error that the command *action* gets, or "ok"."""
    return code_of(
        api, f"/v2/calls/{call}/actions/{action}", **WITH_PARAMETERS.get(action, {}), **given
    )


def code_of(api: FakeApi, path: str, **given: Any) -> str:
    made = api.respond("POST", f"https://{API_HOST}{path}", {}, json.dumps(given).encode())
    if made.status == 200:
        return "ok"
    assert made.status == 422
    [error] = json.loads(made.body)["errors"]
    return str(error["code"])


def tell(api: FakeApi, event: str, call: str = CALL, **fields: Any) -> None:
    api.memory.note_webhook(sample(event, call_control_id=call, **fields).fresh())


def dial(api: FakeApi) -> str:
    """Dial, and return the id of the call."""
    body = b'{"connection_id": "1", "from": "+1", "to": "+2"}'
    answer = api.respond("POST", f"https://{API_HOST}/v2/calls", {}, body)
    return str(json.loads(answer.body)["data"]["call_control_id"])


def test_nothing_is_refused_before_somebody_has_told_of_a_call(api: FakeApi) -> None:
    for call in (CALL, dial(api)):
        assert code(api, "speak", call) == "ok"
    api.memory.note_webhook(sample("message.received").fresh())
    assert code(api, "speak") == "ok"


LEG = "2dc6fc34-f9e0-11ea-b68e-02420a0f7768"
NO_IDS = [
    *(
        "None",
        "null",
        "undefined",
        "NaN",
        LEG,
        LEG.upper(),
        "+13125550142",
        "%5Bobject%20Object%5D",
    ),
    *("%7Bcall_control_id%7D", "$%7Bid%7D", ":call_control_id", "%3Cid%3E"),
]


@pytest.mark.parametrize("call", NO_IDS)
def test_what_is_no_id_of_a_call_is_refused_before_somebody_has_told_of_one(
    api: FakeApi, call: str
) -> None:
    assert code(api, "speak", call) == "90015"
    bridge = f"/v2/calls/{CALL}/actions/bridge"
    assert code_of(api, bridge, call_control_id=unquote(call)) == "90015"
    with api.isolated():  # as while the contract judges
        assert code(api, "speak", call) == "ok"


@pytest.mark.parametrize(
    "call", ["v3:abc", "v2:abc", "1", "abc", "call_control_id", "nano", "d{3}"]
)
def test_what_may_be_the_id_of_a_call_is_accepted_before_somebody_has_told_of_one(
    api: FakeApi, call: str
) -> None:
    assert code(api, "speak", call) == "ok"


def test_an_example_of_a_call_may_be_commanded(api: FakeApi) -> None:
    listed = api.respond("GET", f"https://{API_HOST}/v2/conferences/c/participants", {}, b"")
    assert code(api, "speak", json.loads(listed.body)["data"][0]["call_control_id"]) == "ok"


def test_a_test_may_give_a_call_any_id(api: FakeApi) -> None:
    tell(api, "call.answered", LEG)
    assert code(api, "speak", LEG) == "ok"
    assert code(api, "speak", LEG.replace("2", "3")) == "90015"


@pytest.mark.parametrize("path", ["/v2/calls//actions/speak", "/v2/calls/%20/actions/speak"])
def test_a_path_without_an_id_is_not_found(api: FakeApi, path: str) -> None:
    made = api.respond("POST", f"https://{API_HOST}{path}", {}, b"{}")
    assert (made.status, json.loads(made.body)["errors"][0]["code"]) == (404, "10005")


def test_a_dialled_call_follows_its_state_before_somebody_has_told_of_one(api: FakeApi) -> None:
    dialled, url = dial(api), f"https://{API_HOST}/v2/calls/"
    assert code(api, "fork_stop", dialled) == "90031"
    assert code(api, "transcription_start", dialled) == "ok"
    assert code(api, "transcription_start", dialled) == "90054"
    assert json.loads(api.respond("GET", url + dialled, {}, b"").body)["data"]["is_alive"]
    assert code(api, "hangup", dialled) == "ok"
    assert code(api, "speak", dialled) == code(api, "hangup", dialled) == "90018"
    assert not json.loads(api.respond("GET", url + dialled, {}, b"").body)["data"]["is_alive"]
    assert code(api, "speak", CALL) == code(api, "hangup", CALL) == "ok"
    assert code(api, "speak", CALL) == "ok"


def test_a_call_that_nobody_told_of_is_unknown(api: FakeApi) -> None:
    tell(api, "call.answered")
    assert code(api, "speak") == "ok"
    assert code(api, "speak", OTHER) == "90015"
    assert code(api, "answer", OTHER) == "90015"
    assert code(api, "bridge") == "90015"
    assert code_of(api, "/v2/conferences", call_control_id=OTHER, name="room") == "90015"
    made = api.respond("POST", f"https://{API_HOST}/v2/calls/{OTHER}/actions/hangup", {}, b"{}")
    assert json.loads(made.body)["errors"][0]["source"] == {"pointer": "/call_control_id"}
    assert api.respond("GET", f"https://{API_HOST}/v2/calls/{OTHER}", {}, b"").status == 200
    api.clear()
    assert code(api, "speak", OTHER) == "ok"


def test_a_call_is_known_by_any_webhook_that_names_it(api: FakeApi) -> None:
    tell(api, "call.answered")
    api.note_made(sample("call.initiated", call_control_id=OTHER).fresh())
    assert code(api, "speak", OTHER) == "ok"
    api.memory.note_webhook(sample("TexmlConferenceJoinWebhook", CallSid="v3:texml").fresh())
    assert code(api, "hangup", "v3:texml") == "ok"
    api.memory.states.note_begin("v3:simulated")
    assert code(api, "hangup", "v3:simulated") == "ok"


def test_more_webhooks_than_are_kept_make_no_call_unknown(api: FakeApi) -> None:
    webhook = sample("call.answered").fresh()
    for _ in range(1_001):
        api.memory.note_webhook(webhook)
    assert code(api, "speak", OTHER) == "ok"


@pytest.mark.parametrize("action", sorted(NEEDS_ANSWER))
def test_a_call_that_rings_takes_no_command_for_an_answered_call(api: FakeApi, action: str) -> None:
    tell(api, "call.answered", OTHER)
    tell(api, "call.initiated")
    assert code(api, action) == "90034"
    assert code(api, "answer") == "ok"
    tell(api, "call.initiated")  # a duplicate
    assert code(api, action, **({"audio_url": "x"} if "audio" in action else {})) in ("ok", "10004")


@pytest.mark.parametrize("event", ["call.answered", "call.bridged", "call.speak.ended"])
def test_a_call_rings_no_longer_once_another_webhook_tells_of_it(api: FakeApi, event: str) -> None:
    tell(api, "call.initiated")
    assert code(api, "speak") == "90034"
    tell(api, event)
    assert code(api, "speak") == "ok"
    tell(api, "call.initiated")
    assert code(api, "speak") == "ok"


def test_a_call_that_the_app_dialled_rings_until_it_is_answered(api: FakeApi) -> None:
    tell(api, "call.answered")
    dialled = dial(api)
    assert code(api, "speak", dialled) == "90034"
    assert code_of(api, f"/v2/calls/{CALL}/actions/bridge", call_control_id=dialled) == "90034"
    tell(api, "call.initiated", dialled)
    assert code(api, "speak", dialled) == "90034"
    tell(api, "call.answered", dialled)
    assert code(api, "speak", dialled) == "ok"


def test_a_call_that_has_ended_can_be_bridged_no_more(api: FakeApi) -> None:
    tell(api, "call.answered")
    tell(api, "call.hangup", OTHER)
    assert code(api, "bridge") == "90018"
    assert code(api, "hangup", OTHER) == "90018"


@pytest.mark.parametrize(
    ("start", "stop", "error", "ends"),
    [
        ("transcription_start", "transcription_stop", "90054", ""),
        ("ai_assistant_start", "ai_assistant_stop", "90061", "call.conversation.ended"),
        ("enqueue", "leave_queue", "90038", "call.dequeued"),
    ],
)
def test_what_has_begun_cannot_begin_again(
    api: FakeApi, start: str, stop: str, error: str, ends: str
) -> None:
    tell(api, "call.answered")
    for _ in range(2):
        assert [code(api, start), code(api, start), code(api, stop)] == ["ok", error, "ok"]
    if ends:
        assert code(api, start) == "ok"
        tell(api, ends)
        assert code(api, start) == "ok"


def test_a_call_may_be_in_another_queue_and_leaves_it_when_it_is_bridged(api: FakeApi) -> None:
    for call in (CALL, OTHER):
        tell(api, "call.answered", call)
        assert code(api, "enqueue", call) == "ok"
    path = f"/v2/calls/{CALL}/actions/enqueue"
    assert code_of(api, path, queue_name="sales") == "ok"
    assert code(api, "enqueue") == "ok"
    assert code(api, "bridge") == "ok"
    assert [code(api, "enqueue", call) for call in (CALL, OTHER)] == ["ok", "ok"]


def test_only_a_fork_that_may_run_can_stop(api: FakeApi) -> None:
    tell(api, "call.initiated")
    assert [code(api, "answer"), code(api, "fork_stop"), code(api, "fork_start")] == [
        "ok", "90031", "ok",
    ]  # fmt: skip
    assert [code(api, "fork_stop"), code(api, "fork_stop")] == ["ok", "90031"]
    tell(api, "call.answered", OTHER)  # nobody told how it began
    assert code(api, "fork_stop", OTHER) == "ok"


def test_a_conference_has_a_name_of_its_own_until_it_ends(api: FakeApi) -> None:
    def create(call: str = CALL) -> tuple[str, str]:
        given = json.dumps({"name": "room", "call_control_id": call}).encode()
        made = api.respond("POST", f"https://{API_HOST}/v2/conferences", {}, given)
        body = json.loads(made.body)
        return ("ok", body["data"]["id"]) if made.status == 200 else (body["errors"][0]["code"], "")

    for call in (CALL, OTHER):
        tell(api, "call.answered", call)
    assert [create()[0], create()[0]] == ["ok", "ok"]  # nobody knows whether the first goes on
    api.clear()
    for call in (CALL, OTHER):
        api.memory.states.note_begin(call)
        tell(api, "call.answered", call)
    result, conference = create()
    assert result == "ok"
    assert create(OTHER)[0] == "90033"
    join = f"/v2/conferences/{conference}/actions/join"
    assert code_of(api, join, call_control_id=OTHER) == "ok"
    tell(api, "conference.ended", conference_id=conference)
    assert code_of(api, join, call_control_id=OTHER) == "90019"
    assert create()[0] == "ok"
    tell(api, "call.hangup")
    assert create(OTHER)[0] == "ok"


def test_a_prepared_answer_goes_first_and_changes_the_state(api: FakeApi) -> None:
    tell(api, "call.initiated")
    api.answer_with("POST", f"/v2/calls/{CALL}/actions/answer", status=503, times=1)
    api.respond("POST", f"https://{API_HOST}/v2/calls/{CALL}/actions/answer", {}, b"{}")
    assert code(api, "speak") == "90034"
    api.answer_with("POST", f"/v2/calls/{CALL}/actions/answer")
    assert code(api, "answer") == "ok"
    assert code(api, "speak") == "ok"


def test_the_contract_looks_only_at_the_end_of_calls(api: FakeApi) -> None:
    with api.isolated():
        tell(api, "call.initiated")
        assert [code(api, "speak"), code(api, "speak", OTHER)] == ["ok", "ok"]
        tell(api, "call.hangup")
        assert code(api, "speak") == "90018"
    assert code(api, "speak", OTHER) == "ok"  # a thread of the app sends it late
    api.clear()
    tell(api, "call.answered")
    assert code(api, "speak", OTHER) == "90015"


STEPS = st.lists(
    st.tuples(
        st.sampled_from([CALL, OTHER]),
        st.sampled_from(
            ["call.initiated", "call.answered", "call.hangup", "answer", "speak", "hangup"]
        ),
    ),
    max_size=20,
)


@settings(max_examples=20)
@given(steps=STEPS)
def test_what_is_refused_follows_from_what_was_told(steps: list[tuple[str, str]]) -> None:
    api = FakeApi(SetClock(0))
    told: dict[str, list[str]] = {}
    for call, step in steps:
        before = told.get(call, [])
        if step.startswith("call."):
            tell(api, step, call)
            told.setdefault(call, []).append(step)
            continue
        seen = code(api, step, call)
        if not told:
            assert seen == "ok"
        elif "call.hangup" in before:
            assert seen == "90018"
        elif not before:
            assert seen == "90015"
        elif step == "speak" and set(before) == {"call.initiated"}:
            assert seen == "90034"
        else:
            assert seen == "ok"
        if seen == "ok" and step == "answer" and before:
            before.append(step)
