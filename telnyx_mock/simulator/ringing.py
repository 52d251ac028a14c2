"""Begins simulated calls: a person calls the app, or the app has called a telephone."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from telnyx_mock.simulator import person
from telnyx_mock.simulator.call import Call, NotPossible
from telnyx_mock.simulator.leg import Leg
from telnyx_mock.simulator.simulation import Simulation


def rings(
    simulation: Simulation, from_: str, to: str, given: Mapping[str, Any], *, impatient: bool
) -> Call:
    """Let a person call the app, and return the call."""
    __tracebackhide__ = True
    since = simulation.position(), simulation.said.position
    leg: Leg = simulation.act(
        lambda network: person.rings(network, from_, to, given, impatient=impatient)
    )
    return Call(simulation, leg, *since)


def dialled(simulation: Simulation, to: str | None) -> Call:
    """Return the telephone that the app calls now, at the number *to* if there are several.

    Raises NotPossible if no such telephone rings.
    """
    __tracebackhide__ = True
    simulation.adopt_begun()

    def find() -> list[Leg]:
        return [
            leg
            for leg in simulation.network.legs.values()
            if leg.direction == "outgoing" and leg.state == "ringing" and to in (None, leg.to)
        ]

    found = simulation.wait_for(find)
    if not found:
        where = "" if to is None else f" at {to}"
        raise NotPossible(f"The app calls no telephone{where} now.", simulation.shown())
    return Call(simulation, found[-1])
