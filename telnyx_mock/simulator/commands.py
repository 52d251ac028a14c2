"""The table of commands: what each causes, and when it can."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from telnyx_mock.simulator import (
    assistants,
    conferences,
    faxes,
    gathering,
    lifecycle,
    messages,
    payments,
    recording,
    sounds,
    streams,
    verifying,
)
from telnyx_mock.simulator.leg import Conference, Leg
from telnyx_mock.simulator.network import Network
from telnyx_mock.simulator.parameters import text


@dataclass(frozen=True, slots=True)
class Reaction:
    """What Telnyx does after a command for a leg, while the leg *is* ``ringing``, ``up`` or ``alive``.

    *causes* are the names of the webhooks that it may send because of it, now or later.
    """

    run: Callable[[Network, Leg, Mapping[str, Any]], None]
    causes: tuple[str, ...] = ()
    when: str = "up"


def _nothing(network: Network, leg: Leg, given: Mapping[str, Any]) -> None:
    """Do nothing that a webhook tells of."""


_STREAMING = ("streaming.started", "streaming.stopped")
_RECORDING = ("call.recording.saved", "call.recording.transcription.saved")
_SPEECH = ("call.speak.started", "call.speak.ended")
_AUDIO = ("call.playback.started", "call.playback.ended")
_CONVERSATION = ("call.conversation.created", "call.conversation.ended")
_KEYS = ("call.dtmf.received", "call.gather.ended")
_MACHINES = (
    "call.machine.detection.ended",
    "call.machine.greeting.ended",
    "call.machine.premium.detection.ended",
    "call.machine.premium.greeting.ended",
)
_OUTGOING = ("call.initiated", "call.answered", "call.hangup", *_MACHINES, *_STREAMING)
_DEEPFAKE = ("call.deepfake_detection.result",)

FOR_A_LEG: Mapping[str, Reaction] = {
    "answer": Reaction(
        lifecycle.answer,
        ("call.answered", *_STREAMING, *_RECORDING, *_DEEPFAKE, *_CONVERSATION),
        when="ringing",
    ),
    "reject": Reaction(lifecycle.reject, ("call.hangup",), when="ringing"),
    "hangup": Reaction(lifecycle.hang_up, ("call.hangup", "call.recording.saved"), when="alive"),
    "transfer": Reaction(lifecycle.transfer, (*_OUTGOING, "call.bridged")),
    "bridge": Reaction(lifecycle.bridge, ("call.bridged", "call.dequeued")),
    "speak": Reaction(sounds.speak, _SPEECH),
    "playback_start": Reaction(sounds.play, _AUDIO),
    "playback_stop": Reaction(sounds.stop, ("call.playback.ended", "call.speak.ended")),
    "gather": Reaction(gathering.gather, _KEYS),
    "gather_using_speak": Reaction(gathering.gather_using_speak, _KEYS),
    "gather_using_audio": Reaction(gathering.gather_using_audio, (*_AUDIO, *_KEYS)),
    "gather_stop": Reaction(gathering.stop, ("call.gather.ended",)),
    "record_start": Reaction(recording.start, _RECORDING),
    "record_stop": Reaction(recording.stop, _RECORDING),
    "record_pause": Reaction(_nothing),
    "record_resume": Reaction(_nothing),
    "send_dtmf": Reaction(_nothing),
    "streaming_start": Reaction(streams.start, _STREAMING),
    "streaming_stop": Reaction(streams.stop, ("streaming.stopped",)),
    "fork_start": Reaction(streams.fork_start, ("call.fork.started", "call.fork.stopped")),
    "fork_stop": Reaction(streams.fork_stop, ("call.fork.stopped",)),
    "siprec_start": Reaction(streams.siprec_start, ("siprec.started", "siprec.stopped")),
    "siprec_stop": Reaction(streams.siprec_stop, ("siprec.stopped",)),
    "transcription_start": Reaction(streams.transcribe, ("call.transcription",)),
    "transcription_stop": Reaction(streams.transcribe_no_more),
    "refer": Reaction(streams.refer, ("call.refer.started", "call.refer.completed")),
    "enqueue": Reaction(streams.enqueue, ("call.enqueued", "call.dequeued")),
    "leave_queue": Reaction(streams.leave, ("call.dequeued",)),
    "ai_assistant_start": Reaction(assistants.start, _CONVERSATION),
    "ai_assistant_stop": Reaction(assistants.stop, ("call.conversation.ended",)),
    "gather_using_ai": Reaction(
        assistants.gather,
        (
            *_CONVERSATION,
            "call.ai_gather.partial_results",
            "call.ai_gather.message_history_updated",
            "call.ai_gather.ended",
        ),
    ),
    "ai_assistant_add_messages": Reaction(_nothing),
    "ai_assistant_join": Reaction(_nothing),
    "conversation_relay_start": Reaction(assistants.relay, ("call.conversation.ended",)),
    "conversation_relay_stop": Reaction(assistants.stop, ("call.conversation.ended",)),
    "pay": Reaction(payments.start, ("call.payment.progress", "call.payment.completed")),
    "suppression_start": Reaction(_nothing),
    "suppression_stop": Reaction(_nothing),
    "send_sip_info": Reaction(_nothing),
    "switch_supervisor_role": Reaction(_nothing),
    "client_state_update": Reaction(_nothing, when="alive"),
}
"""The commands for one leg."""

SENDS = (
    "messages.send",
    "messages.long_code.post",
    "messages.short_code.post",
    "messages.number_pool.post",
    "messages.group_mms.post",
    "messages.schedule.post",
    "messages.alphanumeric_sender_id.post",
    "messages.rcs.post",
    "messages.whatsapp.post",
)
"""The commands that send a message."""

VERIFIES = tuple(f"verifications.{way}.post" for way in ("sms", "call", "flashcall", "whatsapp"))
"""The commands that send a code to a person."""

BEGINNING: Mapping[str, Callable[[Network, Mapping[str, Any], Mapping[str, Any]], None]] = {
    "dial": lifecycle.dial,
    "conferences.post": conferences.create,
    "faxes.post": faxes.send,
    **dict.fromkeys(VERIFIES, verifying.start),
    **dict.fromkeys(SENDS, messages.send),
    "messages.rcs.post": messages.send_rcs,
    "messages.whatsapp.post": messages.send_whatsapp,
}
"""The commands that begin something, with what the API answered."""


FOR_A_CONFERENCE: Mapping[str, Callable[[Network, Conference, Mapping[str, Any]], None]] = {
    "conferences.join": conferences.join,
    "conferences.leave": conferences.leave,
    "conferences.end": conferences.end,
    "conferences.speak": conferences.speak,
    "conferences.play": conferences.play,
    "conferences.stop": conferences.stop,
    "conferences.mute": conferences.mute,
    "conferences.unmute": conferences.unmute,
    "conferences.hold": conferences.hold,
    "conferences.unhold": conferences.unhold,
    "conferences.record_start": conferences.record_start,
    "conferences.record_stop": conferences.record_stop,
}
"""The commands for one conference, which their path names."""


def command(
    network: Network,
    name: str,
    call: str | None,
    given: Mapping[str, Any],
    made: Mapping[str, Any],
    resource: str = "",
) -> None:
    """Let the command *name* for the leg *call*, which the API has accepted, have its effects.

    *given* are its parameters, *made* is what the API answered, and *resource* is the conference that the
    path names, if it names one.
    """
    leg = network.legs.get(call or "")
    if name in BEGINNING or name in FOR_A_CONFERENCE:
        if leg is not None and leg.is_up:
            leg.client_state = text(given, "client_state") or leg.client_state
        if name in BEGINNING:
            BEGINNING[name](network, given, made)
        elif (conference := conferences.named(network, resource)) is not None:
            FOR_A_CONFERENCE[name](network, conference, given)
        return
    reaction = FOR_A_LEG.get(name)
    if leg is None or reaction is None:
        return
    if (why := _obstacle(leg, reaction)) is not None:
        network.note(leg, "note", name, f" has no effect: {why}")
        return
    if isinstance(state := given.get("client_state"), str):
        leg.client_state = state
    answered = {key: made[key] for key in ("conversation_id",) if key in made}
    reaction.run(network, leg, {**given, **answered})


def _obstacle(leg: Leg, reaction: Reaction) -> str | None:
    """Return why a command does nothing on *leg* now, or None."""
    if leg.has_ended:
        return "the call has ended"
    if reaction.when == "up" and not leg.is_up:
        return "nobody has answered the call"
    if reaction.when == "ringing" and leg.has_answered:
        return "the call is answered already"
    if reaction.when == "ringing" and leg.direction == "outgoing":
        return "only the person at the other end can answer an outgoing call"
    return None
