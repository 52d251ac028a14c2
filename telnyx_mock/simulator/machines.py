"""Detection of answering machines on a leg that somebody or something has picked up."""

from __future__ import annotations

from functools import partial

from telnyx_mock.simulator.leg import Leg
from telnyx_mock.simulator.network import Network

HUMAN, MACHINE = "human", "machine"

_LISTENS = 2.0
"""How many seconds detection takes."""

_GREETING = 4.0
"""How many seconds a machine's greeting takes after detection."""

_NO_BEEP = 30.0
"""After so many seconds without a beep, detection of words gives up."""


def detect(network: Network, leg: Leg, detected: str, *, beep: bool) -> None:
    """Tell the app what detection thinks, if the app asked for it."""
    if leg.detection == "disabled":
        return
    premium = leg.detection.startswith("premium")
    kind = "call.machine.premium" if premium else "call.machine"
    if premium and detected == HUMAN:
        detected = "human_residence"

    def tell(what: str, result: str) -> None:
        network.send(f"{kind}.{what}.ended", leg, result=result)

    network.after(_LISTENS, partial(tell, "detection", detected), leg)
    if detected != MACHINE:
        return
    heard = "beep_detected" if beep else ""
    by_mode = {
        "greeting_end": ("ended", _GREETING),
        "detect_words": (heard or "not_sure", _GREETING if beep else _NO_BEEP),
        "detect_beep": (heard, _GREETING),
    }
    ends = (heard or "no_beep_detected", _GREETING) if premium else by_mode.get(leg.detection)
    if ends is not None and ends[0]:
        network.after(_LISTENS + ends[1], partial(tell, "greeting", ends[0]), leg)
