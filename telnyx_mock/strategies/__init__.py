"""Hypothesis strategies for Telnyx webhooks. Only this package imports Hypothesis at start-up.

The simplest draw is the documented sample. A failing webhook shrinks to one that differs from the
sample only in the fields that matter. All decisions come from one draw of bytes. Every draw has new
ids and times, even if Hypothesis replays or shrinks an example, so that no receiver sees an id twice.
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
from telnyx_mock.payload.webhook import Webhook, generated
from telnyx_mock.schema.event import Event
from telnyx_mock.schema.field_tree import descendants, field_tree
from telnyx_mock.schema.json_values import Json
from telnyx_mock.schema.kinds import Text
from telnyx_mock.strategies.examples import EXAMPLES
from telnyx_mock.strategies.mutate import mutated
from telnyx_mock.strategies.mutation_plan import Plan, plan
from telnyx_mock.strategies.people import calls, conversations
from telnyx_mock.strategies.strategy_options import CheckedOptions, Options

__all__ = ["EXAMPLES", "Options", "calls", "conversations", "drafts", "fields", "webhooks"]


def webhooks(*patterns: str, **options: Unpack[Options]) -> st.SearchStrategy[Webhook]:
    """A strategy for valid webhooks of the events that match *patterns* (names or globs).

    *options* are those of :class:`telnyx_mock.strategies.strategy_options.Options`. Raises
    UsageError for an unknown option, for a pattern that matches no event, and for an avoided path
    that no event has.

    >>> from hypothesis import given
    >>> from telnyx_mock.strategies import webhooks
    >>> @given(webhook=webhooks("call.*", presence="minimal"))
    ... def test_a_call_has_an_id(webhook):
    ...     assert webhook.payload["call_control_id"]
    >>> test_a_call_has_an_id()
    """
    return _webhooks(patterns, _checked(patterns, options))


def drafts(*patterns: str, **options: Unpack[Options]) -> st.SearchStrategy[Draft]:
    """A strategy for webhooks, drawn as by :func:`webhooks`, in any allowed layout of the bytes.

    The case of header names, their order and the charset of the content type vary too. A draft is
    signed when it is sent.
    """
    return _drafts(patterns, _checked(patterns, options))


def fields(event: str, **options: Unpack[Options]) -> st.SearchStrategy[dict[str, Json]]:
    """A strategy for payloads, without the envelope, of webhooks drawn as by :func:`webhooks`."""
    return webhooks(event, **options).map(lambda webhook: dict(webhook.payload))


def _checked(patterns: tuple[str, ...], options: Options) -> CheckedOptions:
    checked = CheckedOptions.of(options)
    _source(patterns, checked)
    return checked


@dataclass(frozen=True, slots=True)
class _Source:
    """The events to draw from, the plan of each event, and the *size* of the bytes that decide.

    The first two bytes choose the event. The plan of that event reads the other bytes.
    """

    events: tuple[tuple[Event, Plan], ...]
    size: int
    options: CheckedOptions

    def webhook(self, draw: st.DrawFn, data: bytes) -> Webhook:
        event, plan = self.events[int.from_bytes(data[:2], "big") % len(self.events)]
        body, mutations = mutated(
            event, plan, data[2:], lambda kind: draw(_random_text(kind)), self.options
        )
        label(f"event: {event.name}")
        for mutation in mutations or ("none",):
            label(f"mutation: {mutation}")
        return generated(event, body)


@cache
def _source(patterns: tuple[str, ...], options: CheckedOptions) -> _Source:
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
    size = 2 + max(each.size for each in plans)
    return _Source(tuple(zip(events, plans, strict=True)), size, options)


@cache
def _bytes(size: int) -> st.SearchStrategy[bytes]:
    return st.binary(min_size=size, max_size=size)


# Hypothesis prints the arguments of a composite, so these take what the caller gave, not a source.


@st.composite
def _webhooks(draw: st.DrawFn, patterns: tuple[str, ...], options: CheckedOptions) -> Webhook:
    source = _source(patterns, options)
    return source.webhook(draw, draw(_bytes(source.size)))


@st.composite
def _drafts(draw: st.DrawFn, patterns: tuple[str, ...], options: CheckedOptions) -> Draft:
    source = _source(patterns, options)
    data = draw(_bytes(3 + source.size))  # the first three decide how the draft is written
    webhook = source.webhook(draw, data[3:])
    names = (None, *layouts(webhook.event))
    layout = names[data[0] % len(names)]
    header_case = HEADER_CASES[data[1] % len(HEADER_CASES)]
    label(f"layout: {layout or 'usual'}")
    label(f"header names: {header_case} case")
    return Draft(webhook, layout, header_case, bool(data[2] & 1), bool(data[2] & 2))


@cache
def _random_text(kind: Text) -> st.SearchStrategy[str]:
    longest = 40 if kind.max_length is None else min(40, kind.max_length)
    return st.text(_characters(), min_size=kind.min_length, max_size=longest)


@cache
def _characters() -> st.SearchStrategy[str]:
    """Every assigned character, except control characters and surrogates, which UTF-8 cannot carry.

    Hypothesis builds a table of these characters when a project first uses them. This function
    starts that early, because the time of the first example is limited. With
    codec="utf-8", the table would take a second.
    """
    characters = st.characters(exclude_categories=("Cc", "Cn", "Cs"))
    characters.validate()
    return characters


# st.from_type then knows both. The strategies are made at first use, because that loads the events.
st.register_type_strategy(Webhook, lambda _: webhooks())
st.register_type_strategy(Draft, lambda _: drafts())
