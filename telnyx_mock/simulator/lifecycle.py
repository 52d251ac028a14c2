"""How a leg begins, is answered, joined, parted and ended."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from telnyx_mock.schema.json_values import ABSENT
from telnyx_mock.simulator import (
    assistants,
    conferences,
    deepfakes,
    gathering,
    machines,
    payments,
    recording,
    sounds,
    streams,
)
from telnyx_mock.simulator.leg import Leg
from telnyx_mock.simulator.network import Network
from telnyx_mock.simulator.parameters import mapping, seconds, text, texts

CAUSES = {
    "normal_clearing": "200",
    "call_rejected": "603",
    "originator_cancel": "487",
    "timeout": "408",
    "time_limit": "200",
    "user_busy": "486",
    "no_answer": "480",
    "not_found": "404",
}
"""The causes for which a leg ends, and the SIP code of each."""

_STARTS_RECORDING = "record-from-answer"


def begin(network: Network, leg: Leg) -> None:
    """Let *leg* ring: tell the app that it has begun."""
    network.add(leg)
    fields: dict[str, Any] = {"direction": leg.direction}
    for side, number in (("from", leg.from_), ("to", leg.to)):
        host = "203.0.113.10" if side == "from" else "203.0.113.20"
        fields[f"{side}_sip_uri"] = number if "@" in number else f"{number}@{host}:5060"
    if leg.direction == "outgoing":
        fields |= {"state": "bridging", "start_time": ABSENT}
    else:
        fields["caller_id_name"] = leg.from_
    network.send("call.initiated", leg, **{**fields, **leg.given})


def answered(network: Network, leg: Leg) -> None:
    """Answer *leg*: the app has done so if it is incoming, and the person if it is outgoing."""
    leg.has_answered = True
    network.forget_timers(leg)  # it rings no longer
    given = leg.at_answer
    fields: dict[str, Any] = {}
    if leg.direction == "outgoing":
        fields = {"codec": ABSENT}
    if stream := text(given, "stream_url"):
        track = text(given, "stream_track") or "inbound_track"
        fields |= {"stream_url": stream, "stream_track": track}
    network.send("call.answered", leg, **fields)
    if stream:
        streams.start(network, leg, given)
    if given.get("record") == _STARTS_RECORDING:
        recording.start(
            network, leg, {key.removeprefix("record_"): value for key, value in given.items()}
        )
    if given.get("transcription"):
        leg.transcribes = True
    if assistant := mapping(given, "assistant"):
        assistants.start(network, leg, assistant)
    if mapping(given, "deepfake_detection").get("enabled") is True:
        deepfakes.listen(network, leg, mapping(given, "deepfake_detection"))
    if limit := seconds(given, "time_limit_secs"):
        network.after(limit, lambda: ended(network, leg, "time_limit", "unknown"), leg, awaits=True)
    if leg.bridges_to is not None and leg.bridges_to.is_up:
        joined(network, leg.bridges_to, leg)
    leg.bridges_to = None


def joined(network: Network, one: Leg, other: Leg) -> None:
    """Join two legs, after parting each from the leg that it was joined with."""
    for leg in (one, other):
        if leg.peer not in (None, one, other):
            parted(network, leg)
        if leg.queue is not None:
            streams.leave_queue(network, leg, "bridged")
    one.peer, other.peer = other, one
    network.send("call.bridged", one)
    network.send("call.bridged", other)


def parted(network: Network, leg: Leg) -> None:
    """Part *leg* from its peer, which hangs up unless a command said what else it should do."""
    peer = leg.peer
    if peer is None:
        return
    leg.peer = peer.peer = None
    if peer.after_unbridge == "hangup":
        ended(network, peer, "normal_clearing", peer.app_side)
    elif peer.after_unbridge == "hold":
        hold(network, peer)


def hold(network: Network, leg: Leg) -> None:
    """Put *leg* on hold."""
    if leg.is_up and not leg.is_held:
        leg.is_held = True
        network.send("call.hold", leg)


def unhold(network: Network, leg: Leg) -> None:
    """Take *leg* off hold."""
    if leg.is_up and leg.is_held:
        leg.is_held = False
        network.send("call.unhold", leg)


def ended(network: Network, leg: Leg, cause: str, source: str) -> None:
    """End *leg*, and first all media on it. Its peer is parted, and the legs that it waits for end."""
    if leg.has_ended:
        return
    leg.has_ended = True
    network.forget_timers(leg)
    sounds.cut(network, leg)
    gathering.end(network, leg, "call_hangup")
    streams.stop_all(network, leg)
    assistants.stop(network, leg, {})
    payments.cancel(network, leg)
    if leg.queue is not None:
        streams.leave_queue(network, leg, "hangup")
    code = CAUSES[cause] if leg.has_answered or cause != "normal_clearing" else "480"
    network.send(
        "call.hangup",
        leg,
        hangup_cause=cause,
        hangup_source=source,
        sip_hangup_cause=code,
        end_time=network.time(network.now),
    )
    recording.stop_all(network, leg)
    network.remove(leg)
    for other in conferences.left(network, leg):
        ended(network, other, "normal_clearing", other.app_side)
    for other in list(network.legs.values()):
        is_target = other.bridges_to is leg and other.call_session_id == leg.call_session_id
        if is_target and not other.has_answered:
            ended(network, other, "originator_cancel", "caller")
    parted(network, leg)


# What commands cause


def answer(network: Network, leg: Leg, given: Mapping[str, Any]) -> None:
    """Do what the command answer says."""
    leg.at_answer = given
    leg.webhook_url = text(given, "webhook_url") or leg.webhook_url
    leg.webhook_urls = mapping(given, "webhook_urls") or leg.webhook_urls
    answered(network, leg)


def hang_up(network: Network, leg: Leg, given: Mapping[str, Any]) -> None:
    """Do what the command hangup says."""
    if leg.direction == "outgoing" and not leg.has_answered:
        ended(network, leg, "originator_cancel", "caller")
    else:
        ended(network, leg, "normal_clearing", leg.app_side)


def reject(network: Network, leg: Leg, given: Mapping[str, Any]) -> None:
    """Do what the command reject says."""
    cause = "user_busy" if given.get("cause") == "USER_BUSY" else "call_rejected"
    ended(network, leg, cause, "callee")


def bridge(network: Network, leg: Leg, given: Mapping[str, Any]) -> None:
    """Do what the command bridge says: join with another leg, or with the first one of a queue."""
    _note_unbridge(leg, given)
    queue = network.queues.get(text(given, "queue"), [])
    other = queue[0][1] if queue else network.legs.get(text(given, "call_control_id"))
    if other is None or other is leg or other.has_ended:
        network.note(leg, "note", "there is no leg to bridge with")
    elif other.has_answered:
        joined(network, leg, other)
    else:
        other.bridges_to = leg


def transfer(network: Network, leg: Leg, given: Mapping[str, Any]) -> None:
    """Do what the command transfer says: call another number, and join it when it answers."""
    _note_unbridge(leg, given)
    target = Leg(
        call_control_id=network.new_id("v3:{token}"),
        call_leg_id=network.new_id(),
        call_session_id=leg.call_session_id,
        connection_id=leg.connection_id,
        from_=text(given, "from") or leg.to,
        to=text(given, "to"),
        direction="outgoing",
        began=network.now,
        client_state=text(given, "target_leg_client_state") or None,
        webhook_url=text(given, "webhook_url") or leg.webhook_url,
        webhook_urls=mapping(given, "webhook_urls") or leg.webhook_urls,
        bridges_to=leg,
        at_answer=given,
        detection=text(given, "answering_machine_detection") or "disabled",
    )
    begin(network, target)
    ring(network, target, given)
    if audio := text(given, "audio_url"):
        network.hear(leg, audio)


def dial(network: Network, given: Mapping[str, Any], made: Mapping[str, Any]) -> None:
    """Do what the command dial says. *made* is the call in the answer of the API."""
    to = texts(given, "to")
    linked = network.legs.get(text(given, "link_to"))
    leg = Leg(
        call_control_id=text(made, "call_control_id") or network.new_id("v3:{token}"),
        call_leg_id=text(made, "call_leg_id") or network.new_id(),
        call_session_id=text(made, "call_session_id") or network.new_id(),
        connection_id=text(given, "connection_id"),
        from_=text(given, "from"),
        to=to[0] if to else "",
        direction="outgoing",
        began=network.now,
        client_state=text(given, "client_state") or None,
        webhook_url=text(given, "webhook_url") or None,
        webhook_urls=mapping(given, "webhook_urls"),
        bridges_to=linked if given.get("bridge_on_answer") else None,
        at_answer=given,
        detection=text(given, "answering_machine_detection") or "disabled",
    )
    _note_unbridge(leg, given)
    begin(network, leg)
    ring(network, leg, given)


def ring(network: Network, leg: Leg, given: Mapping[str, Any]) -> None:
    """Let *leg* ring until the time of the command is over."""
    limit = seconds(given, "timeout_secs", 30.0)
    network.after(limit, lambda: ended(network, leg, "timeout", "callee"), leg, awaits=True)


def picked_up(network: Network, leg: Leg, detected: str, *, beep: bool) -> None:
    """Let somebody or something pick up *leg*, of which machine detection thinks what *detected* says."""
    answered(network, leg)
    machines.detect(network, leg, detected, beep=beep)


def _note_unbridge(leg: Leg, given: Mapping[str, Any]) -> None:
    if given.get("hold_after_unbridge"):
        leg.after_unbridge = "hold"
    else:
        leg.after_unbridge = "park" if given.get("park_after_unbridge") == "self" else "hangup"
