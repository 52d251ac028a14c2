"""It treats the same webhook now in one way and now in another."""

from __future__ import annotations

from telnyx_mock.severity import Severity
from tests.receivers.correct import Event, Receiver
from tests.receivers.fault import breaks


class Counting(Receiver):
    handled = 0

    def act(self, event: Event) -> int:
        self.handled += 1
        return 503 if self.is_unwell() else 200

    def is_unwell(self) -> bool:
        raise NotImplementedError


@breaks("accepts-each-time", severity=Severity.WARNING, reason="Telnyx delivers again, so hardly an event is lost.")
class FailsAtTimes(Counting):
    """It fails at each ninth webhook, as with a connection that breaks at times."""

    def is_unwell(self) -> bool:
        return self.handled % 9 == 0


@breaks("accepts-each-time")
class FillsUp(Counting):
    """It fails at every webhook once its store is full."""

    def is_unwell(self) -> bool:
        return self.handled > 10
