"""Hypothesis strategies for flows: what people do in calls and conversations."""

from __future__ import annotations

from collections.abc import Sequence
from typing import get_args

from hypothesis import strategies as st

from telnyx_mock.errors import UsageError, unknown
from telnyx_mock.flows.flow import DIALLED, Act, Doing, Flow, MessageType

_KEYS = "0123456789*#ABCD"

_PICKING_UP: tuple[Doing, ...] = ("answers", "answers as a machine", "is busy")
_WITHOUT_TEXT: tuple[Doing, ...] = ("stays silent", "hangs up")


def calls(
    *,
    keys: str = "0123456789*#",
    words: Sequence[str] = ("Yes.", "Please call me back."),
    most: int = 8,
) -> st.SearchStrategy[Flow]:
    """A strategy for what people do who call your app, and at telephones that it calls.

    They press *keys*, say one of the *words*, stay silent, ring a second time or at once, and hang up at any
    moment; in the end all hang up. They do so many things at most (*most*) in between. What somebody cannot do is left out when
    ``telnyx_mock.play(flow)`` plays the flow. The simplest draw is a caller who rings and hangs up.

    Raises UsageError for keys that no telephone has, and if there are no words.
    """
    if not keys or set(keys) - set(_KEYS):
        raise UsageError(f"A telephone has no such keys: {keys!r}; name one or more of {_KEYS}.")
    _require(words, "words")

    def acts(who: str, *begin: Doing) -> st.SearchStrategy[Act]:
        return st.one_of(
            st.builds(Act, st.just(who), st.sampled_from(begin)),
            st.builds(Act, st.just(who), st.just("presses"), st.sampled_from(keys)),
            st.builds(Act, st.just(who), st.just("says"), st.sampled_from(words)),
            st.builds(Act, st.just(who), st.sampled_from(_WITHOUT_TEXT)),
        )

    anybody = st.one_of(
        acts("caller", "rings"), acts("second", "rings"), acts(DIALLED, *_PICKING_UP)
    )
    first = st.sampled_from([Act("caller", "rings"), Act("caller", "rings in a hurry")])
    return _calls(first, st.lists(anybody, max_size=most))


def _in_calls(acts: Sequence[Act]) -> tuple[Act, ...]:
    """Return *acts*, before which each person begins a call, and after which all hang up.

    So nearly every draw lets people do something in a call.
    """
    told: list[Act] = []
    there: dict[str, None] = {}
    for act in acts:
        begins = act.does in ("rings", "rings in a hurry", *_PICKING_UP)
        if act.who not in there and not begins:
            if act.does == "hangs up":
                continue
            told.append(Act(act.who, "answers" if act.who == DIALLED else "rings"))
        if act.who in there and begins and act.who != DIALLED:
            continue
        told.append(act)
        there[act.who] = None
        if act.does in ("hangs up", "is busy"):
            del there[act.who]
    return (*told, *(Act(who, "hangs up") for who in there))


def conversations(
    *,
    words: Sequence[str] = ("Hello", "STOP", "START", "HELP"),
    by: Sequence[MessageType] = ("SMS",),
    most: int = 8,
) -> st.SearchStrategy[Flow]:
    """A strategy for what two people write to your app: one of the *words*, or a picture.

    Their messages go *by* one of these ways, and they do so many things at most (*most*). By RCS and
    WhatsApp they read what has come. ``telnyx_mock.play(flow)`` plays the flow. The simplest draw is one message.

    Raises UsageError if there are no words, or no such way.
    """
    _require(words, "words")
    _require(by, "ways")
    for way in by:
        if way not in get_args(MessageType):
            raise unknown("kind of message", way, get_args(MessageType))
    people, ways = st.sampled_from(["caller", "second"]), st.sampled_from(by)
    writes = st.builds(Act, people, st.just("writes"), st.sampled_from(words), ways)
    sends = st.builds(Act, people, st.just("sends a picture"), st.sampled_from(words), ways)
    acts = [writes, sends]
    if reading := [way for way in by if way != "SMS"]:
        acts.append(st.builds(Act, people, st.just("reads"), st.just(""), st.sampled_from(reading)))
    return _conversations(writes, st.lists(st.one_of(acts), max_size=max(0, most - 1)))


# Hypothesis prints what a composite strategy draws, and of others how it was made.


@st.composite
def _calls(
    draw: st.DrawFn, first: st.SearchStrategy[Act], then: st.SearchStrategy[list[Act]]
) -> Flow:
    return Flow("calls", "", _in_calls((draw(first), *draw(then))), lenient=True)


@st.composite
def _conversations(
    draw: st.DrawFn, first: st.SearchStrategy[Act], then: st.SearchStrategy[list[Act]]
) -> Flow:
    return Flow("conversations", "", (draw(first), *draw(then)), lenient=True)


def _require(given: Sequence[str], what: str) -> None:
    if not given:
        raise UsageError(f"There are no {what} to draw.")
