"""Conferences: who joins and leaves, what all hear, and when they end."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import partial
from typing import Any

from telnyx_mock.simulator import recording, sounds
from telnyx_mock.simulator.leg import Conference, Leg, Timer
from telnyx_mock.simulator.network import LATENCY, Network
from telnyx_mock.simulator.parameters import text, texts, whole


def create(network: Network, given: Mapping[str, Any], made: Mapping[str, Any]) -> None:
    """Do what the command that creates a conference says. *made* is the conference in the API's answer."""
    leg = network.legs.get(text(given, "call_control_id"))
    if leg is None or not leg.is_up:
        return
    id_ = text(made, "id") or network.new_id()
    conference = Conference(id_, text(given, "name"), leg.call_session_id, leg.connection_id)
    network.conferences[id_] = conference
    network.send("conference.created", leg, conference_id=id_)
    _enter(network, conference, leg)


def named(network: Network, name: str) -> Conference | None:
    """Return the conference with this id or name, or None."""
    all_ = network.conferences
    return all_.get(name) or next((each for each in all_.values() if each.name == name), None)


def join(network: Network, conference: Conference, given: Mapping[str, Any]) -> None:
    """Do what the command join says."""
    leg = network.legs.get(text(given, "call_control_id"))
    if leg is None or not leg.is_up or leg.conference is conference:
        return
    if given.get("end_conference_on_exit") is True:
        conference.hosts.add(leg.call_control_id)
    for name, members in (("mute", conference.muted), ("hold", conference.held)):
        if given.get(name) is True:
            members.add(leg.call_control_id)
    _enter(network, conference, leg)


def leave(network: Network, conference: Conference, given: Mapping[str, Any]) -> None:
    """Do what the command leave says."""
    leg = network.legs.get(text(given, "call_control_id"))
    if leg is not None and leg.conference is conference:
        left(network, leg)


def end(network: Network, conference: Conference, given: Mapping[str, Any]) -> None:
    """Do what the command end says."""
    for leg in conference.members[1:]:
        left(network, leg)
    if conference.members:
        left(network, conference.members[0])


def left(network: Network, leg: Leg) -> list[Leg]:
    """Take *leg* out of its conference. Return those who must hang up because their host has left."""
    conference = leg.conference
    if conference is None:
        return []
    leg.conference = None
    conference.members.remove(leg)
    _end_all(timer for timer in list(conference.playing) if timer.leg is leg)
    for each in (conference.muted, conference.held):
        each.discard(leg.call_control_id)
    network.send("conference.participant.left", leg, conference_id=conference.id)
    is_host = leg.call_control_id in conference.hosts
    if conference.members and not is_host:
        return []
    others = list(conference.members)
    for other in others:
        other.conference = None
        network.send("conference.participant.left", other, conference_id=conference.id)
    conference.members.clear()
    reason = "host_left" if is_host else "all_left"
    stop(network, conference, {})
    network.send("conference.ended", leg, conference_id=conference.id, reason=reason)
    record_stop(network, conference, {})
    network.conferences.pop(conference.id, None)
    return others


def speak(network: Network, conference: Conference, given: Mapping[str, Any]) -> None:
    """Do what the command speak says: to all, or to the members that it names."""
    words = sounds.spoken(given)
    _play(network, conference, given, "speak", words, sounds.seconds_of(words), {})


def play(network: Network, conference: Conference, given: Mapping[str, Any]) -> None:
    """Do what the command play says: to all, or to the members that it names."""
    name, seconds = sounds.file_of(given)
    fields = sounds.file_fields(network, given)
    media = {key: value for key, value in fields.items() if key.startswith("media_")}
    seconds *= whole(given, "loop", 1, most=100)
    _play(network, conference, given, "playback", name, seconds, media)


def stop(network: Network, conference: Conference, given: Mapping[str, Any]) -> None:
    """Do what the command stop says: end all that plays, or what plays to the members that it names."""
    only = texts(given, "call_control_ids")
    _end_all(
        timer
        for timer in list(conference.playing)
        if not only or (timer.leg is not None and timer.leg.call_control_id in only)
    )


