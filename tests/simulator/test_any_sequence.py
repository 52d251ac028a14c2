"""Whatever an app commands and people do, the network sends what Telnyx could send."""

from __future__ import annotations

import base64
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from telnyx_mock.payload.webhook import Webhook
from telnyx_mock.simulator import commands, gathering, lifecycle, payments, person
from telnyx_mock.simulator.commands import BEGINNING, FOR_A_CONFERENCE, FOR_A_LEG
from telnyx_mock.simulator.leg import Leg
from tests.simulator.world import AGENT, World

AFTER_HANGUP = {
    "call.hangup",
    "call.recording.saved",
    "call.recording.transcription.saved",
    "conference.participant.left",
    "conference.participant.speak.ended",
    "conference.participant.playback.ended",
    "conference.recording.saved",
    "conference.ended",
}
"""What a leg may still send after the webhook of its end: what it recorded, and that it left a conference."""

RELAY = "conversation_relay_start"
"""Its conversation ends with a webhook, and begins without: see test_network."""

NAMES = sorted({*FOR_A_LEG, *FOR_A_CONFERENCE, "dial", "conferences.post"} - {RELAY})
STATES = st.binary(max_size=6).map(lambda data: base64.b64encode(data).decode())
PARAMETERS: dict[str, st.SearchStrategy[Any]] = {
    "client_state": STATES,
    "command_id": st.sampled_from("abc"),
    "payload": st.sampled_from(["Hello.", "Press 1 for sales, 2 for support."]),
    "audio_url": st.just("https://example.com/audio.mp3"),
    "stream_url": st.just("wss://example.com/media"),
    "loop": st.sampled_from([1, 2, "infinity"]),
    "stop": st.sampled_from(["current", "all"]),
    "send_message_history_updates": st.booleans(),
    "greeting": st.just("Good day."),
    "end_conference_on_exit": st.booleans(),
    "mute": st.booleans(),
    "hold": st.booleans(),
    "target_legs": st.sampled_from(["self", "opposite", "both"]),
    "maximum_digits": st.integers(1, 3),
    "minimum_digits": st.integers(1, 3),
    "valid_digits": st.sampled_from(["1", "12#", "0123456789"]),
    "invalid_payload": st.just("No."),
    "maximum_tries": st.integers(1, 3),
    "timeout_millis": st.integers(1000, 9000),
    "format": st.sampled_from(["wav", "mp3"]),
    "channels": st.sampled_from(["single", "dual"]),
    "transcription": st.booleans(),
    "timeout_secs": st.integers(1, 60),
    "max_length": st.integers(1, 60),
    "record": st.just("record-from-answer"),
    "answering_machine_detection": st.sampled_from(
        ["disabled", "detect", "detect_beep", "detect_words", "greeting_end", "premium"]
    ),
    "queue_name": st.sampled_from(["support", "sales"]),
    "max_wait_time_secs": st.integers(1, 60),
    "park_after_unbridge": st.just("self"),
    "hold_after_unbridge": st.booleans(),
    "cause": st.sampled_from(["USER_BUSY", "CALL_REJECTED"]),
    "time_limit_secs": st.integers(60, 120),
    "payment_method": st.sampled_from(["credit-card", "ach-debit"]),
    "transaction_type": st.sampled_from(["charge", "tokenize"]),
    "max_attempts": st.integers(1, 3),
    "valid_card_types": st.just(["visa"]),
    "postal_code": st.sampled_from([True, False, "90210"]),
    "payment_token": st.just("tok_1"),
    "deepfake_detection": st.just({"enabled": True}),
    "assistant": st.just({"id": "assistant-1"}),
}
GIVEN = st.sets(st.sampled_from(sorted(PARAMETERS)), max_size=4).flatmap(
    lambda names: st.fixed_dictionaries({name: PARAMETERS[name] for name in sorted(names)})
)
ENTERED = {
    "expiration-date": "1230",
    "security-code": "123",
    "postal-code": "10001",
    "bank-routing-number": "110000000",
    "bank-account-number": "000123456789",
}
ACTS = (
    "press",
    "say",
    "pay",
    "hang up",
    "hold",
    "unhold",
    "answer",
    "machine",
    "busy",
    "ring",
    "run",
    "wait",
)


def playing(leg: Leg, act: str, world: World, keys: str) -> None:
    """Let the person at *leg* do this, if a person could."""
    network = world.network
    if act == "press" and leg.is_up:
        gathering.press(network, leg, keys)
    elif act == "say" and leg.is_up:
        person.says(network, leg, "Hello there.", synthetic="1" in keys)
    elif act == "pay":
        number = "4111111111111111" if "1" in keys else "5"
        declined = "card_declined" if "2" in keys else None
        payments.enter(network, leg, {**ENTERED, "payment-card-number": number}, declined)
    elif act == "hang up":
        person.hangs_up(network, leg)
    elif act == "hold":
        lifecycle.hold(network, leg)
    elif act == "unhold":
        lifecycle.unhold(network, leg)
    elif leg.direction == "outgoing" and leg.state == "ringing":
        if act == "busy":
            person.does_not_answer(network, leg, "user_busy")
        elif act in ("answer", "machine"):
            lifecycle.picked_up(network, leg, {"answer": "human"}.get(act, act), beep="1" in keys)


