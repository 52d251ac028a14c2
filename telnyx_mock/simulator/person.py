"""What a person at a telephone does, and what it causes."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Any

from telnyx_mock.simulator import assistants, conferences, deepfakes, lifecycle, recording
from telnyx_mock.simulator.leg import Leg
from telnyx_mock.simulator.network import LATENCY, Network
from telnyx_mock.simulator.sounds import seconds_of


def rings(
    network: Network, from_: str, to: str, given: Mapping[str, Any], *, impatient: bool = False
) -> Leg:
    """Let the person at *from_* call *to*. *given* are further fields of ``call.initiated``."""
    leg = Leg(
        call_control_id=network.new_id("v3:{token}"),
        call_leg_id=network.new_id(),
        call_session_id=network.new_id(),
        connection_id=str(given.get("connection_id", "7267000000000000001")),
        from_=from_,
        to=to,
        direction="incoming",
        began=network.now,
        given=given,
        is_impatient=impatient,
        nth=network.next_nth(from_),
    )
    network.note(leg, "person", f"calls {to}")
    lifecycle.begin(network, leg)
    return leg


def says(network: Network, leg: Leg, text: str, *, synthetic: bool = False) -> None:
    """Let the person say *text*: who is joined hears it, and so do transcriptions and recordings.

    A *synthetic* voice is none of a person.
    """
    network.after(seconds_of(text), partial(_said, network, leg, text, synthetic=synthetic), leg)


def _said(network: Network, leg: Leg, text: str, *, synthetic: bool) -> None:
    if leg.peer is not None:
        network.hear(leg.peer, text)
    conferences.said(network, leg, text)
    assistants.said(network, leg, text)
    for made in leg.recordings:
        made.said.append(text)
    recording.await_voice(network, leg)
    deepfakes.heard(network, leg, synthetic=synthetic)
    if leg.transcribes:
        words = {"transcript": text, "is_final": True, "confidence": 0.98}
        network.send("call.transcription", leg, transcription_data=words)


def hangs_up(network: Network, leg: Leg) -> None:
    """Let the person hang up: before an answer, a caller gives up, and a called person rejects."""
    unanswered = "originator_cancel" if leg.direction == "incoming" else "call_rejected"
    cause = "normal_clearing" if leg.has_answered else unanswered
    lifecycle.ended(network, leg, cause, leg.person_side)


def does_not_answer(network: Network, leg: Leg, cause: str) -> None:
    """Let the telephone of an outgoing *leg* not be answered, for this *cause* of hanging up."""
    network.after(LATENCY, partial(lifecycle.ended, network, leg, cause, "callee"), leg)
