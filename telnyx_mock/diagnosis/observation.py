"""Sees a finding as a symptom: how the receiver answered, where it crashed, which values did it."""

from __future__ import annotations

import re
from enum import Enum
from fnmatch import fnmatchcase

from telnyx_mock.contract.engine.finding import Finding
from telnyx_mock.delivery.delivery import crash_places

_LONG = 40
"""A value with more characters counts as long: many columns are narrower."""

_MISSED = re.compile(r"\(KeyError: '([^']+)' at ")

_REPEATED = re.compile(r"' \* [0-9]+$")

_NOT_ASCII = re.compile(r"[^\x00-\x7f]")


class Answer(Enum):
    """How a receiver answered, as far as a diagnosis needs to know."""

    ACCEPTED = "2xx"
    REDIRECTED = "3xx"
    REFUSED = "4xx"
    FAILED = "5xx"
    """It answered 5xx, or raised an exception instead."""
    MISSING = "no answer"

    @classmethod
    def of(cls, finding: Finding) -> Answer:
        """Return how the receiver answered the delivery that *finding* is about."""
        if finding.status is None:
            return cls.FAILED if finding.traceback else cls.MISSING
        return list(cls)[min(finding.status // 100, 5) - 2] if finding.status >= 200 else cls.FAILED


class Change(Enum):
    """How a webhook differs from the sample; a fault is often about one kind of change."""

    NOTHING = "nothing"
    ABSENT = "absent"
    NULL = "null"
    EMPTY = "empty"
    LONG = "long"
    NOT_ASCII = "not-ascii"
    VALUE = "value"

    @classmethod
    def of(cls, finding: Finding) -> Change:
        """Return the kind of the first change that *finding* needs; text beyond ASCII comes first."""
        if not finding.decided:
            return cls.NOTHING
        if missed_member(finding):
            return cls.ABSENT
        if any(_NOT_ASCII.search(each) for each in finding.decided):
            return cls.NOT_ASCII
        first = finding.decided[0]
        if first.startswith("no "):
            return cls.ABSENT
        value = first.partition(" = ")[2].removesuffix(" (the time of the event)")
        if value == "null":
            return cls.NULL
        if value in ("''", "[]", "{}"):
            return cls.EMPTY
        return cls.LONG if len(value) > _LONG or _REPEATED.search(value) else cls.VALUE


def missed_member(finding: Finding) -> str:
    """Return the path of the member that the app did not find because of another change; empty if none."""
    missed = _MISSED.search(finding.observed)
    for each in finding.implied:
        if each.startswith("no ") and missed and each.endswith(f".{missed[1]}"):
            return each.removeprefix("no ")
    return ""


def failed_where(finding: Finding) -> tuple[str, ...]:
    """Return the lines of the app that raised the exceptions which made it fail: the first and the last.

    One line that raises several types of exceptions is one mistake.
    """
    if (finding.status or 500) < 500:
        return ()
    places = (each.rpartition(" at ")[2] for each in crash_places(finding.traceback))
    return tuple(dict.fromkeys(places))


def matches(rule: str, patterns: str) -> bool:
    """Return whether *rule* is one of *patterns*, separated by blanks, such as ``survives-json-*``."""
    return any(fnmatchcase(rule, pattern) for pattern in patterns.split())
