"""A webhook: one concrete event with its body, made from the documented sample and overrides."""

from __future__ import annotations

import copy
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from telnyx_mock.catalogue.registry import find
from telnyx_mock.clock import SYSTEM_CLOCK
from telnyx_mock.payload.differences import decisions, differences
from telnyx_mock.payload.overrides import body_with, kept, resolve_all
from telnyx_mock.payload.paths import resolve
from telnyx_mock.schema.event import Event
from telnyx_mock.schema.json_values import Json
from telnyx_mock.schema.placeholders import DeliveryAddress, IdSource, generate_values
from telnyx_mock.visible import visible_line

_IDS = IdSource()


@dataclass(frozen=True, slots=True)
class Webhook:
    """One concrete event.

    *body* is everything that is sent, envelope included. *generated* tells whether its ids and
    times are generated. If they are not, they are placeholders that read as in the documented
    sample, and the emulator generates new ones for each delivery. *given* are the full paths of
    what was set on purpose, perhaps to the value of the sample. *after* names the events that were
    delivered before it for its sake, from the beginning of its call or message.

    >>> from telnyx_mock import Emulator
    >>> Emulator().webhook("message.received", text="Hi")
    <Webhook message.received, payload.text='Hi'>
    >>> webhook = Emulator().webhook("call.initiated", direction="outgoing")
    >>> webhook.payload["direction"], "caller_id_name" in webhook.payload
    ('outgoing', False)
    """

    event: Event
    body: Mapping[str, Json]
    generated: bool = field(default=False, compare=False)
    given: frozenset[str] = field(default=frozenset(), compare=False)
    after: tuple[str, ...] = field(default=(), compare=False)

    @property
    def name(self) -> str:
        """The name of the event."""
        return self.event.name

    @property
    def payload(self) -> Mapping[str, Json]:
        """The payload of the event, without the envelope; empty if the envelope is broken."""
        payload = self.event.payload_in(self.body)
        return payload if isinstance(payload, Mapping) else {}

    def fresh(self, now: float | None = None) -> Webhook:
        """Return the same webhook with new ids, and with times around *now* (Unix seconds).

        Ids and times that you set yourself stay unchanged.
        """
        return generated(self.event, self.body, now, self.given)

    def addressed_to(self, url: str) -> Webhook:
        """Return the webhook with *url* as the address in its ``meta``, unless that is overridden."""
        meta = self.body.get("meta")
        if not isinstance(meta, dict) or not isinstance(meta.get("delivered_to"), DeliveryAddress):
            return self
        meta = {**meta, "delivered_to": DeliveryAddress(url)}
        return replace(self, body={**self.body, "meta": meta})

    def with_value(self, path: str, value: Json) -> Webhook:
        """Return the webhook with *value* at *path*, as people write it."""
        body = copy.deepcopy(self.body)
        resolve(self.event, path).put(body, value)
        return replace(self, body=body)

    def differences(self) -> Iterator[tuple[str, Json]]:
        """Yield each path at which the body differs from the documented sample, and the value there.

        Ids and times are ignored, because they differ in every webhook.
        """
        return differences(self.event, self.body)

    def decisions(self) -> dict[str, Json]:
        """Return the differences that all others follow from; as overrides, they recreate the body."""
        return decisions(self.event, self.body)

    def __repr__(self) -> str:
        """Return the differences from the documented sample; a long text is cut."""
        changes = [f"{visible_line(path)}={_shown(value)}" for path, value in self.differences()]
        if len(changes) > _SHOWN:
            changes[_SHOWN:] = [f"and {len(changes) - _SHOWN} more"]
        return f"<Webhook {', '.join([self.event.name, *changes])}>"

    def _repr_pretty_(self, printer: Any, cycle: bool) -> None:
        """Print the repr, because Hypothesis and IPython would print each field of the dataclass."""
        printer.text(repr(self))


def generated(
    event: Event,
    body: Mapping[str, Json],
    now: float | None = None,
    given: frozenset[str] = frozenset(),
) -> Webhook:
    """Return a webhook with new ids and times in place of the placeholders in *body*."""
    moment = SYSTEM_CLOCK.now() if now is None else now
    body = generate_values(body, _IDS.example(), moment)
    return Webhook(event, body, generated=True, given=given)


_SHOWN = 40
"""The number of differences in a repr: Hypothesis warns if a repr exceeds 30,000 characters."""


def _shown(value: Json) -> str:
    text = repr(value)
    return text if len(text) <= 300 else f"{text[:300]}... ({len(text)} characters)"


def sample(
    name: str,
    /,
    *,
    strict: bool = True,
    extra: Mapping[str, Json] | None = None,
    **overrides: Json,
) -> Webhook:
    """Return the documented sample of *name* with your values, given as for :func:`webhook`.

    Its ids and times are placeholders: each delivery gets new ones.
    """
    event = find(name)
    given = resolve_all(event, overrides)
    body = body_with(event, given, strict=strict)
    for place, value in resolve_all(event, extra or {}).items():
        place.put(body, value)
    return Webhook(event, body, given=frozenset(place.path for place in given))


def webhook(
    name: str,
    /,
    *,
    strict: bool = True,
    extra: Mapping[str, Json] | None = None,
    **overrides: Json,
) -> Webhook:
    """Return a webhook with your values, new ids and new times; the rest is the documented sample.

    *overrides* are fields of the payload (``direction="outgoing"``; ``from_`` for ``from``), or
    paths to nested fields, given as ``**{"from.phone_number": "+13125550100"}``. A path to a list
    item is ``to[0].status``; paths into the envelope are ``data.id`` and ``meta.attempt``.
    :data:`ABSENT` leaves a field out. Conditional fields adapt to your values: with
    ``direction="outgoing"``, ``caller_id_name`` is left out. *extra* adds members that the event
    does not declare. With ``strict=False``, any value is allowed.

    Raises UsageError for an unknown event or field, for a value that its field cannot have, and for
    a combination that Telnyx would not send.
    """
    return sample(name, strict=strict, extra=extra, **kept(overrides)).fresh()
