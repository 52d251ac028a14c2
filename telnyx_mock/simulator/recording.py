"""Recordings of a leg, and their transcriptions."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Any

from telnyx_mock.simulator.leg import Leg, Recording
from telnyx_mock.simulator.network import LATENCY, Network
from telnyx_mock.simulator.parameters import seconds


def start(network: Network, leg: Leg, given: Mapping[str, Any]) -> None:
    """Do what the command record_start says. No webhook tells that it has begun."""
    begun = made(network, given)
    leg.recordings.append(begun)
    if longest := seconds(given, "max_length"):
        network.after(longest, partial(_stop, network, leg, begun), leg, awaits=True)
    if begun.silence:
        await_voice(network, leg)


def made(network: Network, given: Mapping[str, Any]) -> Recording:
    """Return the recording that a command begins."""
    return Recording(
        id=network.new_id(),
        format="wav" if given.get("format") == "wav" else "mp3",
        channels="dual" if given.get("channels") == "dual" else "single",
        began=network.now,
        transcribes=given.get("transcription") is True,
        silence=seconds(given, "timeout_secs"),
    )


def saved_fields(network: Network, recording: Recording, end: float) -> dict[str, Any]:
    """Return the fields that tell of a *recording* that ended at this virtual time."""
    return {
        "recording_id": recording.id,
        "format": recording.format,
        "channels": recording.channels,
        "recording_started_at": network.time(recording.began),
        "recording_ended_at": network.time(end),
        "recording_urls": {
            recording.format: f"https://example.com/recordings/{recording.id}.{recording.format}"
        },
        "public_recording_urls": {},
    }


def stop(network: Network, leg: Leg, given: Mapping[str, Any]) -> None:
    """Do what the command record_stop says: stop the recording that it names, or all."""
    named = given.get("recording_id")
    for made in list(leg.recordings):
        if named in (None, made.id):
            _stop(network, leg, made)


def stop_all(network: Network, leg: Leg) -> None:
    """Stop all recordings, because the call has ended."""
    stop(network, leg, {})


def await_voice(network: Network, leg: Leg) -> None:
    """Begin to count the silence on *leg* anew; recordings end after so much of it."""
    for made in leg.recordings:
        if made.silence:
            if made.timer is not None:
                made.timer.cancelled = True
            made.timer = network.after(
                made.silence, partial(_stop, network, leg, made), leg, awaits=True
            )


def _stop(network: Network, leg: Leg, made: Recording) -> None:
    if made not in leg.recordings:
        return
    leg.recordings.remove(made)
    if made.timer is not None:
        made.timer.cancelled = True
    end = network.now
    # The leg may have ended, so that the timer is the network's.
    network.after(LATENCY, partial(_saved, network, leg, made, end), None)


def _saved(network: Network, leg: Leg, made: Recording, end: float) -> None:
    fields = saved_fields(network, made, end)
    times = {"start_time": network.time(made.began), "end_time": network.time(end)}
    network.send("call.recording.saved", leg, **fields, **times)
    if made.transcribes:
        network.send(
            "call.recording.transcription.saved",
            leg,
            recording_id=made.id,
            recording_transcription_id=network.new_id(),
            transcription_text=" ".join(made.said),
        )
