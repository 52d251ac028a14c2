"""Tells which events the receiver's code handles alike, so that a few can stand for the others."""

from __future__ import annotations

from dataclasses import dataclass, field

from telnyx_mock.contract.engine.baseline import Baseline
from telnyx_mock.contract.engine.other_address import code_may_distinguish, code_mentions
from telnyx_mock.schema.event import Event

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

    def is_distinguished(self, event: Event) -> bool:
        """Whether the code may handle *event* in a way of its own."""
        if event.name not in self._distinguished:
            self._distinguished[event.name] = self.baseline.settings.thorough or (
                code_may_distinguish(self.baseline.sender.emulator.receiver, event.name)
            )
        return self._distinguished[event.name]

    def code_mentions(self, value: str) -> bool:
        """Whether *value* is a text or a name in the receiver's code."""
        return code_mentions(self.baseline.sender.emulator.receiver, value)

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
