"""A webhook: one concrete event with its body, made from the documented sample and overrides."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from telnyx_mock.catalogue.registry import find
from telnyx_mock.clock import SYSTEM_CLOCK
from telnyx_mock.payload.differences import decisions, differences
from telnyx_mock.payload.overrides import body_with, resolve_all
from telnyx_mock.schema.event import Event
from telnyx_mock.schema.json_values import Json
from telnyx_mock.schema.placeholders import IdSource, generate_values

__all__ = ["Webhook", "sample", "webhook"]

_IDS = IdSource()


@dataclass(frozen=True, slots=True)
class Webhook:
    """One concrete event.

    *body* is everything that is sent, envelope included. Its ids and times are *generated*, or
    else placeholders that read as in the documented sample. The emulator generates them anew
    whenever it sends a webhook with placeholders.
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
        """What happened, without the envelope; empty if the envelope is broken."""
        payload = self.event.payload_in(self.body)
        return payload if isinstance(payload, Mapping) else {}

    def fresh(self, now: float | None = None) -> Webhook:
        """The same webhook with new ids, and with times around *now* (Unix seconds).

        Ids and times that were overridden stay.
        """
        moment = SYSTEM_CLOCK.now() if now is None else now
        body = generate_values(self.body, _IDS.example(), moment)
        return replace(self, body=body, generated=True)

    def differences(self) -> Iterator[tuple[str, Json]]:
        """The paths at which the body differs from the documented sample, and its values there.

        See :mod:`telnyx_mock.payload.differences`.
        """
        return differences(self.event, self.body)

    def decisions(self) -> dict[str, Json]:
        """The differences from which all others follow; as overrides, they make the body again."""
        return decisions(self.event, self.body)

    def __repr__(self) -> str:
        """The differences from the documented sample; cut where long."""
        changes = [f"{path}={_shown(value)}" for path, value in self.differences()]
        if len(changes) > _SHOWN:
            changes[_SHOWN:] = [f"and {len(changes) - _SHOWN} more"]
        return f"<Webhook {', '.join([self.event.name, *changes])}>"

    def _repr_pretty_(self, printer: Any, cycle: bool) -> None:
        """Print the repr: Hypothesis and IPython would print a dataclass field by field."""
        printer.text(repr(self))


_SHOWN = 40
"""How many differences a repr names: Hypothesis warns of reprs beyond 30,000 characters."""


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
    """The documented sample of the event *name* with your values, as :func:`webhook` takes them.

    Its ids and times are placeholders: each sending generates new ones.
    """
    event = find(name)
    body = body_with(event, resolve_all(event, overrides), strict=strict)
    for place, value in resolve_all(event, extra or {}).items():
        place.put(body, value)
    return Webhook(event, body)


def webhook(
    name: str,
    /,
    *,
    strict: bool = True,
    extra: Mapping[str, Json] | None = None,
    **overrides: Json,
) -> Webhook:
    """A webhook like the documented sample, but with your values, and with new ids and times.

    *overrides* are fields of the payload (``direction="outgoing"``; ``from_`` for ``from``), or
    paths to nested fields, by ``**{"from.phone_number": "+13125550100"}``; list items are
    ``to[0].status``, the envelope is ``data.id`` and ``meta.attempt``. :data:`ABSENT` leaves a
    field out. Fields with conditions follow your values: with ``direction="outgoing"`` there is no
    ``caller_id_name``. *extra* adds members that the event does not have. With ``strict=False``
    any value is allowed.

    Raises UsageError for an unknown event or field, for a value outside its type, and for a
    combination that Telnyx would not send.
    """
    return sample(name, strict=strict, extra=extra, **overrides).fresh()
