"""Finds the values of an event that the receiver's code names, such as a hangup cause."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import suppress

from telnyx_mock.errors import UsageError
from telnyx_mock.payload.paths import short_path
from telnyx_mock.payload.webhook import sample
from telnyx_mock.schema.event import Event
from telnyx_mock.schema.field_tree import kinds_by_path
from telnyx_mock.schema.json_values import Json
from telnyx_mock.schema.kinds import Choice


def named_values(event: Event, mentions: Callable[[str], bool]) -> Iterator[dict[str, Json]]:
    """Yield each value of a set that the code *mentions* and the sample lacks, by its path."""
    for path, kinds in kinds_by_path(event).items():
        for kind in kinds:
            if "[]" in path or not isinstance(kind, Choice) or kind.is_of_app:
                continue
            for value in kind.values:
                if isinstance(value, str) and value != kind.sample and mentions(value):
                    values: dict[str, Json] = {short_path(event, path): value}
                    with suppress(UsageError):  # a condition of the field does not hold
                        sample(event.name, **values)
                        yield values
