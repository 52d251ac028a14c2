"""Placeholders for ids and times, and the values generated in their place for each delivery.

A :class:`GeneratedId` is a string that knows the role of the id. A :class:`GeneratedTime` is a
string that knows its distance from the event in seconds. The text of a placeholder is that of the
documented sample. :func:`generate_values` gives each placeholder a new text. Equal placeholders of
one body get the same text. New ids depend on the name of the run and a counter, not on Hypothesis'
random draws, so a receiver that deduplicates never sees an id twice by accident. This module
imports nothing of the package.
"""

from __future__ import annotations

import base64
import datetime as dt
import hashlib
import itertools
import re
import secrets
from collections.abc import Callable, Mapping
from enum import Enum
from functools import cache
from typing import Any

_EPOCH = dt.datetime(1970, 1, 1)


class TimeStyle(Enum):
    """The way a product writes its times, as published samples and captures show it."""

    SECONDS = "2024-01-15T10:30:00Z"
    MILLISECONDS = "2024-01-15T10:30:00.123Z"
    MICROSECONDS = "2024-01-15T10:30:00.123456Z"
    SECONDS_OFFSET = "2024-01-15T10:30:00+00:00"
    MILLISECONDS_OFFSET = "2024-01-15T10:30:00.123+00:00"
    MICROSECONDS_OFFSET = "2024-01-15T10:30:00.123456+00:00"
    SECONDS_NAIVE = "2024-01-15T10:30:00"
    MILLISECONDS_NAIVE = "2024-01-15T10:30:00.123"
    MICROSECONDS_NAIVE = "2024-01-15T10:30:00.123456"
    DATE = "2024-01-15"
    UNIX = "1705314600"

    def __init__(self, _: str) -> None:
        # Its name would be slow to take apart, or to look up, for each time that is written.
        unit, _, zone = self.name.partition("_")
        self._unit = unit.lower()
        self._suffix = {"": "Z", "OFFSET": "+00:00", "NAIVE": ""}[zone]

    @property
    def has_fraction(self) -> bool:
        """Whether a time in this style may have a fraction of a second, or none."""
        return self not in (TimeStyle.DATE, TimeStyle.UNIX)

    @classmethod
    def of(cls, sample: str) -> TimeStyle:
        """Return the style of *sample*, unless it is :attr:`UNIX`, which reads like any number.

        Raises ValueError if *sample* has an unknown style.
        """
        match = re.fullmatch(
            r"[0-9]{4}-[0-9]{2}-[0-9]{2}(?:(?P<clock>[T ][0-9:]{8})(?P<fraction>\.[0-9]+)?(?P<zone>Z|\+00:00)?)?",
            sample,
        )
        if match is None:
            raise ValueError(f"{sample!r} is not a time in a known style")
        if match["clock"] is None:
            return cls.DATE
        digits = len(match["fraction"] or ".") - 1
        unit = "SECONDS" if digits == 0 else "MILLISECONDS" if digits <= 3 else "MICROSECONDS"
        zone = {"Z": "", "+00:00": "_OFFSET", None: "_NAIVE"}[match["zone"]]
        return cls[unit + zone]

    def write(self, seconds: float) -> str:
        """Return the time *seconds* after the Unix epoch in this style, in UTC."""
        if self._unit == "unix":
            return str(int(seconds))
        moment = _EPOCH + dt.timedelta(seconds=seconds)
        if self._unit == "date":
            return moment.date().isoformat()
        return moment.isoformat(timespec=self._unit) + self._suffix


