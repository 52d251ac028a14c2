"""Tells which events the receiver's code handles alike, so that a few can stand for the others."""

from __future__ import annotations

from dataclasses import dataclass, field

from telnyx_mock.contract.engine.baseline import Baseline
from telnyx_mock.contract.engine.other_address import own_routes
from telnyx_mock.schema.event import Event
from telnyx_mock.transports.routes import PostRoute

FEW = 4
"""How many events of a family stand for all that are handled like them."""


@dataclass(slots=True)
class Alike:
    """Which events of a run the receiver handles alike: its code names no part of their names.

    Only the code of an app in this process can be read. Each event of another receiver, and of a
    thorough run, counts as handled in its own way.
    """

    baseline: Baseline
    _distinguished: dict[str, bool] = field(default_factory=dict)
    _read: list[PostRoute] | None = None

    def is_distinguished(self, event: Event) -> bool:
        """Whether the code may handle *event* in a way of its own."""
        if event.name not in self._distinguished:
            self._distinguished[event.name] = (
                self.baseline.settings.thorough
                or not self._routes
                or any(route.may_distinguish(event.name) for route in self._routes)
            )
        return self._distinguished[event.name]

    def code_mentions(self, value: str) -> bool:
        """Whether *value* is a text or a name in the receiver's code."""
        return any(route.mentions(value) for route in self._routes)

    def code_texts(self) -> set[str]:
        """The texts in the receiver's code, and its regular expressions."""
        return {text for route in self._routes for text in route.texts}

    @property
    def _routes(self) -> list[PostRoute]:
        """The routes that lead to the receiver's address. Their code is read once."""
        if self._read is None:
            self._read = own_routes(self.baseline.sender.emulator.receiver)
        return self._read

    def others_stand_for(self, event: Event) -> bool:
        """Whether a few events of the family are tried in place of *event*."""
        if self.is_distinguished(event):
            return False
        alike = [
            each
            for each in self.baseline.events
            if each.family == event.family
            and not self.is_distinguished(each)
            and self.baseline.accepts(each)
        ]
        return event in alike[FEW:]
