"""A few webhooks of an event that between them take every turn it can take.

Deterministic, and without Hypothesis: what is about the structure of an event need not be left
to chance.
"""

from __future__ import annotations

from functools import cache

from telnyx_mock.events.catalog import find
from telnyx_mock.events.model import Event
from telnyx_mock.events.turns import Turn, taken, turns
from telnyx_mock.events.walk import build
from telnyx_mock.events.ways import DecidedChooser, Way, Ways, joined
from telnyx_mock.webhook import Webhook

__all__ = ["sweep"]


def sweep(event: str | Event) -> tuple[Webhook, ...]:
    """Webhooks in which every turn of *event* is taken at least once, as few as can easily be had.

    Every field that may be absent is present and absent, every one that may be null is null,
    every value of a set is used, every list is empty and longer than one, and every kind that a
    value may be of is seen: SMS, MMS, RCS and WhatsApp; incoming and outgoing. Always the same
    webhooks; they get ids of their own when they are sent.

    Raises UsageError for an unknown event.
    """
    found = find(event) if isinstance(event, str) else event
    return tuple(Webhook(found, build(found, DecidedChooser(way))) for way in _rows(found))


@cache
def _rows(event: Event) -> tuple[Way, ...]:
    """The decisions of each webhook of the sweep."""
    ways = Ways(event)
    known = {turn: tuple(ways.to(turn)) for turn in turns(event)}
    # What has the most to decide is the hardest to fit in, so it comes first.
    open_turns = sorted(known, key=lambda turn: -min(map(len, known[turn]), default=0))
    rows: list[tuple[Way, frozenset[Turn]]] = []
    while open_turns:
        row, took = _row(event, open_turns, known)
        if open_turns[0] in took:
            rows.append((row, took))
            open_turns = [turn for turn in open_turns if turn not in took]
        else:
            open_turns = open_turns[1:]
    for last in reversed(rows.copy()):
        others = (took for way, took in rows if way is not last[0])
        if last[1] <= frozenset[Turn]().union(*others):
            rows.remove(last)
    return tuple(way for way, _ in rows) or ({},)


def _row(
    event: Event, open_turns: list[Turn], known: dict[Turn, tuple[Way, ...]]
) -> tuple[Way, frozenset[Turn]]:
    """The decisions of a webhook that takes the first open turn, and as many others as fit in."""
    row: Way = {}
    for turn in open_turns:
        fitting = (both for way in known[turn] if (both := joined(row, way)) is not None)
        row = next(fitting, row)
    return row, frozenset(taken(event, build(event, DecidedChooser(row))))
