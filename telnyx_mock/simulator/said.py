"""A command that the app sent, with the answer of the API, and whether it has an effect."""

from __future__ import annotations

from dataclasses import dataclass

from telnyx_mock.fake_api.answers import ApiAnswer
from telnyx_mock.fake_api.command import Command


@dataclass(frozen=True, slots=True)
class Said:
    """A command that the app sent, and what the API answered."""

    command: Command
    answer: ApiAnswer

    @property
    def status(self) -> int:
        """The status of the answer."""
        return self.answer.status

    @property
    def is_accepted(self) -> bool:
        """Whether the API accepted the command, and does not ignore it."""
        return 200 <= self.status < 300 and not self.command.is_repeat

    @property
    def why_not(self) -> str:
        """Why the command has no effect; empty if it is accepted."""
        if self.is_accepted:
            return ""
        if self.command.is_repeat:
            return f"ignored: the command_id {self.command.command_id!r} was used before"
        return f"refused: {self.status}"
