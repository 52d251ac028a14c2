"""The receiver contract: all checks, in the order they are run, and what each is run for."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from fnmatch import fnmatchcase

from telnyx_mock.checks.accepts import ACCEPTS
from telnyx_mock.checks.afterwards import AFTERWARDS
from telnyx_mock.checks.check import Check, Scope, content_type
from telnyx_mock.checks.discretion import DISCRETION
from telnyx_mock.checks.documents import DOCUMENTS
from telnyx_mock.checks.failing_api import FAILING_API
from telnyx_mock.checks.failover import FAILOVER
from telnyx_mock.checks.generated import GENERATED
from telnyx_mock.checks.keyless import KEYLESS
from telnyx_mock.checks.lost import LOST
from telnyx_mock.checks.malformed import SURVIVES_MALFORMED
from telnyx_mock.checks.new_values import NEW_VALUES
from telnyx_mock.checks.order import ORDER
from telnyx_mock.checks.reach import REACH
from telnyx_mock.checks.refuses import REFUSES
from telnyx_mock.checks.repeats import REPEATS
from telnyx_mock.checks.reply_loop import REPLY_LOOP
from telnyx_mock.checks.rotation import ROTATION
from telnyx_mock.checks.skewed import SKEWED
from telnyx_mock.checks.swept import SWEPT
from telnyx_mock.checks.timing import TIMING
from telnyx_mock.checks.unsigned import UNSIGNED
from telnyx_mock.errors import unknown
from telnyx_mock.events.model import Event

__all__ = ["CONTRACT", "chosen", "subjects"]

CONTRACT: Mapping[str, Check] = {
    check.id: check
    for check in (
        *REACH,
        *ACCEPTS,
        *AFTERWARDS,
        *DOCUMENTS,
        *SKEWED,
        *SWEPT,
        *GENERATED,
        *NEW_VALUES,
        *REFUSES,
        *SURVIVES_MALFORMED,
        *UNSIGNED,
        *TIMING,
        *ORDER,
        *REPEATS,
        *LOST,
        *REPLY_LOOP,
        *FAILOVER,
        *FAILING_API,
        *KEYLESS,
        *ROTATION,
        *DISCRETION,
    )
}
"""Every check by its id."""


def chosen(patterns: Sequence[str]) -> Mapping[str, Check]:
    """The checks whose ids match any of *patterns*, such as ``refuses-*``; all without patterns.

    Raises UsageError for a pattern that matches none.
    """
    for pattern in patterns:
        if not any(fnmatchcase(name, pattern) for name in CONTRACT):
            raise unknown("check", pattern, CONTRACT)
    return {
        name: check
        for name, check in CONTRACT.items()
        if not patterns or any(fnmatchcase(name, pattern) for pattern in patterns)
    }


def subjects(check: Check, events: Iterable[Event]) -> Iterator[str]:
    """What *check* is run for, given these *events*: names of events, of families, or nothing."""
    concerned = [event for event in events if check.applies(event)]
    if check.scope is Scope.EVENT:
        yield from (event.name for event in concerned)
    elif check.scope is Scope.FAMILY:
        yield from dict.fromkeys(event.family for event in concerned)
    elif check.scope is Scope.CONTENT_TYPE:
        yield from dict.fromkeys(content_type(event) for event in concerned)
    elif concerned:
        yield ""
