"""Lists all rules of the contract in the order of a run, and the subjects of each rule."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

from telnyx_mock.contract.engine.choice import choice
from telnyx_mock.contract.engine.rule import Rule, Scope, content_type
from telnyx_mock.contract.rules import (
    accepts,
    api_failures,
    background_errors,
    clock_skew,
    commands,
    deduplication_poisoning,
    distinct_events,
    documents,
    each_choice,
    endless_retries,
    failover,
    fails_closed,
    generated,
    idempotency,
    information_leaks,
    key_rotation,
    known_members,
    left_over,
    long_texts,
    malformed,
    new_values,
    order,
    products,
    refuses,
    reply_loop,
    separate_calls,
    steadiness,
    timing,
    told_apart,
    unknown_fields,
    unreachable,
    unsigned,
)
from telnyx_mock.schema.event import Event

_MODULES = (
    unreachable,
    accepts,
    products,
    background_errors,
    documents,
    clock_skew,
    unknown_fields,
    known_members,
    each_choice,
    generated,
    new_values,
    refuses,
    malformed,
    unsigned,
    timing,
    order,
    distinct_events,
    separate_calls,
    idempotency,
    deduplication_poisoning,
    reply_loop,
    endless_retries,
    told_apart,
    long_texts,
    failover,
    api_failures,
    fails_closed,
    key_rotation,
    commands,
    steadiness,
    information_leaks,
    left_over,
)

CONTRACT: Mapping[str, Rule] = {
    rule.id: rule
    for rules in (
        unreachable.RULES,
        refuses.PLAINEST,
        *(module.RULES for module in _MODULES),
    )
    for rule in rules
}
"""Every rule by its id."""


def chosen(
    only: Sequence[str] = (),
    exclude: Sequence[str] = (),
    contract: Mapping[str, Rule] = CONTRACT,
    named: Sequence[str] = (),
) -> Mapping[str, Rule]:
    """Return the rules of *contract* whose ids match *only*, but not *exclude*. Without *only*, all match.

    Patterns are ids, or globs such as ``refuses-*``. Raises UsageError if a pattern matches no
    rule, also one that is only *named*, or if no rule is left.
    """
    return choice("rule", contract, only, exclude, named)


def subjects(rule: Rule, events: Iterable[Event]) -> Iterator[str]:
    """Return the names of the events, families or content types that *rule* is tried for.

    *events* are those of the run. A rule that is tried once in a run has the empty text as its only
    subject.
    """
    applicable = [event for event in events if rule.applies(event)]
    if rule.scope is Scope.EVENT:
        yield from (event.name for event in applicable)
    elif rule.scope is Scope.FAMILY:
        yield from dict.fromkeys(event.family for event in applicable)
    elif rule.scope is Scope.CONTENT_TYPE:
        yield from dict.fromkeys(content_type(event) for event in applicable)
    elif applicable:
        yield ""
