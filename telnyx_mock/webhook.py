"""One concrete event: which event it is, and the body it carries.

:func:`webhook` builds one from the documented sample and your overrides. Never imports
Hypothesis, keys or anything that sends.
"""

from __future__ import annotations

import copy
import re
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field, replace
from functools import cache
from typing import Any

from telnyx_mock.clock import SYSTEM_CLOCK
from telnyx_mock.errors import UsageError, unknown
from telnyx_mock.events.catalog import find
from telnyx_mock.events.identity import Minter, Moment, Symbol, mint
from telnyx_mock.events.kinds import Identifier, Json, Kind, Leaf, ListOf, MapOf, Object
from telnyx_mock.events.model import Event, Presence
from telnyx_mock.events.sites import Site, descend, sites
from telnyx_mock.events.validity import problems
from telnyx_mock.events.walk import ABSENT, SampleChooser, build
from telnyx_mock.paths import full_path, is_there, put, short_path

__all__ = [
    "ABSENT",
    "Webhook",
    "decisions",
    "departing",
    "differences",
    "sample",
    "unminted",
    "webhook",
]

_MINTER = Minter()


@dataclass(frozen=True, slots=True)
class Webhook:
    """One concrete event.

    *body* is all that is sent, envelope included. A webhook is *minted* when its ids and times
    are its own; one that still shows the documented ids is minted by the emulator when it is
    sent, anew each time.
    """

    event: Event
    body: Mapping[str, Json]
    minted: bool = field(default=False, compare=False)

    @property
    def name(self) -> str:
        """The name of the event."""
        return self.event.name

    @property
    def payload(self) -> Mapping[str, Json]:
        """What happened, without the envelope."""
        inner: Any = self.body
        for name in self.event.root:
            inner = inner.get(name, {}) if isinstance(inner, Mapping) else {}
        return inner if isinstance(inner, Mapping) else {}

    def fresh(self, now: float | None = None) -> Webhook:
        """The same webhook with new ids and with times around *now* (Unix seconds).

        Values that were overridden stay.
        """
        moment = SYSTEM_CLOCK.now() if now is None else now
        return replace(self, body=mint(self.body, _MINTER.example(), moment), minted=True)

    def __repr__(self) -> str:
        """What differs from the documented sample, leaving ids and times out; cut where long."""
        changes = [f"{path}={_shown(value)}" for path, value in differences(self)]
        if len(changes) > _SHOWN:
            changes[_SHOWN:] = [f"and {len(changes) - _SHOWN} more"]
        return f"<Webhook {', '.join([self.event.name, *changes])}>"

    def _repr_pretty_(self, printer: Any, cycle: bool) -> None:
        """As the repr has it: Hypothesis and IPython print a dataclass field by field."""
        printer.text(repr(self))


_SHOWN = 40
"""How many differences a repr names: Hypothesis warns of reprs beyond 30,000 characters."""


def _shown(value: Json) -> str:
    text = repr(value)
    return text if len(text) <= 300 else f"{text[:300]}... ({len(text)} characters)"


def sample(name: str) -> Webhook:
    """The documented sample of an event, with its documented ids.

    Raises UsageError for an unknown event.
    """
    event = find(name)
    return Webhook(event, build(event, SampleChooser()))


def webhook(
    name: str,
    /,
    *,
    strict: bool = True,
    extra: Mapping[str, Json] | None = None,
    **overrides: Json,
) -> Webhook:
    """A webhook like the documented sample, but with your values, and with ids of its own.

    *overrides* are fields of the payload (``direction="outgoing"``; ``from_`` for ``from``), or
    paths to what is nested, by ``**{"from.phone_number": "+13125550100"}``; list items are
    ``to[0].status``, the envelope is ``data.id`` and ``meta.attempt``. :data:`ABSENT` leaves a
    field out. What a condition decides follows your values: with ``direction="outgoing"`` there
    is no ``caller_id_name``. *extra* adds members that the event does not have. With
    ``strict=False`` anything goes.

    Raises UsageError for an unknown event or field, for a value outside its type, and for a
    combination that Telnyx would not send.
    """
    return unminted(name, strict=strict, extra=extra, **overrides).fresh()


def unminted(
    name: str,
    /,
    *,
    strict: bool = True,
    extra: Mapping[str, Json] | None = None,
    **overrides: Json,
) -> Webhook:
    """As :func:`webhook` has it, with the ids and times of the documented sample."""
    event = find(name)
    given = {full_path(event, path): _own(value) for path, value in overrides.items()}
    if strict:
        _refuse_unknown(event, given)
    body = _sample_with(event, given, strict=strict)
    if strict:
        _refuse_invalid(event, body, given)
    for path, value in (extra or {}).items():
        put(event, body, full_path(event, path), _own(value))
    return Webhook(event, body)


def departing(event: Event, decided: Mapping[str, Json]) -> Webhook:
    """The sample of *event* with what was *decided*, as :func:`decisions` has it.

    Its ids and times are the sample's. Whether Telnyx would send it is not asked.
    """
    given = {full_path(event, path): _own(value) for path, value in decided.items()}
    return Webhook(event, _sample_with(event, given, strict=False))


def _sample_with(event: Event, given: Mapping[str, Json], *, strict: bool) -> Json:
    """The sample's body with the values *given* by full path, and what follows from them."""
    known = {site.path for site in _sites(event)}
    fixed = {path: value for path, value in given.items() if path in known}
    body = build(event, _OverrideChooser(event, given), fixed)
    for path, value in given.items():
        if not strict or path not in fixed:
            put(event, body, path, value)
    return body


def _own(value: Json) -> Json:
    """A copy of what the caller may go on to change, or what another override may change."""
    return copy.deepcopy(value) if isinstance(value, dict | list) else value


