"""Remembers the codes that the app has sent to people, and says whether a code is right.

Telnyx rejects a code that is wrong or has expired: ``timeout_secs`` is "the number of seconds before the code of the
request is expired. Once this request has expired, the code will no longer verify the user"
(https://developers.telnyx.com/api-reference/verify/retrieve-verification). What it answers to a code that was
accepted before is not documented.
"""

from __future__ import annotations

import json
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote

from telnyx_mock.fake_api.answers import ApiAnswer
from telnyx_mock.fake_api.command import Command
from telnyx_mock.fake_api.history import Latest

_BY_NUMBER = "by_phone_number"

VALID = 300.0
"""For how many seconds a code is valid, unless the command says so: that of the examples of Verify profiles."""


@dataclass(slots=True)
class Verification:
    """A *code* that the app has sent to a *number*, by *command*, which had this *answer*.

    Nobody but the person knows the code, so any is right until somebody has *asked* for it. If the app chose it,
    only that is right. No code is right after the Unix time *until*.
    """

    id: str
    number: str
    code: str
    command: Command
    answer: ApiAnswer
    asked: bool
    until: float
    was_accepted: bool = False


class Verifications:
    """The verifications that the app has begun, by id; ``latest`` has the last one of each number.

    *now* gives the time, if it is another than that of the commands.
    """

    def __init__(self) -> None:
        self.now: Callable[[], float] | None = None
        self.begun: Latest[Verification] = Latest()
        self.latest: Latest[Verification] = Latest()

    def note(self, command: Command, answer: ApiAnswer) -> None:
        """Remember what *command* begins, if it begins a verification and the *answer* says so."""
        path = _path(command)
        if command.method != "POST" or len(path) != 1 or answer.status != 200:
            return
        id_, number = _begun(answer)
        if not id_:
            return
        chosen = command.parameters.get("custom_code")
        code = chosen if isinstance(chosen, str) else f"{secrets.randbelow(100_000):05d}"
        until = self._time(command) + _seconds(command)
        made = Verification(id_, number, code, command, answer, code == chosen, until)
        self.begun[id_] = self.latest[number] = made

    def answer(self, command: Command) -> dict[str, Any] | None:
        """Return the answer to *command* if it checks a code, or reads a verification, that is known; else None."""
        path = _path(command)
        if command.is_read and len(path) == 1 and path[0] in self.begun:
            return self._read(self.begun[path[0]], command)
        if command.method != "POST" or path[-2:] != ["actions", "verify"]:
            return None
        known = self.latest if path[0] == _BY_NUMBER else self.begun
        found = known.get(path[1] if path[0] == _BY_NUMBER else path[0])
        code = command.parameters.get("code")
        if found is None or code is None:
            return None
        is_right = self._time(command) <= found.until and (not found.asked or code == found.code)
        found.was_accepted |= is_right
        response = "accepted" if is_right else "rejected"
        return {"data": {"phone_number": found.number, "response_code": response}}

    def _read(self, found: Verification, command: Command) -> dict[str, Any]:
        is_over = self._time(command) > found.until
        status = "accepted" if found.was_accepted else "expired" if is_over else "pending"
        return {"data": {**json.loads(found.answer.body)["data"], "status": status}}

    def _time(self, command: Command) -> float:
        return command.at if self.now is None else self.now()

    def clear(self) -> None:
        """Forget all verifications."""
        self.now = None
        self.begun.clear()
        self.latest.clear()


def _path(command: Command) -> list[str]:
    """Return the words of the path behind ``verifications``; nothing for another command."""
    first, *rest = command.path.removeprefix("/v2").strip("/").split("/")
    return [unquote(each) for each in rest] if first == "verifications" else []


def _seconds(command: Command) -> float:
    """Return for how many seconds the code of *command* is valid; a number may be written as a text."""
    try:
        return float(command.parameters["timeout_secs"])
    except (LookupError, ValueError, TypeError):
        return VALID


def _begun(answer: ApiAnswer) -> tuple[str, str]:
    """Return the id and number in *answer*; a prepared one may have none."""
    try:
        data = json.loads(answer.body)["data"]
        return str(data["id"]), str(data["phone_number"])
    except (ValueError, LookupError, TypeError):
        return "", ""
