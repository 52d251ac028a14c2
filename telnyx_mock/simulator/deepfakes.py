"""Detection of synthetic voices on a leg."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Any

from telnyx_mock.simulator.leg import Leg
from telnyx_mock.simulator.network import Network
from telnyx_mock.simulator.parameters import seconds

_WAITS = 15.0
"""How many seconds detection waits for a voice, unless the command says otherwise."""


def listen(network: Network, leg: Leg, given: Mapping[str, Any]) -> None:
    """Begin detection on *leg*, as ``deepfake_detection`` says."""
    silence = partial(_tell, network, leg, "silence_timeout", None, None)
    leg.voice = network.after(seconds(given, "timeout", _WAITS), silence, leg, awaits=True)


def heard(network: Network, leg: Leg, *, synthetic: bool) -> None:
    """Judge the voice of the person, which is *synthetic* or not, if detection waits for one."""
    if leg.voice is not None:
        leg.voice.cancelled = True
        result = ("fake", 0.97, 95.0) if synthetic else ("real", 0.04, 97.5)
        _tell(network, leg, *result)


def _tell(
    network: Network, leg: Leg, result: str, score: float | None, consistency: float | None
) -> None:
    leg.voice = None
    network.send(
        "call.deepfake_detection.result", leg, result=result, score=score, consistency=consistency
    )
