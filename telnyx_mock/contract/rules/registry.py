"""The receiver contract: all checks, in the order they are run, and what each is run for."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from fnmatch import fnmatchcase

from telnyx_mock.contract.engine.rule import Check, Scope, content_type
from telnyx_mock.contract.rules.accepts import ACCEPTS
from telnyx_mock.contract.rules.api_failures import FAILING_API
from telnyx_mock.contract.rules.background_errors import AFTERWARDS
from telnyx_mock.contract.rules.clock_skew import SKEWED
from telnyx_mock.contract.rules.deduplication_poisoning import LOST
from telnyx_mock.contract.rules.documents import DOCUMENTS
from telnyx_mock.contract.rules.each_choice import SWEPT
from telnyx_mock.contract.rules.failover import FAILOVER
from telnyx_mock.contract.rules.fails_closed import KEYLESS
from telnyx_mock.contract.rules.generated import GENERATED
from telnyx_mock.contract.rules.idempotency import REPEATS
from telnyx_mock.contract.rules.information_leaks import DISCRETION
from telnyx_mock.contract.rules.key_rotation import ROTATION
from telnyx_mock.contract.rules.malformed import SURVIVES_MALFORMED
from telnyx_mock.contract.rules.new_values import NEW_VALUES
from telnyx_mock.contract.rules.order import ORDER
from telnyx_mock.contract.rules.refuses import REFUSES
from telnyx_mock.contract.rules.reply_loop import REPLY_LOOP
from telnyx_mock.contract.rules.timing import TIMING
from telnyx_mock.contract.rules.unreachable import REACH
from telnyx_mock.contract.rules.unsigned import UNSIGNED
from telnyx_mock.errors import unknown
from telnyx_mock.schema.event import Event

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
