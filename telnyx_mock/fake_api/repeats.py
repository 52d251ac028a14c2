"""Tells which commands Telnyx ignores, because they repeat the ``command_id`` of an earlier one.

Telnyx ignores commands with the same id for the same call, conference or collection within 60 s
(https://developers.telnyx.com/docs/voice/programmable-voice/receiving-webhooks). A command that failed
does not count, as one sends it again.
"""

from __future__ import annotations

from collections.abc import Callable

from telnyx_mock.fake_api.answers import ApiAnswer
from telnyx_mock.fake_api.command import Command
from telnyx_mock.fake_api.history import Latest

WINDOW = 60.0
"""For how many seconds an id counts."""


class Repeats:
    """The answers to the latest 10,000 commands with an id.

    An id counts for *window* seconds. *now* gives the time, if it is another than that of the commands.
    """

    def __init__(self) -> None:
        self.window = WINDOW
        self.now: Callable[[], float] | None = None
        self._answers: Latest[tuple[float, ApiAnswer]] = Latest()

    def earlier(self, command: Command) -> ApiAnswer | None:
        """Return the answer to the command that *command* repeats, or None."""
        if (key := _key(command)) is None or key not in self._answers:
            return None
        at, made = self._answers[key]
        return made if self._time(command) - at < self.window else None

    def note(self, command: Command, made: ApiAnswer) -> None:
        """Note *command* and its answer, unless it failed."""
        if (key := _key(command)) is not None and 200 <= made.status < 300:
            self._answers[key] = self._time(command), made

    def _time(self, command: Command) -> float:
        return command.at if self.now is None else self.now()

    def clear(self) -> None:
        """Forget all commands."""
        self.window = WINDOW
        self.now = None
        self._answers.clear()


def _key(command: Command) -> str | None:
    if command.command_id is None:
        return None
    resource, _, _ = command.path.partition("/actions/")
    return f"{resource.rstrip('/')} {command.command_id}"
