"""Kinds of value that differ in every webhook: ids and times."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache

from telnyx_mock.schema.json_values import Json, shown
from telnyx_mock.schema.kind import Leaf
from telnyx_mock.schema.placeholders import GeneratedId, GeneratedTime, TimeStyle


@dataclass(frozen=True, slots=True)
class Identifier(Leaf):
    """The id of an event, a call, a message or the like.

    *role* says what the id belongs to. *number* distinguishes the ids of one role in a webhook:
    two fields with the same role and number carry the same id. *text* is the documented sample.
    *template* is the form of a generated id; see
    :class:`telnyx_mock.schema.placeholders.GeneratedId`.
    """

    role: str
    text: str
    template: str = "{uuid}"
    number: int = 1

    @property
    def sample(self) -> GeneratedId:
        return _placeholder_of_id(self.text, self.role, self.template, self.number)

    def problem(self, value: Json) -> str | None:
        if not isinstance(value, str) or not value:
            return f"must be a non-empty string ({self.role}), not {shown(value)}"
        return None

    def schema(self) -> dict[str, Json]:
        return {"type": "string", "minLength": 1}


@dataclass(frozen=True, slots=True)
class Timestamp(Leaf):
    """An ISO 8601 time, *offset* seconds after the event (negative: before it).

    *text* is the documented sample. *style* is the way in which the product writes times.
    """

    text: str
    style: TimeStyle = TimeStyle.MICROSECONDS
    offset: float = 0.0
    has_one_style: bool = False

    @property
    def sample(self) -> GeneratedTime:
        return _placeholder_of_time(self.text, self.style, self.offset)

    def problem(self, value: Json) -> str | None:
        if not isinstance(value, str) or self._pattern().fullmatch(value) is None:
            return f"must be an ISO 8601 time such as {self.text!r}, not {shown(value)}"
        return None

    def schema(self) -> dict[str, Json]:
        return {"type": "string", "pattern": f"^(?:{self._pattern().pattern})$"}

    def _pattern(self) -> re.Pattern[str]:
        return _PATTERNS.get(self.style, _TIMESTAMP)


_placeholder_of_id = cache(GeneratedId)
_placeholder_of_time = cache(GeneratedTime)

_PATTERNS = {
    TimeStyle.DATE: re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}"),
    TimeStyle.UNIX: re.compile(r"[0-9]+"),
}
_TIMESTAMP = re.compile(
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}[T ][0-9]{2}:[0-9]{2}:[0-9]{2}(?:\.[0-9]{1,9})?"
    r"(?:Z|[+-][0-9]{2}:?[0-9]{2})?"
)