@given(st.data())
def test_any_sequence_sends_valid_webhooks_in_order(data: st.DataObject) -> None:
    world = World()
    legs = [world.ring(), world.answered()]
    for _ in range(data.draw(st.integers(0, 20), label="steps")):
        leg = legs[data.draw(st.integers(0, len(legs) - 1))]
        if data.draw(st.booleans(), label="a command"):
            name = data.draw(st.sampled_from(NAMES))
            given = data.draw(GIVEN)
            if name == "dial":
                legs.append(world.dialled(**given))
                continue
            if name == "bridge":
                other = legs[data.draw(st.integers(0, len(legs) - 1))]
                given |= {"call_control_id": other.call_control_id}
            if name in (*FOR_A_CONFERENCE, "conferences.post"):
                given |= {"call_control_id": leg.call_control_id, "name": "room"}
                commands.command(
                    world.network, name, leg.call_control_id, given, {}, resource="room"
                )
                continue
            known = set(world.network.legs)
            world.command(name, leg, to=AGENT, **given)
            legs += [new for id_, new in world.network.legs.items() if id_ not in known]
        else:
            act = data.draw(st.sampled_from(ACTS))
            if act == "ring":
                legs.append(world.ring())
            elif act == "run":
                world.run()
            elif act == "wait":
                world.wait(data.draw(st.floats(0, 100)))
            else:
                playing(leg, act, world, data.draw(st.text("12#", min_size=1, max_size=3)))
    world.run()
    world.assert_valid()
    times = [each.at for each in world.sent]
    assert times == sorted(set(times))
    assert_told_in_order(world.webhooks())
    for leg in legs:
        assert leg.has_ended == (leg.call_control_id not in world.network.legs)
        assert leg.peer is None or (leg.peer.peer is leg and leg.is_up and leg.peer.is_up)


def assert_told_in_order(webhooks: list[Webhook]) -> None:
    """Assert that each leg begins, is answered and ends once, and that its media are between."""
    names_of: dict[str, list[str]] = {}
    for webhook in webhooks:
        if call := webhook.payload.get("call_control_id"):  # else it is about a whole conference
            names_of.setdefault(str(call), []).append(webhook.name)
    for names in names_of.values():
        assert names[0] == "call.initiated"
        for name in ("call.initiated", "call.answered", "call.hangup"):
            assert names.count(name) <= 1
        paid = [name for name in names if name.startswith("call.payment.")]
        assert not paid or paid[-1] == "call.payment.completed" or "call.hangup" not in names
        if "call.hangup" in names:
            assert set(names[names.index("call.hangup") :]) <= AFTER_HANGUP
        if "call.answered" not in names:
            assert set(names) <= {"call.initiated", "call.hangup"}
        else:
            assert names[1] == "call.answered"
        for begun, over in (
            ("call.speak.started", "call.speak.ended"),
            ("call.playback.started", "call.playback.ended"),
            ("streaming.started", "streaming.stopped"),
            ("call.enqueued", "call.dequeued"),
            ("call.conversation.created", "call.conversation.ended"),
            ("conference.participant.joined", "conference.participant.left"),
        ):
            marks = [name for name in names if name in (begun, over)]
            assert marks == [begun, over] * (len(marks) // 2) + [begun] * (len(marks) % 2)


@given(
    st.sampled_from(sorted({*FOR_A_LEG, *BEGINNING, *FOR_A_CONFERENCE})),
    st.dictionaries(
        st.sampled_from(sorted({*PARAMETERS, "to", "from", "text", "media_urls", "tags"})),
        st.none() | st.integers() | st.text() | st.lists(st.text()),
    ),
)
def test_no_parameter_breaks_the_network(name: str, given: dict[str, Any]) -> None:
    """The app's mistakes are the API's to refuse; here they are without effect."""
    world = World()
    leg = world.ring() if name in ("answer", "reject") else world.answered()
    world.command(name, leg, **given)
    gathering.press(world.network, leg, "1#")
    world.run()
    world.wait(1000)
    person.hangs_up(world.network, leg)
    world.run()
    assert leg.has_ended


def test_the_table_names_what_each_command_causes() -> None:
    """A command sends nothing else until the leg ends, whatever the person does."""
    also = {"call.initiated", "call.hangup", "call.dtmf.received"}
    for name, reaction in FOR_A_LEG.items():
        world = World()
        leg = world.ring() if name in ("answer", "reject") else world.answered()
        given: dict[str, Any] = {
            "to": AGENT,
            "payload": "hi",
            "audio_url": "https://example.com/a.mp3",
        }
        given |= {"stream_url": "wss://example.com", "transcription": True, "queue_name": "support"}
        before = len(world.sent)
        world.command(name, leg, **given)
        world.run()
        if leg.is_up:
            gathering.press(world.network, leg, "1#")
            person.says(world.network, leg, "hi")
        world.run()
        world.wait(200)
        caused = {each.event for each in world.sent[before:]}
        assert caused <= {*reaction.causes, *also, "call.transcription"}, name
        quiet = {"record_start", "record_stop", "bridge", "leave_queue", RELAY}
        stops = name.endswith("_stop") or not reaction.causes
        assert caused & set(reaction.causes) or name in quiet or stops, name
