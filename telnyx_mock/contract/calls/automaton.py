"""Lets a telephone that answers each message by itself write to the app."""

from __future__ import annotations

from telnyx_mock.contract.calls.checks import MOST_IN_A_CHAIN
from telnyx_mock.contract.calls.invariants import Violation
from telnyx_mock.contract.calls.machine import ReceiverMachine
from telnyx_mock.contract.calls.run import Run
from telnyx_mock.emulator import Emulator
from telnyx_mock.simulator.commands import SENDS
from telnyx_mock.simulator.parameters import texts

INVARIANT = "stops-answering-an-automaton"

AWAY = "I am driving, and will answer later."
"""What the telephone answers."""


def answers_without_end(emulator: Emulator, run: Run) -> Violation | None:
    """Return a violation if the app answers the telephone each time, as the telephone answers the app."""
    machine = ReceiverMachine(emulator, run)
    telephone = machine.people.numbers[0]
    try:
        for _ in range(MOST_IN_A_CHAIN):
            before = len(machine.commands)
            machine.people.write(0, AWAY)
            if not any(
                command.name in SENDS and telephone in texts(command.parameters, "to")
                for command in machine.commands[before:]
            ):
                return None
        message = (
            "A telephone answered each message of the app with the same words, and the app answered "
            f"{MOST_IN_A_CHAIN} times."
        )
        return machine.violation(INVARIANT, message)
    finally:
        machine.close()