def differences(built: Webhook) -> Iterator[tuple[str, Json]]:
    """Where *built* differs from the documented sample: path and value, ids and times left out.

    The value is :data:`ABSENT` where the sample has a field that *built* has not.
    """
    ordinary = build(built.event, SampleChooser())
    for path, value in _differ("", ordinary, built.body):
        yield short_path(built.event, path), value


MOST_DECISIONS = 100
"""More differences than these are not looked into, since each costs a look at all others."""


def decisions(built: Webhook) -> dict[str, Json]:
    """The differences from the sample that the others follow from, by path.

    Where ``direction`` is ``outgoing``, ``caller_id_name`` is absent of necessity: only the
    direction was decided. As overrides, they make the like of *built*.
    """
    ordinary = build(built.event, SampleChooser())
    everything = list(_differ("", ordinary, built.body))
    decided = dict(everything)
    # What would follow from these, and did not, was decided too: an MMS without a file.
    with suppress(UsageError):
        follows = _sample_with(built.event, decided, strict=False)
        decided.update(_differ("", follows, built.body))
    for path in list(decided):
        fewer = {other: value for other, value in decided.items() if other != path}
        try:
            body = _sample_with(built.event, fewer, strict=False)
        except UsageError:
            continue
        if list(_differ("", ordinary, body)) == everything:
            decided = fewer
    return {short_path(built.event, path): value for path, value in decided.items()}


def _differ(path: str, ordinary: Json, actual: Json) -> Iterator[tuple[str, Json]]:
    if isinstance(ordinary, Mapping) and isinstance(actual, Mapping):
        usual, own = _by_name(ordinary), _by_name(actual)
        for known, name in {**usual, **own}.items():
            inner = f"{path}.{name}" if path else name
            yield from _differ(
                inner, ordinary.get(usual.get(known), ABSENT), actual.get(own.get(known), ABSENT)
            )
    elif isinstance(ordinary, list) and isinstance(actual, list) and len(ordinary) == len(actual):
        for index, (before, after) in enumerate(zip(ordinary, actual, strict=True)):
            yield from _differ(f"{path}[{index}]", before, after)
    elif isinstance(actual, Symbol) and ordinary is not ABSENT:
        return
    elif isinstance(actual, Moment) and isinstance(ordinary, Moment):
        if actual.style is not ordinary.style:
            yield path, actual
    elif ordinary != actual or type(ordinary) is not type(actual):
        yield path, actual


def _by_name(body: Mapping[str, Json]) -> dict[str, str]:
    """The names of the members, by what is the same about them in every example."""
    return {name.template if isinstance(name, Symbol) else name: name for name in body}


class _OverrideChooser(SampleChooser):
    """The sample, with room for every override: its parents are there, its list is long enough."""

    def __init__(self, event: Event, given: Mapping[str, Json]) -> None:
        self.given = given
        self.ids = {
            (site.kind.role, site.kind.number): given[site.path]
            for site in _sites(event)
            if isinstance(site.kind, Identifier) and isinstance(given.get(site.path), str)
        }
        self.parents = {
            re.sub(r"\[[0-9]+\]", "[]", path[: match.start()])
            for path in given
            for match in re.finditer(r"[.\[]", path)
        }

    def presence(self, site: Site) -> Presence:
        return Presence.PRESENT if site.path in self.parents else super().presence(site)

    def value(self, path: str, kind: Leaf) -> Json:
        """The sample's, but an id that was given in one place is the same in all others."""
        if isinstance(kind, Identifier):
            return self.ids.get((kind.role, kind.number), kind.sample)
        return super().value(path, kind)

    def count(self, path: str, kind: ListOf) -> int:
        longest = kind.shown
        for given in self.given:
            pattern = re.escape(path).replace(r"\[\]", r"\[[0-9]+\]")
            match = re.match(rf"{pattern}\[([0-9]+)\]", given)
            if match is not None:
                longest = max(longest, int(match[1]) + 1)
        return longest


@cache
def _sites(event: Event) -> tuple[Site, ...]:
    return tuple(descend(sites(event)))


def _refuse_unknown(event: Event, given: Mapping[str, Json]) -> None:
    known = {site.path: site for site in _sites(event)}
    for path in given:
        pattern = re.sub(r"\[[0-9]+\]", "[]", path)
        parent = pattern.rpartition(".")[0]
        is_open = any(
            (isinstance(site.kind, MapOf) and pattern.startswith(f"{site.path}."))
            or (_has_extra(site.kind) and site.path == parent)
            for site in (sites(event), *known.values())
        )
        if pattern.removesuffix("[]") not in known and not is_open:
            names = (short_path(event, name) for name in known)
            raise unknown("field", short_path(event, path), names, where=f"in {event.name}")


def _has_extra(kind: Kind) -> bool:
    return isinstance(kind, Object) and kind.extra is not None


def _refuse_invalid(event: Event, body: Json, given: Mapping[str, Json]) -> None:
    advice = "Pass strict=False (--loose on the command line) to send it all the same."
    for problem in problems(event, body):
        path, space, rest = problem.partition(" ")
        raise UsageError(f"{event.name}: {short_path(event, path)}{space}{rest}. {advice}")
    for path, value in given.items():
        if value is not ABSENT and "{" not in path and not is_there(body, path):
            conditions = [
                f"{short_path(event, site.path)} is there only while {site.field.when}"
                for site in descend(sites(event))
                if site.field.when is not None and f"{path}.".startswith(f"{site.path}.")
            ]
            reason = (
                conditions[0] if conditions else f"there is no place for {short_path(event, path)}"
            )
            raise UsageError(f"{event.name}: {reason}. {advice}")