class GeneratedId(str):
    """An id of *role* and *number*.

    For example, ``call_control_id`` 1 is the webhook's own leg, and 2 is another leg.

    *template* is the form of a generated id. Random characters replace its parts ``{uuid}``,
    ``{hex}`` (12 characters), ``{short}`` (10), ``{TCR}`` (7, upper case), ``{token}`` (54 URL-safe
    characters) and ``{digits}`` (18).
    """

    __slots__ = ("number", "role", "template")
    role: str
    template: str
    number: int

    def __new__(
        cls, text: str, role: str, template: str = "{uuid}", number: int = 1
    ) -> GeneratedId:
        self = str.__new__(cls, text)
        self.role = role
        self.template = template
        self.number = number
        return self

    def __reduce__(self) -> tuple[type[GeneratedId], tuple[str, str, str, int]]:
        return GeneratedId, (str(self), self.role, self.template, self.number)

    def with_text(self, text: str) -> GeneratedId:
        """Return the same id with another text."""
        return GeneratedId(text, self.role, self.template, self.number)


class GeneratedTime(str):
    """A time, *offset* seconds after its event (negative: before it), written in *style*."""

    __slots__ = ("offset", "style")
    style: TimeStyle
    offset: float

    def __new__(cls, text: str, style: TimeStyle, offset: float = 0.0) -> GeneratedTime:
        self = str.__new__(cls, text)
        self.style = style
        self.offset = offset
        return self

    def __reduce__(self) -> tuple[type[GeneratedTime], tuple[str, TimeStyle, float]]:
        return GeneratedTime, (str(self), self.style, self.offset)

    def with_text(self, text: str) -> GeneratedTime:
        """Return the same time with another text."""
        return GeneratedTime(text, self.style, self.offset)


class DeliveryAddress(str):
    """The address to which a webhook goes, in the webhook itself: known when it is sent."""

    __slots__ = ()


class Echoed(str):
    """A value that the receiver itself set earlier in the run, and that Telnyx sends back to it."""

    __slots__ = ()


class IdSource:
    """Names examples, so that no two examples, workers or runs generate the same id.

    *run* is the name of the run; if it is not given, it is random.
    """

    def __init__(self, run: str | None = None) -> None:
        self.run = run or secrets.token_hex(8)
        self._examples = itertools.count(1)

    def example(self) -> str:
        """Return the name of the next example, for :func:`generate_values`."""
        return f"{self.run}:{next(self._examples)}"


def generate_values(body: Any, example: str, now: float) -> Any:
    """Return a copy of *body* in which generated ids and times replace all placeholders.

    The ids depend on *example* (see :meth:`IdSource.example`). *now* (Unix seconds) is the time of
    the event.
    """

    def concrete(value: Any) -> Any:
        if isinstance(value, dict):
            # Most members are plain texts, which stay.
            return {
                name if type(name) is str else concrete(name): member
                if type(member) is str
                else concrete(member)
                for name, member in value.items()
            }
        if isinstance(value, list):
            return [concrete(item) for item in value]
        if isinstance(value, GeneratedId):
            return value.with_text(
                _render(value.template, f"{example}:{value.role}:{value.number}")
            )
        if isinstance(value, GeneratedTime):
            return value.with_text(value.style.write(now + value.offset))
        return value

    return concrete(body)


def _render(template: str, seed: str) -> str:
    digest = hashlib.blake2b(seed.encode()).digest()
    for placeholder, write in _parts(template):
        template = template.replace(placeholder, write(digest))
    return template


@cache
def _parts(template: str) -> tuple[tuple[str, Callable[[bytes], str]], ...]:
    """Return the placeholders in *template*, each with what writes its characters."""
    return tuple(each for each in _PLACEHOLDERS.items() if each[0] in template)


def _uuid(digest: bytes) -> str:
    text = digest.hex()
    return f"{text[:8]}-{text[8:12]}-4{text[13:16]}-a{text[17:20]}-{text[20:32]}"


_PLACEHOLDERS: Mapping[str, Callable[[bytes], str]] = {
    "{uuid}": _uuid,
    "{hex}": lambda digest: digest.hex()[32:44],
    "{short}": lambda digest: digest.hex()[32:42],
    "{TCR}": lambda digest: digest.hex()[32:39].upper(),
    "{token}": lambda digest: base64.urlsafe_b64encode(digest).decode("ascii")[:54],
    "{digits}": lambda digest: f"1{int.from_bytes(digest[:8], 'big') % 10**17:017d}",
}
