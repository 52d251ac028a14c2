"""Finds the values of an event that the receiver's code names, such as a hangup cause or a keyword."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from contextlib import suppress

from telnyx_mock.contract.effects.keywords import keywords
from telnyx_mock.errors import UsageError
from telnyx_mock.payload.paths import short_path
from telnyx_mock.payload.webhook import sample
from telnyx_mock.schema.event import Event
from telnyx_mock.schema.field_tree import kinds_by_path
from telnyx_mock.schema.json_values import Json
from telnyx_mock.schema.kinds import Choice, Text
from telnyx_mock.schema.origin import Origin
from telnyx_mock.schema.text_formats import FREE_TEXT, PRESSED_KEYS, TELEPHONE_KEYS

_WRITTEN_BY_PEOPLE = (FREE_TEXT, TELEPHONE_KEYS, PRESSED_KEYS)


def named_values(event: Event, mentions: Callable[[str], bool]) -> Iterator[dict[str, Json]]:
    """Yield each value of a set that the code *mentions* and the sample lacks, by its path."""
    for path, kinds in kinds_by_path(event).items():
        for kind in kinds:
            if "[]" in path or not isinstance(kind, Choice) or kind.is_of_app:
                continue
            for value in kind.values:
                if isinstance(value, str) and value != kind.sample and mentions(value):
                    yield from _possible(event, path, value)


def keyword_values(
    event: Event, mentions: Callable[[str], bool], texts: Collection[str]
) -> Iterator[dict[str, Json]]:
    """Yield what a person could write or press in a member that the code *mentions*, by its path.

    *texts* are those of the code.
    """
    names = {name for path in kinds_by_path(event) for name in path.split(".")}
    others = {*names, event.name, *event.name.split(".")}
    for path, kinds in kinds_by_path(event).items():
        if "[]" in path or not mentions(path.rpartition(".")[2]):
            continue
        for kind in kinds:
            if (
                isinstance(kind, Text)
                and kind.format in _WRITTEN_BY_PEOPLE
                and Origin.CALLER in kind.origins()
            ):
                for text in keywords(texts, others):
                    if text != kind.sample and kind.problem(text) is None:
                        yield from _possible(event, path, text)


def _possible(event: Event, path: str, value: str) -> Iterator[dict[str, Json]]:
    """Yield *value* by its path, if the sample of *event* can have it there."""
    values: dict[str, Json] = {short_path(event, path): value}
    with suppress(UsageError):  # a condition of the field does not hold
        sample(event.name, **values)
        yield values
