"""Finds the events for which the receiver does more once it knows the beginning of their call."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field

from telnyx_mock.contract.engine.alike import Alike
from telnyx_mock.contract.engine.readings import Readings, Seen
from telnyx_mock.contract.engine.reason import Inconclusive
from telnyx_mock.contract.engine.related import (
    has_event_id,
    histories,
    natural_order,
    placed,
    related,
)
from telnyx_mock.contract.engine.request_sender import Sender
from telnyx_mock.payload.webhook import sample
from telnyx_mock.schema.event import Event

NAMES_OF_CALLS = frozenset((
    "call_control_id", "call_session_id", "call_leg_id", "client_state", "conference_id", "id", "fax_id",
))  # fmt: skip
"""The members by which an app can know a call, a message or a fax again."""

HANGUP = "call.hangup"


@dataclass(slots=True)
class KnownCalls:
    """Tells the sender of *readings* which events must follow the beginning of their call.

    These are the events at which the receiver then runs lines or reads members that it otherwise does
    not: mutations of them would not reach this code. *alike* tells which events stand for others.
    """

    readings: Readings
    alike: Alike
    _looked: set[str] = field(default_factory=set)

    def look(self, event: Event) -> None:
        """Look at the family of *event*, once. One call with all its events shows which do more."""
        if event.family in self._looked:
            return
        self._looked.add(event.family)
        events = [each for each in self.readings.baseline.events if each.family == event.family]
        with suppress(Inconclusive):  # which the check itself meets again
            linked = self.readings.baseline.accepted(filter(has_event_id, events))
            wanted = [each for each in linked if self._may_do_more(each, linked)]
            if wanted:
                self._look_in_one_call(wanted, linked)

    def _may_do_more(self, event: Event, linked: Sequence[Event]) -> bool:
        """Whether *event* has a beginning, and its app looks at what names the call."""
        if event.name in self._sender.histories or not histories(event, linked):
            return False
        reads = self.readings.of(event)
        if not reads.known or self.alike.others_stand_for(event):
            return False
        names = {
            read.member.rpartition(".")[2] for read in reads.reads if ".payload." in read.member
        }
        return not names.isdisjoint(NAMES_OF_CALLS)

    def _look_in_one_call(self, wanted: Sequence[Event], linked: Sequence[Event]) -> None:
        first = [each for event in wanted for each in histories(event, linked)[0]]
        events = natural_order([*dict.fromkeys((*first, *wanted))])
        events.sort(key=lambda event: HANGUP in (event.name, *event.before))
        for webhook in related(events, self._sender.emulator.clock.now()):
            more = self.readings.more_in(webhook)
            if more is not None and webhook.event in wanted:
                self._find_history(webhook.event, linked, more)

    def _find_history(self, event: Event, linked: Sequence[Event], more: Seen) -> None:
        """Note the shortest history after which the app does some of *more* again."""
        for history in histories(event, linked):
            *earlier, last = placed(sample(event.name), history, self._sender.emulator.clock.now())
            for webhook in earlier:
                self._sender.send_apart(self._sender.emulator.request(webhook))
            again = self.readings.more_in(last)
            if again is not None and more.shares(again):
                self.readings.add(event, again)
                known = (
                    self._sender.histories if again.accepted else self.readings.baseline.only_alone
                )
                known[event.name] = history
                return

    @property
    def _sender(self) -> Sender:
        return self.readings.baseline.sender
