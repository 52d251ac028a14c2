"""Gets the code that a person has received, for a test or a flow."""

from __future__ import annotations

from telnyx_mock.simulator.call import NotPossible
from telnyx_mock.simulator.simulation import Simulation


def received_code(simulation: Simulation, number: str) -> str:
    """Return the code that the person at *number* received last. Raises NotPossible if none has arrived."""
    __tracebackhide__ = True
    code: str | None = simulation.wait_for(lambda: simulation.code_sent_to(number))
    if code is None:
        raise NotPossible(f"No code has arrived at {number}.", simulation.shown())
    return code
