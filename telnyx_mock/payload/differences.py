"""The differences between a body and the documented sample, and the few causes of them all.

Ids and times are ignored, because they differ in every webhook. A time counts in two cases only:
its style differs from the sample, or it equals the time of the event, unlike in the sample.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import suppress

from telnyx_mock.errors import UsageError
from telnyx_mock.payload.overrides import body_with, sample_body
from telnyx_mock.payload.paths import place_at, short_path
from telnyx_mock.schema.event import Event
from telnyx_mock.schema.json_values import ABSENT, Json
from telnyx_mock.schema.placeholders import DeliveryAddress, GeneratedId, GeneratedTime


def differences(event: Event, body: Json) -> Iterator[tuple[str, Json]]:
    """Yield each path at which *body* differs from the sample of *event*, with its value in *body*.

    The value is :data:`ABSENT` if *body* lacks a field of the sample.
    """
    for path, value in _differ("", sample_body(event), body):
        yield short_path(event, path), value


def decisions(event: Event, body: Json) -> dict[str, Json]:
    """Return the differences that all others follow from, by path; as overrides, they recreate *body*.

    For example, ``caller_id_name`` must be absent if ``direction`` is ``outgoing``, so the
    direction alone was decided.
    """
    ordinary = sample_body(event)
    everything = list(_differ("", ordinary, body))
    decided = dict(everything)
    # A field was decided, too, if it does not follow from these: an MMS without a file.
    with suppress(UsageError):
        decided.update(_differ("", _decided_body(event, decided), body))
    for path in list(decided):
        fewer = {other: value for other, value in decided.items() if other != path}
        with suppress(UsageError):
            if list(_differ("", ordinary, _decided_body(event, fewer))) == everything:
                decided = fewer
    return {short_path(event, path): value for path, value in decided.items()}


def _decided_body(event: Event, decided: Mapping[str, Json]) -> Json:
    given = {place_at(event, path): value for path, value in decided.items()}
    return body_with(event, given, strict=False)


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
    elif isinstance(actual, GeneratedId | DeliveryAddress) and ordinary is not ABSENT:
        return
    elif isinstance(actual, GeneratedTime) and isinstance(ordinary, GeneratedTime):
        if actual.style is not ordinary.style or (ordinary.offset and not actual.offset):
            yield path, actual
    elif ordinary != actual or type(ordinary) is not type(actual):
        yield path, actual


def _by_name(body: Mapping[str, Json]) -> dict[str, str]:
    """Return the names of the members, with a template in place of a name that contains an id."""
    return {name.template if isinstance(name, GeneratedId) else name: name for name in body}
