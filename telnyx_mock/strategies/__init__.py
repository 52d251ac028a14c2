"""Hypothesis strategies for what Telnyx sends. The only package that imports Hypothesis.

The simplest draw is the documented sample, and a failure shrinks to a webhook that differs from
it in the guilty field alone. One binary draw steers everything; see
:mod:`telnyx_mock.strategies.plan`. Ids and times are minted for every draw, replays and shrinks
included, so no receiver is shown an id twice.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from typing import TypeAlias

from hypothesis import strategies as st

from telnyx_mock.draft import HEADER_CASES, Draft
from telnyx_mock.errors import unknown
from telnyx_mock.events.catalog import select
from telnyx_mock.events.kinds import Text
from telnyx_mock.events.model import Event
from telnyx_mock.events.sites import descend, sites
from telnyx_mock.paths import short_path
from telnyx_mock.strategies.chooser import steer
from telnyx_mock.strategies.plan import Plan, plan
from telnyx_mock.webhook import Webhook
from telnyx_mock.wire import layouts

__all__ = ["requests", "webhooks"]


def webhooks(
    *patterns: str, unknown_fields: bool = False, avoid: Iterable[str] = ()
) -> st.SearchStrategy[Webhook]:
    """Valid webhooks of the events that match *patterns* (names or globs; all JSON events).

    With *unknown_fields*, some have members that the event does not have today. *avoid* are
    fields that stay as in the sample, with all that is in them, as
    :func:`telnyx_mock.webhook.differences` writes paths: ``"payload.client_state"``,
    ``"payload.to[].status"``.

    Raises UsageError for a pattern without an event and for a path that none of them has.
    """
    return _webhooks(*_checked(patterns, unknown_fields, frozenset(avoid)))


def requests(
    *patterns: str, unknown_fields: bool = False, avoid: Iterable[str] = ()
) -> st.SearchStrategy[Draft]:
    """Valid webhooks, as :func:`webhooks` draws them, in any legal layout of the bytes.

    The casing of header names and the charset of the content type vary too. Sending a draft
    signs it.
    """
    return _drafts(*_checked(patterns, unknown_fields, frozenset(avoid)))


_Arguments: TypeAlias = tuple[tuple[str, ...], bool, frozenset[str]]


def _checked(patterns: tuple[str, ...], unknown_fields: bool, avoid: frozenset[str]) -> _Arguments:
    _source(patterns, unknown_fields, avoid)
    return patterns, unknown_fields, avoid


@dataclass(frozen=True, slots=True)
class _Source:
    """The events to draw from with their plans, and the draw that serves the largest of them.

    The first three bytes are how to write the bytes of a request, the next two which event it is.
    """

    events: tuple[tuple[Event, Plan], ...]
    steering: st.SearchStrategy[bytes]

    def webhook(self, draw: st.DrawFn, data: bytes) -> Webhook:
        event, plan = self.events[int.from_bytes(data[3:5], "big") % len(self.events)]
        body = steer(event, plan, data[5:], lambda kind: draw(_free_text(kind)))
        return Webhook(event, body).fresh()


@cache
def _source(patterns: tuple[str, ...], unknown_fields: bool, avoid: frozenset[str]) -> _Source:
    events = select(patterns or ("*",))
    pinned = frozenset(re.sub(r"\[[0-9]+\]", "[]", path) for path in avoid)
    if pinned:
        known = {short_path(event, site.path) for event in events for site in descend(sites(event))}
        for path in pinned:
            if path.removesuffix("[]") not in known:
                raise unknown("field", path, known, where="to be avoided")
    plans = [plan(event, pinned, unknown_fields) for event in events]
    _characters()
    size = 5 + max(each.size for each in plans)
    return _Source(tuple(zip(events, plans, strict=True)), st.binary(min_size=size, max_size=size))


# Hypothesis prints the arguments of a composite, so they are the caller's own, not the events.


@st.composite
def _webhooks(
    draw: st.DrawFn, patterns: tuple[str, ...], unknown_fields: bool, avoid: frozenset[str]
) -> Webhook:
    source = _source(patterns, unknown_fields, avoid)
    return source.webhook(draw, draw(source.steering))


@st.composite
def _drafts(
    draw: st.DrawFn, patterns: tuple[str, ...], unknown_fields: bool, avoid: frozenset[str]
) -> Draft:
    source = _source(patterns, unknown_fields, avoid)
    data = draw(source.steering)
    webhook = source.webhook(draw, data)
    names = (None, *layouts(webhook.event))
    return Draft(
        webhook,
        layout=names[data[0] % len(names)],
        header_case=HEADER_CASES[data[1] % len(HEADER_CASES)],
        charset=bool(data[2] % 2),
    )


@cache
def _free_text(kind: Text) -> st.SearchStrategy[str]:
    longest = 40 if kind.max_length is None else min(40, kind.max_length)
    return st.text(_characters(), min_size=kind.min_length, max_size=longest)


@cache
def _characters() -> st.SearchStrategy[str]:
    """Every character that can be sent.

    The first time in a project, Hypothesis computes a table for it: seconds, which would fail
    its health check if an example had to wait for it, so it is made when a strategy is.
    """
    characters = st.characters(codec="utf-8", exclude_categories=("Cc", "Cn"))
    characters.validate()
    return characters
