"""Hypothesis strategies for what Telnyx sends. The only package that imports Hypothesis.

The simplest draw is the documented sample, and a failure shrinks to a webhook that differs from
it in the guilty field alone. One binary draw steers everything; see
:mod:`telnyx_mock.strategies.plan`. Ids and times are minted for every draw, replays and shrinks
included, so no receiver is shown an id twice.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Unpack

from hypothesis import event as label
from hypothesis import strategies as st

from telnyx_mock.catalogue.registry import select
from telnyx_mock.errors import unknown
from telnyx_mock.payload.draft import HEADER_CASES, Draft
from telnyx_mock.payload.layouts import layouts
from telnyx_mock.payload.paths import short_path
from telnyx_mock.payload.webhook import Webhook
from telnyx_mock.schema.event import Event
from telnyx_mock.schema.field_tree import descendants, field_tree
from telnyx_mock.schema.json_values import Json
from telnyx_mock.schema.kinds import Text
from telnyx_mock.strategies.chooser import steer
from telnyx_mock.strategies.examples import EXAMPLES
from telnyx_mock.strategies.options import Options, Wishes
from telnyx_mock.strategies.plan import Plan, plan

__all__ = ["EXAMPLES", "drafts", "fields", "webhooks"]


def webhooks(*patterns: str, **wishes: Unpack[Wishes]) -> st.SearchStrategy[Webhook]:
    """Valid webhooks of the events that match *patterns* (names or globs; all JSON events).

    *wishes* say what is drawn beyond that, or what is not; see
    :class:`telnyx_mock.strategies.options.Wishes`.

    Raises UsageError for a pattern without an event and for a path that none of them has.
    """
    return _webhooks(patterns, _checked(patterns, wishes))


def drafts(*patterns: str, **wishes: Unpack[Wishes]) -> st.SearchStrategy[Draft]:
    """Valid webhooks, as :func:`webhooks` draws them, in any legal layout of the bytes.

    The casing of header names, their order and the charset of the content type vary too. Sending
    a draft signs it.
    """
    return _drafts(patterns, _checked(patterns, wishes))


def fields(event: str, **wishes: Unpack[Wishes]) -> st.SearchStrategy[dict[str, Json]]:
    """Payloads alone, without the envelope, of webhooks as :func:`webhooks` draws them."""
    return webhooks(event, **wishes).map(lambda webhook: dict(webhook.payload))


def _checked(patterns: tuple[str, ...], wishes: Wishes) -> Options:
    options = Options.of(wishes)
    _source(patterns, options)
    return options


@dataclass(frozen=True, slots=True)
class _Source:
    """The events to draw from with their plans, and the draw that serves the largest of them.

    The first three bytes are how to write the bytes of a request, the next two which event it is.
    """

    events: tuple[tuple[Event, Plan], ...]
    steering: st.SearchStrategy[bytes]
    options: Options

    def webhook(self, draw: st.DrawFn, data: bytes) -> Webhook:
        event, plan = self.events[int.from_bytes(data[3:5], "big") % len(self.events)]
        body, ways = steer(event, plan, data[5:], lambda kind: draw(_free_text(kind)), self.options)
        label(f"event: {event.name}")
        for way in ways or ("nothing",):
            label(f"departs in: {way}")
        return Webhook(event, body).fresh()


@cache
def _source(patterns: tuple[str, ...], options: Options) -> _Source:
    events = select(patterns or ("*",))
    if options.avoid:
        known = {
            short_path(event, node.path)
            for event in events
            for node in descendants(field_tree(event))
        }
        for path in options.avoid:
            if path.removesuffix("[]") not in known:
                raise unknown("field", path, known, where="to be avoided")
    plans = [plan(event, options) for event in events]
    _characters()
    size = 5 + max(each.size for each in plans)
    steering = st.binary(min_size=size, max_size=size)
    return _Source(tuple(zip(events, plans, strict=True)), steering, options)


# Hypothesis prints the arguments of a composite, so they are the caller's own, not the events.


@st.composite
def _webhooks(draw: st.DrawFn, patterns: tuple[str, ...], options: Options) -> Webhook:
    source = _source(patterns, options)
    return source.webhook(draw, draw(source.steering))


@st.composite
def _drafts(draw: st.DrawFn, patterns: tuple[str, ...], options: Options) -> Draft:
    source = _source(patterns, options)
    data = draw(source.steering)
    webhook = source.webhook(draw, data)
    names = (None, *layouts(webhook.event))
    layout = names[data[0] % len(names)]
    header_case = HEADER_CASES[data[1] % len(HEADER_CASES)]
    label(f"layout: {layout or 'usual'}")
    label(f"header names: {header_case} case")
    return Draft(webhook, layout, header_case, bool(data[2] & 1), bool(data[2] & 2))


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


# So that st.from_type knows them; made when asked for, since that loads the families.
st.register_type_strategy(Webhook, lambda _: webhooks())
st.register_type_strategy(Draft, lambda _: drafts())
