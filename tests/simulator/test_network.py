"""The simulated network sends the webhooks that commands and people cause, in Telnyx's order."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from telnyx_mock.simulator import assistants, commands, gathering, lifecycle, person
from telnyx_mock.simulator.leg import Leg
from tests.simulator.world import AGENT, APP, CALLER, World


@pytest.fixture
def world() -> Iterator[World]:
    made = World()
    yield made
    made.run()
    made.assert_valid()


# The life of a leg


def test_an_incoming_call_rings_until_the_app_answers(world: World) -> None:
    leg = world.ring()
    assert world.run() == ["call.initiated"]
    fields = world.last("call.initiated")
    assert (fields["from"], fields["to"], fields["direction"]) == (CALLER, APP, "incoming")
    assert leg.state == "ringing"
    world.command("answer", leg)
    assert world.run() == ["call.answered"]
    assert leg.state == "answered"


def test_a_leg_has_the_same_ids_in_all_its_webhooks_and_others_in_another_call(
    world: World,
) -> None:
    one, two = world.answered(), world.answered()
    for leg in (one, two):
        world.command("speak", leg, payload="hi")
        world.command("hangup", leg)
    world.run()
    names = ("call_control_id", "call_leg_id", "call_session_id")
    ids = {tuple(each.fields[name] for name in names) for each in world.sent}
    assert len(ids) == 2
    assert len({value for each in ids for value in each}) == 6


def test_every_webhook_carries_the_latest_client_state_of_its_leg(world: World) -> None:
    leg = world.ring()
    world.command("answer", leg, client_state="YQ==")
    world.command("speak", leg, payload="hi")
    world.run()
    world.command("client_state_update", leg, client_state="Yg==")
    world.command("hangup", leg)
    world.run()
    states = [each.fields["client_state"] for each in world.sent]
    assert states == [*["YQ=="] * 4, "Yg=="]  # nothing was sent before the first command


@pytest.mark.parametrize(
    ("given", "cause", "code"),
    [({"cause": "USER_BUSY"}, "user_busy", "486"), ({}, "call_rejected", "603")],
)
def test_the_app_may_reject_a_call(
    world: World, given: dict[str, str], cause: str, code: str
) -> None:
    leg = world.ring()
    world.command("reject", leg, **given)
    assert world.run() == ["call.initiated", "call.hangup"]
    fields = world.last("call.hangup")
    assert (fields["hangup_cause"], fields["sip_hangup_cause"]) == (cause, code)
    assert leg.state == "ended"


@pytest.mark.parametrize(
    ("answered", "cause"), [(True, "normal_clearing"), (False, "originator_cancel")]
)
def test_the_caller_may_hang_up(world: World, answered: bool, cause: str) -> None:
    leg = world.answered() if answered else world.ring()
    person.hangs_up(world.network, leg)
    assert world.run()[-1] == "call.hangup"
    fields = world.last("call.hangup")
    assert (fields["hangup_cause"], fields["hangup_source"]) == (cause, "caller")


def test_the_end_of_a_call_ends_its_media_first(world: World) -> None:
    leg = world.answered()
    world.command("streaming_start", leg, stream_url="wss://example.com/media")
    world.command("record_start", leg, format="mp3", channels="single")
    world.command("gather", leg)
    world.command("playback_start", leg, audio_url="https://example.com/a.mp3", loop="infinity")
    world.run()
    person.hangs_up(world.network, leg)
    assert world.run() == [
        "call.playback.ended",
        "call.gather.ended",
        "streaming.stopped",
        "call.hangup",
        "call.recording.saved",
    ]
    assert world.last("call.playback.ended")["status"] == "call_hangup"
    assert world.last("call.gather.ended")["status"] == "call_hangup"


def test_commands_that_come_too_early_or_late_do_nothing(world: World) -> None:
    leg = world.ring()
    world.command("speak", leg, payload="too early")
    world.command("answer", leg)
    world.command("answer", leg)
    assert world.run() == ["call.initiated", "call.answered"]
    world.command("speak", leg, payload="once")
    assert world.run() == ["call.speak.started", "call.speak.ended"]
    world.command("hangup", leg)
    world.command("speak", leg, payload="too late")
    assert world.run() == ["call.hangup"]
    notes = [
        f"{entry.text}{entry.detail}" for entry in world.network.entries if entry.kind == "note"
    ]
    assert notes == [
        "speak has no effect: nobody has answered the call",
        "answer has no effect: the call is answered already",
    ]


def test_a_call_goes_on_and_off_hold(world: World) -> None:
    leg = world.answered()
    lifecycle.hold(world.network, leg)
    assert leg.state == "held"
    lifecycle.unhold(world.network, leg)
    assert world.run() == ["call.hold", "call.unhold"]
    assert leg.state == "answered"


# Sounds


def test_speech_takes_time_and_waits_for_earlier_speech(world: World) -> None:
    leg = world.answered()
    world.command("speak", leg, payload="one two three four five")
    world.command("playback_start", leg, audio_url="https://example.com/a.mp3")
    began = world.network.now
    assert world.run() == [
        "call.speak.started",
        "call.speak.ended",
        "call.playback.started",
        "call.playback.ended",
    ]
    assert world.network.now - began > 7
    assert leg.heard == ["one two three four five", "https://example.com/a.mp3"]
    started, ended = (each.fields["speak_id"] for each in world.sent if "speak" in each.event)
    assert started == ended


def test_a_person_hears_ssml_without_its_tags(world: World) -> None:
    leg = world.answered()
    world.command("speak", leg, payload="<speak>Good <break/>day</speak>", payload_type="ssml")
    world.run()
    assert leg.heard == ["Good day"]


def test_music_plays_until_it_is_stopped(world: World) -> None:
    leg = world.answered()
    world.command("playback_start", leg, audio_url="https://example.com/a.mp3", loop="infinity")
    assert world.run() == ["call.playback.started"]
    assert world.wait(3600) == []
    world.command("playback_stop", leg)
    assert world.run() == ["call.playback.ended"]
    assert world.last("call.playback.ended")["status"] == "cancelled"


# Keys


@pytest.mark.parametrize(
    ("given", "keys", "digits", "status"),
    [
        ({"maximum_digits": 1}, "1", "1", "valid"),
        ({"maximum_digits": 3}, "12#", "12", "valid"),
        ({"maximum_digits": 3, "minimum_digits": 2}, "1#", "1", "invalid"),
        ({"maximum_digits": 3, "minimum_digits": 2}, "1", "1", "timeout"),
        ({"maximum_digits": 3}, "12", "12", "valid"),
        ({"maximum_digits": 1, "valid_digits": "12"}, "9", "9", "invalid"),
        ({"maximum_digits": 2, "terminating_digit": ""}, "1#", "1#", "valid"),
        ({"maximum_digits": 2, "terminating_digit": "*"}, "1*", "1", "valid"),
    ],
)
def test_keys_are_gathered(
    world: World, given: dict[str, object], keys: str, digits: str, status: str
) -> None:
    leg = world.answered()
    world.command("gather", leg, **given)
    gathering.press(world.network, leg, keys)
    assert world.run() == [*["call.dtmf.received"] * len(keys), "call.gather.ended"]
    fields = world.last("call.gather.ended")
    assert (fields["digits"], fields["status"]) == (digits, status)


def test_a_silent_caller_ends_a_gathering_only_with_time(world: World) -> None:
    leg = world.answered()
    world.command("gather", leg, initial_timeout_millis=7000, gather_id="mine")
    assert world.run() == []
    assert world.wait(6.9) == []
    assert world.wait(0.2) == ["call.gather.ended"]
    assert world.last("call.gather.ended")["status"] == "timeout"
    assert world.last("call.gather.ended")["gather_id"] == "mine"


def test_a_prompt_comes_again_until_no_try_is_left(world: World) -> None:
    leg = world.answered()
    given = {"payload": "Press 1.", "maximum_digits": 1, "valid_digits": "1", "maximum_tries": 3}
    world.command("gather_using_speak", leg, invalid_payload="No.", timeout_millis=1000, **given)
    world.run()
    gathering.press(world.network, leg, "9")
    world.run()
    assert world.wait(10) == ["call.gather.ended"]
    assert leg.heard == ["Press 1.", "No.", "Press 1."]
    assert world.last("call.gather.ended")["status"] == "timeout"


def test_a_key_ends_the_prompt(world: World) -> None:
    leg = world.answered()
    url = "https://example.com/menu.mp3"
    world.command("gather_using_audio", leg, audio_url=url, maximum_digits=1)
    assert world.wait(1) == ["call.playback.started"]
    gathering.press(world.network, leg, "1")
    assert world.run() == ["call.dtmf.received", "call.playback.ended", "call.gather.ended"]
    assert world.last("call.playback.ended")["status"] == "cancelled"
    assert world.last("call.gather.ended")["status"] == "valid"


def test_a_gathering_can_be_stopped(world: World) -> None:
    leg = world.answered()
    world.command("gather_using_speak", leg, payload="Press 1.")
    world.command("gather_stop", leg)
    assert world.run() == ["call.gather.ended"]
    assert world.last("call.gather.ended")["status"] == "cancelled"


# Other legs


def test_a_transfer_rings_answers_and_joins(world: World) -> None:
    leg = world.answered()
    world.command("transfer", leg, to=AGENT, target_leg_client_state="Yg==", client_state="YQ==")
    assert world.run() == ["call.initiated"]
    target = world.newest()
    fields = world.last("call.initiated")
    assert (fields["from"], fields["to"], fields["direction"]) == (APP, AGENT, "outgoing")
    assert (leg.client_state, target.client_state) == ("YQ==", "Yg==")
    assert target.call_session_id == leg.call_session_id
    lifecycle.picked_up(world.network, target, "human", beep=False)
    assert world.run() == ["call.answered", "call.bridged", "call.bridged"]
    assert (leg.state, target.state) == ("bridged", "bridged")
    person.says(world.network, leg, "Hello?")
    world.run()
    assert target.heard == ["Hello?"]


@pytest.mark.parametrize(
    ("given", "left"), [({}, "ended"), ({"park_after_unbridge": "self"}, "answered")]
)
def test_who_is_left_hangs_up_unless_the_command_parks_it(
    world: World, given: dict[str, str], left: str
) -> None:
    leg = world.answered()
    world.command("transfer", leg, to=AGENT, **given)
    target = world.newest()
    lifecycle.picked_up(world.network, target, "human", beep=False)
    person.hangs_up(world.network, target)
    assert leg.state == left


def test_a_transfer_that_nobody_answers_leaves_the_caller(world: World) -> None:
    leg = world.answered()
    world.command("transfer", leg, to=AGENT, timeout_secs=10)
    world.run()
    assert world.wait(11) == ["call.hangup"]
    assert world.last("call.hangup")["hangup_cause"] == "timeout"
    assert leg.state == "answered"


def test_a_transfer_ends_with_its_caller(world: World) -> None:
    leg = world.answered()
    world.command("transfer", leg, to=AGENT)
    world.run()
    person.hangs_up(world.network, leg)
    assert world.run() == ["call.hangup", "call.hangup"]
    assert world.last("call.hangup")["hangup_cause"] == "originator_cancel"
    assert world.network.legs == {}


def test_two_legs_are_bridged(world: World) -> None:
    leg, other = world.answered(), world.dialled()
    world.command("bridge", leg, call_control_id=other.call_control_id)
    assert world.run() == ["call.initiated"]  # it is joined when it is answered
    lifecycle.picked_up(world.network, other, "human", beep=False)
    assert world.run() == ["call.answered", "call.bridged", "call.bridged"]


def test_the_first_of_a_queue_is_bridged(world: World) -> None:
    waiting, second, agent = world.answered(), world.answered(), world.answered()
    world.command("enqueue", waiting, queue_name="support")
    world.command("enqueue", second, queue_name="support")
    assert world.run() == ["call.enqueued", "call.enqueued"]
    assert world.last("call.enqueued")["current_position"] == 2
    world.command("bridge", agent, queue="support")
    assert world.run() == ["call.dequeued", "call.bridged", "call.bridged"]
    assert world.last("call.dequeued")["reason"] == "bridged"
    assert waiting.peer is agent
    person.hangs_up(world.network, second)
    assert world.run() == ["call.dequeued", "call.hangup"]


@pytest.mark.parametrize(
    ("mode", "answered_by", "beep", "events"),
    [
        ("disabled", "machine", True, []),
        ("detect", "human", False, [("detection", "human")]),
        ("detect", "machine", True, [("detection", "machine")]),
        ("greeting_end", "machine", False, [("detection", "machine"), ("greeting", "ended")]),
        ("detect_beep", "machine", False, [("detection", "machine")]),
        ("detect_beep", "machine", True, [("detection", "machine"), ("greeting", "beep_detected")]),
        ("detect_words", "machine", False, [("detection", "machine"), ("greeting", "not_sure")]),
        ("premium", "human", False, [("premium.detection", "human_residence")]),
        (
            "premium",
            "machine",
            False,
            [("premium.detection", "machine"), ("premium.greeting", "no_beep_detected")],
        ),
    ],
)
def test_machines_are_detected_as_the_mode_says(
    world: World, mode: str, answered_by: str, beep: bool, events: list[tuple[str, str]]
) -> None:
    leg = world.dialled(answering_machine_detection=mode)
    lifecycle.picked_up(world.network, leg, answered_by, beep=beep)
    assert world.run() == [
        "call.initiated",
        "call.answered",
        *(f"call.machine.{name}.ended" for name, _ in events),
    ]
    assert [each.fields["result"] for each in world.sent[2:]] == [result for _, result in events]


@pytest.mark.parametrize("cause", ["user_busy", "call_rejected", "no_answer"])
def test_a_telephone_that_is_not_answered_says_why(world: World, cause: str) -> None:
    leg = world.dialled()
    person.does_not_answer(world.network, leg, cause)
    assert world.run() == ["call.initiated", "call.hangup"]
    assert world.last("call.hangup")["hangup_cause"] == cause


# Recordings, transcriptions, copies


def test_a_recording_is_saved_when_it_stops(world: World) -> None:
    leg = world.answered()
    world.command("record_start", leg, format="wav", channels="dual", transcription=True)
    person.says(world.network, leg, "Please call me back.")
    assert world.run() == []
    world.command("record_stop", leg)
    assert world.run() == ["call.recording.saved", "call.recording.transcription.saved"]
    saved = world.last("call.recording.saved")
    assert (saved["format"], saved["channels"]) == ("wav", "dual")
    assert list(saved["recording_urls"]) == ["wav"]
    transcription = world.last("call.recording.transcription.saved")
    assert transcription["transcription_text"] == "Please call me back."
    assert transcription["recording_id"] == saved["recording_id"]


def test_a_recording_ends_after_silence(world: World) -> None:
    leg = world.answered()
    world.command("record_start", leg, format="mp3", channels="single", timeout_secs=3)
    person.says(world.network, leg, "Hello.")
    world.run()
    assert world.wait(4) == ["call.recording.saved"]
    assert leg.state == "answered"


def test_words_are_transcribed_while_the_app_wants_it(world: World) -> None:
    leg = world.answered()
    person.says(world.network, leg, "Nobody listens.")
    world.run()
    world.command("transcription_start", leg)
    person.says(world.network, leg, "Sales, please.")
    assert world.run() == ["call.transcription"]
    assert world.last("call.transcription")["transcription_data"]["transcript"] == "Sales, please."


@pytest.mark.parametrize(("name", "event"), [("fork", "call.fork"), ("siprec", "siprec")])
def test_copies_of_the_media_begin_and_end(world: World, name: str, event: str) -> None:
    leg = world.answered()
    world.command(f"{name}_start", leg)
    world.command(f"{name}_stop", leg)
    world.command(f"{name}_stop", leg)
    assert world.run() == [f"{event}.started", f"{event}.stopped"]


def test_a_command_may_send_the_webhooks_of_its_leg_elsewhere(world: World) -> None:
    leg = world.ring()
    world.run()
    world.command("answer", leg, webhook_url="https://example.com/other")
    world.command("hangup", leg)
    world.run()
    assert [each.url for each in world.sent] == [None, *["https://example.com/other"] * 2]


# Assistants


def test_a_conversation_that_is_relayed_tells_its_end_only(world: World) -> None:
    leg = world.answered()
    world.command("conversation_relay_start", leg)
    assert world.run() == []
    world.command("conversation_relay_stop", leg)
    assert world.run() == ["call.conversation.ended"]
    world.assert_valid()


def test_a_command_may_start_an_assistant_at_the_answer(world: World) -> None:
    leg = world.ring()
    world.command("answer", leg, assistant={"id": "assistant-1", "greeting": "Hello."})
    assert world.run() == ["call.initiated", "call.answered", "call.conversation.created"]
    assert leg.heard == ["Hello."]
    world.assert_valid()


def test_an_assistant_talks_until_the_call_ends(world: World) -> None:
    leg = world.answered()
    world.command("ai_assistant_start", leg, greeting="How can I help?")
    assert world.run() == ["call.conversation.created"]
    assert leg.heard == ["How can I help?"]
    person.says(world.network, leg, "Not at all.")
    person.hangs_up(world.network, leg)
    assert world.run() == ["call.conversation.ended", "call.hangup"]
    ids = {each.fields["conversation_id"] for each in world.sent if "conversation" in each.event}
    assert len(ids) == 1


@pytest.mark.parametrize(
    ("required", "status"), [(["city"], "valid"), (["city", "age"], "invalid")]
)
def test_an_assistant_gathers_what_the_test_says(
    world: World, required: list[str], status: str
) -> None:
    leg = world.answered()
    schema = {"type": "object", "properties": {}, "required": required}
    given = {"send_partial_results": True, "send_message_history_updates": True}
    world.command("gather_using_ai", leg, parameters=schema, greeting="Where are you?", **given)
    person.says(world.network, leg, "In Paris.")
    assert world.run() == ["call.conversation.created", "call.ai_gather.message_history_updated"]
    assistants.understood(world.network, leg, {"city": "Paris"})
    assert world.run() == [
        "call.ai_gather.partial_results",
        "call.ai_gather.ended",
        "call.conversation.ended",
    ]
    fields = world.last("call.ai_gather.ended")
    assert (fields["result"], fields["status"]) == ({"city": "Paris"}, status)
    assert [each["content"] for each in fields["message_history"]] == [
        "Where are you?",
        "In Paris.",
    ]
    assistants.understood(world.network, leg, {})  # nobody listens any more


# Conferences


def conference(world: World, creator: Leg, **given: Any) -> str:
    """Return the id of a new conference, after its webhooks."""
    given |= {"call_control_id": creator.call_control_id, "name": "room"}
    commands.command(world.network, "conferences.post", None, given, {"id": "conference-1"})
    return "conference-1"


def confer(world: World, name: str, leg: Leg | None = None, **given: Any) -> None:
    """Send a command for the conference."""
    call = {} if leg is None else {"call_control_id": leg.call_control_id}
    id_ = call.get("call_control_id")
    commands.command(
        world.network, f"conferences.{name}", id_, {**given, **call}, {}, "conference-1"
    )


def test_people_join_and_leave_a_conference(world: World) -> None:
    one, two, three = (world.answered() for _ in range(3))
    conference(world, one)
    assert world.run() == ["conference.created", "conference.participant.joined"]
    confer(world, "join", two, client_state="YQ==")
    confer(world, "join", three)
    assert world.run() == ["conference.participant.joined"] * 2
    assert two.client_state == "YQ=="
    person.says(world.network, one, "Hello all.")
    assert world.run() == ["conference.floor.changed"]
    assert (one.heard, two.heard, three.heard) == ([], ["Hello all."], ["Hello all."])
    confer(world, "leave", three)
    assert world.run() == ["conference.participant.left"]
    person.hangs_up(world.network, two)
    assert world.run() == ["call.hangup", "conference.participant.left"]
    person.hangs_up(world.network, one)
    assert world.run() == ["call.hangup", "conference.participant.left", "conference.ended"]
    assert world.last("conference.ended")["reason"] == "all_left"
    assert (three.state, world.network.conferences) == ("answered", {})


def test_a_conference_ends_when_its_host_leaves(world: World) -> None:
    guest, host = world.answered(), world.answered()
    conference(world, guest)
    confer(world, "join", host, end_conference_on_exit=True)
    world.run()
    person.hangs_up(world.network, host)
    assert world.run() == [
        "call.hangup",
        "conference.participant.left",
        "conference.participant.left",
        "conference.ended",
        "call.hangup",
    ]
    assert world.last("conference.ended")["reason"] == "host_left"
    assert guest.state == "ended"


def test_nobody_hears_who_is_muted_and_who_is_on_hold_hears_nobody(world: World) -> None:
    one, two, three = (world.answered() for _ in range(3))
    conference(world, one)
    confer(world, "join", two, mute=True)
    confer(world, "join", three, hold=True)
    for leg in (one, two, three):
        person.says(world.network, leg, "Hello?")
    world.run()
    assert (one.heard, two.heard, three.heard) == ([], ["Hello?"], [])
    confer(world, "unmute", call_control_ids=[two.call_control_id])
    confer(world, "unhold")
    person.says(world.network, two, "Now.")
    world.run()
    assert (one.heard, three.heard) == (["Now."], ["Now."])


def test_all_hear_what_is_spoken_and_some_what_is_played_to_them(world: World) -> None:
    one, two = world.answered(), world.answered()
    conference(world, one)
    confer(world, "join", two)
    world.run()
    confer(world, "speak", payload="Welcome, all.")
    assert world.run() == ["conference.speak.started", "conference.speak.ended"]
    url = "https://example.com/a.mp3"
    confer(world, "play", audio_url=url, call_control_ids=[two.call_control_id])
    assert world.wait(1) == ["conference.participant.playback.started"]
    confer(world, "stop")
    assert world.run() == ["conference.participant.playback.ended"]
    assert (one.heard, two.heard) == (["Welcome, all."], ["Welcome, all.", url])
    confer(world, "record_start", format="mp3")
    confer(world, "record_stop")
    assert world.run() == ["conference.recording.saved"]
    confer(world, "end")
    assert world.run()[-1] == "conference.ended"
    assert (one.state, two.state) == ("answered", "answered")
