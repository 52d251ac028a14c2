"""Makes an example of a kind, with all its members: the answer of an operation that nobody modelled."""

from __future__ import annotations

import secrets
import uuid
from collections.abc import Sequence
from typing import Any

from telnyx_mock.operations.table import Kind
from telnyx_mock.schema.placeholders import TimeStyle

_WORDS = {"integer": 1, "number": 1.0, "boolean": True, "null": None}
_END_OF_PAGES = {"cursor", "page_cursor", "after", "has_more", "next_page_token", "next_page_uri"}
"""Optional members that would announce another page; the example has one page."""


class Recursive(Exception):
    """The example of a kind would contain itself without end."""


class Examples:
    """Makes examples of *kinds*, with new ids. *now* is the time in them, in Unix seconds."""

    def __init__(self, kinds: Sequence[Kind], now: float) -> None:
        self._kinds = kinds
        self._now = now
        self._open: list[int] = []

    def make(self, number: int, name: str = "") -> Any:
        """Return an example of the kind of this *number*, for the member *name*.

        Raises Recursive if the kind is inside itself at a place that cannot be left out.
        """
        kind = self._kinds[number]
        if isinstance(kind, str):
            return self._word(kind, name)
        if number in self._open:
            raise Recursive
        self._open.append(number)
        try:
            return self._compound(kind, name)
        finally:
            self._open.pop()

    def _word(self, word: str, name: str) -> Any:
        if word == "datetime":
            return TimeStyle.MILLISECONDS.write(self._now)
        if word == "date":
            return TimeStyle.DATE.write(self._now)
        if word == "anything":
            return {}
        return self._string(name) if word == "string" else _WORDS[word]

    def _string(self, name: str) -> str:
        if name == "result":
            return "ok"
        if name.endswith(("_at", "_time")):
            return TimeStyle.MILLISECONDS.write(self._now)
        if name.endswith("call_control_id"):
            return f"v3:{secrets.token_urlsafe(40)}"
        if name == "id" or name.endswith(("_id", "uuid")):
            return str(uuid.uuid4())
        if name.endswith(("phone_number", "msisdn")) or name in ("from", "to"):
            return "+13125550199"
        if name.endswith("url"):
            return "https://example.com"
        return "user@example.com" if name.endswith("email") else "string"

    def _compound(self, kind: list[Any], name: str) -> Any:
        word, *inner = kind
        if word == "enum":
            return inner[0][0]
        if word == "any_of":
            return self._first(inner[0], name)
        if word == "object":
            return self._object(*inner)
        try:
            item = self.make(inner[0], name.removesuffix("s"))
        except Recursive:
            return [] if word == "list" else {}
        return [item] if word == "list" else {"key": item}

    def _first(self, numbers: list[int], name: str) -> Any:
        for number in numbers:
            try:
                return self.make(number, name)
            except Recursive:
                continue
        raise Recursive

    def _object(self, required: dict[str, int], optional: dict[str, int]) -> dict[str, Any]:
        made = {name: self.make(number, name) for name, number in required.items()}
        for name, number in optional.items():
            if name not in _END_OF_PAGES:
                try:
                    made[name] = self.make(number, name)
                except Recursive:
                    continue
        return made
