"""Keys: what a person presses, and what a command gathers of it."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Any

from telnyx_mock.simulator import sounds
from telnyx_mock.simulator.leg import Gather, Leg, Prompt, Sound
from telnyx_mock.simulator.network import LATENCY, Network
from telnyx_mock.simulator.parameters import seconds, text, whole

KEYS = "0123456789*#ABCD"

_PAUSE = 0.3
"""How many seconds a person takes between two keys."""


def gather(network: Network, leg: Leg, given: Mapping[str, Any]) -> None:
    """Do what the command gather says."""
    made = _gather(network, given, first_key=seconds(given, "initial_timeout_millis", 5.0))
    _start(network, leg, made)
    _await_keys(network, leg, made)


def gather_using_speak(network: Network, leg: Leg, given: Mapping[str, Any]) -> None:
    """Do what the command gather_using_speak says. No webhook tells of its speech."""

    def prompt(name: str, made: Gather) -> None:
        words = sounds.spoken(given, name)
        _play(network, leg, made, Sound(words, sounds.seconds_of(words)))

    made = _with_prompt(network, leg, given, partial(prompt, "payload"))
    if given.get("invalid_payload"):
        made.invalid_prompt = partial(prompt, "invalid_payload")


def gather_using_audio(network: Network, leg: Leg, given: Mapping[str, Any]) -> None:
    """Do what the command gather_using_audio says."""

    def prompt(url: str, name: str, made: Gather) -> None:
        file = {"audio_url": given.get(url), "media_name": given.get(name)}
        fields = sounds.file_fields(network, file)
        _play(network, leg, made, Sound(*sounds.file_of(file), "call.playback", fields))

    made = _with_prompt(network, leg, given, partial(prompt, "audio_url", "media_name"))
    if given.get("invalid_audio_url") or given.get("invalid_media_name"):
        made.invalid_prompt = partial(prompt, "invalid_audio_url", "invalid_media_name")


def stop(network: Network, leg: Leg, given: Mapping[str, Any]) -> None:
    """Do what the command gather_stop says."""
    end(network, leg, "cancelled")


def end(network: Network, leg: Leg, status: str) -> None:
    """End what is gathered on *leg*, if anything is."""
    made, leg.gather = leg.gather, None
    if made is None:
        return
    _forget(network, leg, made)
    network.send("call.gather.ended", leg, digits=made.digits, status=status, **made.fields)


def press(network: Network, leg: Leg, keys: str) -> None:
    """Let the person press *keys*, one after the other. A key ends the prompt that plays."""
    for number, key in enumerate(keys):
        network.after(LATENCY + number * _PAUSE, partial(_key, network, leg, key), leg)


def _key(network: Network, leg: Leg, key: str) -> None:
    network.send("call.dtmf.received", leg, digit=key)
    made = leg.gather
    if made is None:
        return
    _forget(network, leg, made)
    if key == made.terminating:
        _judge(network, leg, made, too_late=False)
        return
    made.digits += key
    if len(made.digits) >= made.maximum:
        _judge(network, leg, made, too_late=False)
        return
    # It awaits no person: who has pressed some keys and goes on later waits too long.
    made.timers.append(
        network.after(made.next_key, partial(_judge, network, leg, made, too_late=True), leg)
    )


def _gather(network: Network, given: Mapping[str, Any], *, first_key: float) -> Gather:
    terminating = given.get("terminating_digit", "#")  # an empty text disables it
    return Gather(
        minimum=whole(given, "minimum_digits", 1),
        maximum=whole(given, "maximum_digits", 128),
        valid=text(given, "valid_digits") or "0123456789#*",
        terminating=str(terminating or ""),
        first_key=first_key,
        next_key=seconds(given, "inter_digit_timeout_millis", 5.0),
        fields={"gather_id": given.get("gather_id") or network.new_id()},
    )


def _with_prompt(network: Network, leg: Leg, given: Mapping[str, Any], prompt: Prompt) -> Gather:
    made = _gather(network, given, first_key=seconds(given, "timeout_millis", 60.0))
    made.tries = whole(given, "maximum_tries", 3)
    made.prompt = prompt
    _start(network, leg, made)
    prompt(made)
    return made


def _start(network: Network, leg: Leg, made: Gather) -> None:
    end(network, leg, "cancelled")
    leg.gather = made


def _play(network: Network, leg: Leg, made: Gather, sound: Sound) -> None:
    made.sound = sound
    sound.then = partial(_await_keys, network, leg, made)
    sounds.add(network, leg, sound)


def _await_keys(network: Network, leg: Leg, made: Gather) -> None:
    if leg.gather is made and not made.digits:
        silent = partial(_judge, network, leg, made, too_late=True)
        made.timers.append(network.after(made.first_key, silent, leg, awaits=True))


def _judge(network: Network, leg: Leg, made: Gather, *, too_late: bool) -> None:
    """End the gathering, or begin it again if the command allows another try."""
    if leg.gather is not made:
        return
    enough = made.minimum <= len(made.digits) <= made.maximum
    if enough and all(key in made.valid for key in made.digits):
        end(network, leg, "valid")
        return
    made.tries -= 1
    if made.prompt is None or made.tries <= 0:
        end(network, leg, "timeout" if too_late and not enough else "invalid")
        return
    again = made.invalid_prompt if made.digits and made.invalid_prompt else made.prompt
    made.digits = ""
    _forget(network, leg, made)
    again(made)


def _forget(network: Network, leg: Leg, made: Gather) -> None:
    """Stop the prompt and the clocks of *made*."""
    for timer in made.timers:
        timer.cancelled = True
    made.timers.clear()
    sound, made.sound = made.sound, None
    if sound is not None:
        sounds.over(network, leg, sound, "cancelled")