def mute(network: Network, conference: Conference, given: Mapping[str, Any]) -> None:
    """Do what the command mute says."""
    conference.muted |= _ids(conference, given)


def unmute(network: Network, conference: Conference, given: Mapping[str, Any]) -> None:
    """Do what the command unmute says."""
    conference.muted -= _ids(conference, given)


def hold(network: Network, conference: Conference, given: Mapping[str, Any]) -> None:
    """Do what the command hold says."""
    conference.held |= _ids(conference, given)


def unhold(network: Network, conference: Conference, given: Mapping[str, Any]) -> None:
    """Do what the command unhold says."""
    conference.held -= _ids(conference, given)


def record_start(network: Network, conference: Conference, given: Mapping[str, Any]) -> None:
    """Do what the command record_start says."""
    if conference.recording is None and conference.members:
        conference.recording = recording.made(network, given), conference.members[0]


def record_stop(network: Network, conference: Conference, given: Mapping[str, Any]) -> None:
    """Do what the command record_stop says, if a recording runs."""
    if conference.recording is None:
        return
    (made, leg), conference.recording = conference.recording, None
    fields = recording.saved_fields(network, made, network.now)
    fields["conference_id"] = conference.id
    network.after(LATENCY, partial(network.send, "conference.recording.saved", leg, **fields), None)


def said(network: Network, leg: Leg, words: str) -> None:
    """Let the others in the conference of *leg* hear its person say *words*."""
    conference = leg.conference
    if conference is None or leg.call_control_id in conference.muted | conference.held:
        return
    if conference.speaker is not leg:
        conference.speaker = leg
        network.send("conference.floor.changed", leg, conference_id=conference.id)
    for other in _listening(conference, conference.members):
        if other is not leg:
            network.hear(other, words)


def _enter(network: Network, conference: Conference, leg: Leg) -> None:
    left(network, leg)
    leg.conference = conference
    conference.members.append(leg)
    network.send("conference.participant.joined", leg, conference_id=conference.id)


def _play(
    network: Network,
    conference: Conference,
    given: Mapping[str, Any],
    kind: str,
    heard: str,
    seconds: float,
    media: Mapping[str, Any],
) -> None:
    only = set(texts(given, "call_control_ids"))
    chosen = [leg for leg in conference.members if leg.call_control_id in only]
    about: dict[str, Any] = {
        "conference_id": conference.id,
        "creator_call_session_id": conference.creator,
        **media,
    }
    for leg in _listening(conference, chosen if only else conference.members):
        network.hear(leg, heard)
    if only:
        for leg in chosen:
            _tell(network, conference, f"conference.participant.{kind}", leg, seconds, about)
    else:
        about["connection_id"] = conference.connection_id
        _tell(network, conference, f"conference.{kind}", None, seconds, about)


def _tell(
    network: Network,
    conference: Conference,
    event: str,
    leg: Leg | None,
    seconds: float,
    fields: Mapping[str, Any],
) -> None:
    def over() -> None:
        conference.playing.remove(timer)
        network.send(f"{event}.ended", leg, **fields)

    network.send(f"{event}.started", leg, **fields)
    timer: Timer = network.after(seconds, over, leg)
    conference.playing.append(timer)


def _end_all(timers: Iterable[Timer]) -> None:
    """End at once what each of *timers* would end later."""
    for timer in timers:
        timer.cancelled = True
        timer.action()


def _listening(conference: Conference, legs: Iterable[Leg]) -> list[Leg]:
    return [leg for leg in legs if leg.call_control_id not in conference.held]


def _ids(conference: Conference, given: Mapping[str, Any]) -> set[str]:
    """Return the ids of the members that a command names; of all, if it names none."""
    named_ = set(texts(given, "call_control_ids"))
    members = {leg.call_control_id for leg in conference.members}
    return members & named_ if named_ else members
