"""Remembers the codes that the app has sent to people, and says whether a code is right."""

from __future__ import annotations

import json
import secrets
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote

from telnyx_mock.fake_api.answers import ApiAnswer
from telnyx_mock.fake_api.command import Command
from telnyx_mock.fake_api.history import Latest

_BY_NUMBER = "by_phone_number"


@dataclass(slots=True)
class Verification:
    """A *code* that the app has sent to a *number*, by *command*, which had this *answer*.

    Nobody but the person knows the code, so any is right until somebody has *asked* for it. If the app chose it,
    only that is right.
    """

    id: str
    number: str
    code: str
    command: Command
    answer: ApiAnswer
    asked: bool


class Verifications:
    """The verifications that the app has begun, by id; ``latest`` has the last one of each number."""

    def __init__(self) -> None:
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
        made = Verification(id_, number, code, command, answer, asked=code == chosen)
        self.begun[id_] = self.latest[number] = made

    def answer(self, command: Command) -> dict[str, Any] | None:
        """Return the answer to *command* if it checks a code that somebody knows, or else None."""
        path = _path(command)
        if command.method != "POST" or path[-2:] != ["actions", "verify"]:
            return None
        known = self.latest if path[0] == _BY_NUMBER else self.begun
        found = known.get(path[1] if path[0] == _BY_NUMBER else path[0])
        code = command.parameters.get("code")
        if found is None or not found.asked or code is None:
            return None
        right = "accepted" if code == found.code else "rejected"
        return {"data": {"phone_number": found.number, "response_code": right}}

    def clear(self) -> None:
        """Forget all verifications."""
        self.begun.clear()
        self.latest.clear()


def _path(command: Command) -> list[str]:
    """Return the words of the path behind ``verifications``; nothing for another command."""
    first, *rest = command.path.removeprefix("/v2").strip("/").split("/")
    return [unquote(each) for each in rest] if first == "verifications" else []


def _begun(answer: ApiAnswer) -> tuple[str, str]:
    """Return the id and number in *answer*; a prepared one may have none."""
    try:
        data = json.loads(answer.body)["data"]
        return str(data["id"]), str(data["phone_number"])
    except (ValueError, LookupError, TypeError):
        return "", ""
