"""Checks of telephones that are joined, or are not: what records both, and who is cut off by whom."""

from __future__ import annotations

from collections.abc import Iterable

from telnyx_mock.contract.calls.stage import Handling, Stage
from telnyx_mock.simulator.leg import Leg, Recording
from telnyx_mock.simulator.transcript import telephone


def records_once(stage: Stage, handling: Handling) -> str | None:
    """Say that a call is recorded twice at a time, on one telephone or on both that are joined."""
    for heard in handling.fresh:
        given = heard.command.parameters
        if heard.command.name == "record_start":
            kind = (
                "wav" if given.get("format") == "wav" else "mp3",
                "dual" if given.get("channels") == "dual" else "single",
            )
            if kind in _kinds(heard.was_recording):
                return (
                    f"At {handling.name}, the app began to record a call that it recorded already."
                )
            if kind in _kinds(heard.was_recording_peer):
                return (
                    f"At {handling.name}, the app began to record {heard.number}, who talks with somebody whose "
                    "call it recorded already."
                )
        if heard.command.name == "bridge":
            other = stage.legs.get(str(given.get("call_control_id")))
            if other is not None and _kinds(heard.was_recording) & _kinds(other.recordings):
                return f"At {handling.name}, the app joined {heard.number} with {telephone(other)}, and records both."
    return None


def _kinds(recordings: Iterable[Recording]) -> set[tuple[str, str]]:
    return {(each.format, each.channels) for each in recordings}


def lets_talk(stage: Stage, handling: Handling) -> str | None:
    """Say that the hangup of one telephone ends the talk of two others."""
    if handling.name != "call.hangup" or handling.before is not None:
        return None
    for heard in handling.heard:
        if heard.command.name == "hangup" and heard.was == "bridged" and heard.counts:
            gone = stage.legs.get(handling.call)
            who = "Another telephone" if gone is None else telephone(gone)
            return f"{who} had hung up, and the app hung up {heard.number}, who talked with somebody else."
    return None


def spares_strangers(stage: Stage, handling: Handling) -> str | None:
    """Say that the hangup of one caller ends the call of another one, who has nothing to do with the first."""
    gone = stage.legs.get(handling.call)
    if handling.name != "call.hangup" or handling.before is not None or stage.acts_alone:
        return None  # what acts alone may have sent the command because of another webhook
    if gone is None or gone.direction == "outgoing":
        return None
    for heard in handling.heard:
        leg = heard.leg
        is_other = leg is not None and leg.call_session_id != gone.call_session_id
        if leg is None or not is_other or leg.direction == "outgoing" or not heard.counts:
            continue
        if heard.command.name == "hangup" and not _have_met(stage, gone, leg):
            return f"{telephone(gone)} had hung up, and the app hung up {heard.number}, too, who had called by themselves."
    return None


def _have_met(stage: Stage, one: Leg, other: Leg) -> bool:
    """Whether a command named both calls, or either may have been in a conference or a queue."""
    calls = {one.call_control_id, other.call_control_id}
    for handling in stage.handlings:
        for heard in handling.heard:
            named = calls.intersection(heard.command.texts())
            is_meeting = (
                heard.command.name.startswith("conferences") or "queue" in heard.command.name
            )
            if named == calls or (named and is_meeting):
                return True
    return False
