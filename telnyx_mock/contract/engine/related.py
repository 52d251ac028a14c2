"""Makes webhooks about the same call, message or fax, and orders events as Telnyx sends them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import cache
from typing import Any

from telnyx_mock.catalogue.registry import find
from telnyx_mock.payload.webhook import Webhook, sample
from telnyx_mock.schema.event import ContentType, Event
from telnyx_mock.schema.json_values import Json
from telnyx_mock.schema.placeholders import IdSource, generate_values

_IDS = IdSource()


def related(events: Sequence[Event], now: float, **values: Json) -> list[Webhook]:
    """Return webhooks about one call, message or fax. They share its ids, but not data.id.

    *now* is in Unix seconds. The last webhook differs from the sample in *values*, by path.
    """
    *history, last = events
    return placed(sample(last.name, **values), history, now)


def placed(webhook: Webhook, history: Sequence[Event], now: float) -> list[Webhook]:
    """Return webhooks of *history* and then *webhook*, about one call as those of :func:`related`."""
    example = _IDS.example()
    webhooks = []
    for each in (*(sample(event.name) for event in history), webhook):
        body: Any = generate_values(each.body, example, now)
        if has_event_id(each.event):
            own = sample(each.name).fresh(now).body["data"]["id"]
            body = {**body, "data": {**body["data"], "id": own}}
        webhooks.append(replace(each, body=body, generated=True))
    return webhooks


@cache
def _ancestors(event: Event) -> frozenset[str]:
    """Return the names of all events that lead to *event*, whether a run has them or not."""
    names: set[str] = set()
    left = list(event.before)
    while left:
        name = left.pop()
        if name not in names:
            names.add(name)
            left += find(name).before
    return frozenset(names)


def _earlier(event: Event, events: Sequence[Event]) -> list[Event]:
    """Return those of *events* that come before *event*."""
    ancestors = _ancestors(event)
    return [each for each in events if event.name in each.after or each.name in ancestors]


def natural_order(events: Sequence[Event]) -> list[Event]:
    """Return *events* in the order in which Telnyx usually sends them.

    Some events may come before and after each other, such as call.hold and call.unhold. They keep
    their order.
    """
    return list(_in_natural_order(tuple(events)))


@cache
def _in_natural_order(events: tuple[Event, ...]) -> tuple[Event, ...]:
    ordered: list[Event] = []
    visited: set[Event] = set()

    def visit(event: Event) -> None:
        if event not in visited:
            visited.add(event)
            for earlier in _earlier(event, events):
                visit(earlier)
            ordered.append(event)

    for event in events:
        visit(event)
    return tuple(ordered)


def histories(event: Event, events: Sequence[Event]) -> list[tuple[Event, ...]]:
    """Return what may come before *event* in its call, message or fax, the shortest history first.

    The shortest history has only the first event (call.initiated), if *event* may come directly
    after it: a call may end before it is answered. The next has also the events that may come directly
    after the first one (call.answered). The longest has everything that leads to *event*. All have
    only some of *events*. There is no history for an event that is a beginning.
    """
    ancestors = _ancestors(event) - {event.name}
    ordered = [each for each in natural_order(events) if each.name in ancestors]
    begun = [
        each
        for each in ordered
        if not any(_required(earlier, events) for earlier in _required(each, events))
    ]
    first = [each for each in _required(event, events) if not _required(each, events)]
    return list(dict.fromkeys(tuple(each) for each in (first, begun, ordered) if each))


def _required(event: Event, events: Sequence[Event]) -> list[Event]:
    """Return those of *events* that lead to *event*; none for an event that is a beginning."""
    return [each for each in events if each.name in event.before]


@cache
def has_event_id(event: Event) -> bool:
    """Whether each webhook of *event* has its own id, which identifies its duplicates."""
    if event.content_type is not ContentType.JSON:
        return False
    data = sample(event.name).body.get("data")
    return isinstance(data, Mapping) and "id" in data
