"""Speech and audio files that play on a leg, one after the other."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from functools import partial
from typing import Any

from telnyx_mock.schema.json_values import ABSENT
from telnyx_mock.simulator.leg import Leg, Sound
from telnyx_mock.simulator.network import LATENCY, Network
from telnyx_mock.simulator.parameters import whole

FILE_SECONDS = 5.0
"""How long a file plays: the simulator does not fetch it."""

_WORDS_A_SECOND = 2.5
_TAG = re.compile(r"<[^>]*>")


def spoken(given: Mapping[str, Any], name: str = "payload") -> str:
    """Return the words that the parameter *name* lets Telnyx speak, without the tags of SSML."""
    text = str(given.get(name) or "")
    return " ".join(_TAG.sub(" ", text).split()) if given.get("payload_type") == "ssml" else text


def seconds_of(text: str) -> float:
    """Return how long it takes to speak *text*."""
    return 0.5 + len(text.split()) / _WORDS_A_SECOND


def speak(network: Network, leg: Leg, given: Mapping[str, Any]) -> None:
    """Do what the command speak says."""
    text = spoken(given)
    times = _times(given)
    fields = {"speak_id": network.new_id("{short}")}
    _stop_as_told(network, leg, given)
    add(network, leg, _aimed(Sound(text, times * seconds_of(text), "call.speak", fields), given))


def play(network: Network, leg: Leg, given: Mapping[str, Any]) -> None:
    """Do what the command playback_start says."""
    _stop_as_told(network, leg, given)
    sound = Sound(*file_of(given), "call.playback", file_fields(network, given))
    sound.seconds *= _times(given)
    add(network, leg, _aimed(sound, given))


def stop(network: Network, leg: Leg, given: Mapping[str, Any]) -> None:
    """Do what the command playback_stop says."""
    if given.get("stop") != "current":
        del leg.sounds[1:]
    if leg.sounds:
        over(network, leg, leg.sounds[0], "cancelled")


def file_of(given: Mapping[str, Any], name: str = "audio_url") -> tuple[str, float]:
    """Return the name of the file that a command plays, and how long it plays."""
    return str(given.get(name) or given.get("media_name") or "a recording"), FILE_SECONDS


def file_fields(network: Network, given: Mapping[str, Any]) -> dict[str, Any]:
    """Return the fields of the webhooks about the file that a command plays."""
    url, name = given.get("audio_url"), given.get("media_name")
    fields: dict[str, Any] = {"media_url": url or ABSENT, "playback_id": network.new_id()}
    if name and not url:
        fields["media_name"] = name
    if "overlay" in given:
        fields["overlay"] = bool(given["overlay"])
    return fields


def add(network: Network, leg: Leg, sound: Sound) -> None:
    """Play *sound* on *leg* once all earlier ones are over."""
    leg.sounds.append(sound)
    if leg.sounds[0] is sound:
        network.after(LATENCY, partial(_begin, network, leg, sound), leg)


def over(network: Network, leg: Leg, sound: Sound, status: str = "completed") -> None:
    """End *sound*, which plays on *leg*, and begin the next one."""
    if sound not in leg.sounds:
        return
    was_first = leg.sounds[0] is sound
    leg.sounds.remove(sound)
    _tell_end(network, leg, sound, status)
    if status == "completed" and sound.then is not None:
        sound.then()
    if was_first and leg.sounds:
        _begin(network, leg, leg.sounds[0])


def cut(network: Network, leg: Leg) -> None:
    """End all sounds on *leg*, because the call has ended."""
    first = leg.sounds[:1]
    leg.sounds.clear()
    for sound in first:
        _tell_end(network, leg, sound, "call_hangup")


def _begin(network: Network, leg: Leg, sound: Sound) -> None:
    if sound not in leg.sounds or sound.has_begun:
        return
    sound.has_begun = True
    if sound.on_self:
        network.hear(leg, sound.text)
    if sound.on_opposite and leg.peer is not None:
        network.hear(leg.peer, sound.text)
    if sound.event:
        network.send(f"{sound.event}.started", leg, **sound.fields)
    if math.isfinite(sound.seconds):
        end = partial(over, network, leg, sound)
        network.after(sound.seconds, end, leg, awaits=leg.is_impatient)


def _tell_end(network: Network, leg: Leg, sound: Sound, status: str) -> None:
    if sound.event and sound.has_begun:
        if sound.event == "call.speak" and status == "cancelled":
            status = "completed"  # speech has no other word for this
        network.send(f"{sound.event}.ended", leg, status=status, **sound.fields)


def _aimed(sound: Sound, given: Mapping[str, Any]) -> Sound:
    """Let the legs hear *sound* that the command names."""
    legs = given.get("target_legs")
    sound.on_self, sound.on_opposite = legs != "opposite", legs in ("opposite", "both")
    return sound


def _times(given: Mapping[str, Any]) -> float:
    return math.inf if given.get("loop") == "infinity" else whole(given, "loop", 1, most=100)


def _stop_as_told(network: Network, leg: Leg, given: Mapping[str, Any]) -> None:
    if given.get("stop") in ("current", "all"):
        stop(network, leg, given)
