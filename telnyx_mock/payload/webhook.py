"""One concrete event: which event it is, and the body it carries.

:func:`webhook` builds one from the documented sample and your overrides. Never imports
Hypothesis, keys or anything that sends.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field, replace
from typing import Any

from telnyx_mock.catalogue.registry import find
from telnyx_mock.clock import SYSTEM_CLOCK
from telnyx_mock.errors import UsageError
from telnyx_mock.payload.overrides import placed, refuse_invalid, refuse_unknown, sample_with
from telnyx_mock.payload.paths import put, short_path
from telnyx_mock.schema.build import SampleChooser, build
from telnyx_mock.schema.event import Event
from telnyx_mock.schema.json_values import ABSENT, Json
from telnyx_mock.schema.placeholders import GeneratedId, GeneratedTime, IdSource, generate_values

__all__ = [
    "ABSENT",
    "Webhook",
    "decisions",
    "departing",
    "differences",
    "documented",
    "sample",
    "webhook",
]

_IDS = IdSource()


@dataclass(frozen=True, slots=True)
class Webhook:
    """One concrete event.

    *body* is all that is sent, envelope included. A webhook is *minted* when its ids and times
    are its own; one that still shows the documented ids is minted by the emulator when it is
    sent, anew each time.
    """

    event: Event
    body: Mapping[str, Json]
    generated: bool = field(default=False, compare=False)

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
        return replace(
            self, body=generate_values(self.body, _IDS.example(), moment), generated=True
        )

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
    return documented(name, strict=strict, extra=extra, **overrides).fresh()


def documented(
    name: str,
    /,
    *,
    strict: bool = True,
    extra: Mapping[str, Json] | None = None,
    **overrides: Json,
) -> Webhook:
    """As :func:`webhook` has it, with the ids and times of the documented sample."""
    event = find(name)
    given = placed(event, overrides)
    if strict:
        refuse_unknown(event, given)
    body = sample_with(event, given, strict=strict)
    if strict:
        refuse_invalid(event, body, given)
    for path, value in placed(event, extra or {}).items():
        put(event, body, path, value)
    return Webhook(event, body)


def departing(event: Event, decided: Mapping[str, Json]) -> Webhook:
    """The sample of *event* with what was *decided*, as :func:`decisions` has it.

    Its ids and times are the sample's. Whether Telnyx would send it is not asked.
    """
    return Webhook(event, sample_with(event, placed(event, decided), strict=False))


def differences(built: Webhook) -> Iterator[tuple[str, Json]]:
    """Where *built* differs from the documented sample: path and value, ids and times left out.

    A time is not left out where it is the event's own, or written otherwise, unlike the sample's.
    The value is :data:`ABSENT` where the sample has a field that *built* has not.
    """
    ordinary = build(built.event, SampleChooser())
    for path, value in _differ("", ordinary, built.body):
        yield short_path(built.event, path), value


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
        follows = sample_with(built.event, decided, strict=False)
        decided.update(_differ("", follows, built.body))
    for path in list(decided):
        fewer = {other: value for other, value in decided.items() if other != path}
        try:
            body = sample_with(built.event, fewer, strict=False)
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
    elif isinstance(actual, GeneratedId) and ordinary is not ABSENT:
        return
    elif isinstance(actual, GeneratedTime) and isinstance(ordinary, GeneratedTime):
        if actual.style is not ordinary.style or (ordinary.offset and not actual.offset):
            yield path, actual
    elif ordinary != actual or type(ordinary) is not type(actual):
        yield path, actual


def _by_name(body: Mapping[str, Json]) -> dict[str, str]:
    """The names of the members, by what is the same about them in every example."""
    return {name.template if isinstance(name, GeneratedId) else name: name for name in body}
