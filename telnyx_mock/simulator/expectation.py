"""Finds the command that a test expects, and says what comes nearest if there is none."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from telnyx_mock.errors import ReceiverFailure
from telnyx_mock.fake_api.command import Command
from telnyx_mock.schema.json_values import texts_in
from telnyx_mock.simulator.said import Said
from telnyx_mock.simulator.simulation import Simulation
from telnyx_mock.simulator.transcript import shown_parameters


class Expectations:
    """What a test expects of the commands that *belong* to a call or conversation, one after the other.

    *about* names it, and *shown* is its transcript. Commands from position *since* on count.
    """

    def __init__(
        self,
        simulation: Simulation,
        belongs: Callable[[Command], bool],
        about: str,
        shown: Callable[[], str],
        since: int,
    ) -> None:
        self._simulation = simulation
        self._belongs = belongs
        self._about = about
        self._shown = shown
        self._since = self._next = since

    def commands(self) -> list[Command]:
        """Return the commands that belong, and that the API accepted."""
        return [said.command for _, said in self._said(self._since) if said.is_accepted]

    def expect(
        self, name: str, contains: str, timeout: float | None, parameters: Mapping[str, Any]
    ) -> Command:
        """Return the next command *name* with these *parameters*; see ``Call.expect``."""
        __tracebackhide__ = True
        wanted = {key.removesuffix("_"): value for key, value in parameters.items()}

        def find() -> tuple[int, Command] | None:
            for position, said in self._said(self._next):
                is_named = said.is_accepted and said.command.name == name
                if is_named and not _difference(said.command, contains, wanted):
                    return position, said.command
            return None

        found: tuple[int, Command] | None = self._simulation.wait_for(find, timeout)
        if found is None:
            raise ReceiverFailure(self._missing(name, contains, wanted))
        self._next = found[0] + 1
        self._simulation.note_found(found[1])
        return found[1]

    def _said(self, since: int) -> list[tuple[int, Said]]:
        """Return what belongs from position *since* on, with the positions."""
        history = self._simulation.said
        entries = history.since(since)
        first = history.position - len(entries)
        return [
            (first + number, said)
            for number, said in enumerate(entries)
            if self._belongs(said.command)
        ]

    def _missing(self, name: str, contains: str, wanted: Mapping[str, Any]) -> str:
        what = f"{name} with {contains!r}" if contains else name
        if wanted:
            what += " and " if contains else " with "
            what += ", ".join(f"{key}={value!r}" for key, value in wanted.items())
        lines = [f"The app did not send {what} for this {self._about}."]
        said = [each for _, each in self._said(self._next)]
        near = [each for each in said if each.command.name == name] or said[-1:]
        if near:
            last = near[-1]
            if not last.is_accepted:
                why = last.why_not
            elif last.command.name == name:
                why = _difference(last.command, contains, wanted)
            else:
                why = "another command"
            lines.append(
                f"  nearest   {last.command.name}{shown_parameters(last.command.parameters)} ({why})"
            )
        elif any(each.command.name == name for _, each in self._said(self._since)):
            lines.append(
                f"  nearest   an earlier {name}, before the command that was expected last"
            )
        return "\n".join([*lines, *(f"  {line}" for line in self._shown().splitlines())])


def _difference(command: Command, contains: str, wanted: Mapping[str, Any]) -> str:
    """Return why *command* is not the one that is wanted; empty if it is."""
    for key, value in wanted.items():
        if key not in command.parameters:
            return f"it has no {key}"
        if command.parameters[key] != value:
            return f"{key} is {command.parameters[key]!r}"
    if contains and not any(contains in text for text in texts_in(command.parameters)):
        return f"no text contains {contains!r}"
    return ""
