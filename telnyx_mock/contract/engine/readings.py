"""What the receiver reads of each event: recorded in deliveries of their own, which judge nothing."""

from __future__ import annotations

from dataclasses import dataclass, field

from telnyx_mock.contract.engine.baseline import Baseline
from telnyx_mock.contract.engine.reason import Blocked
from telnyx_mock.delivery import Delivery
from telnyx_mock.payload.webhook import Webhook, sample
from telnyx_mock.reading.read import EventReads
from telnyx_mock.reading.recorder import Recorder
from telnyx_mock.reading.recording import recording
from telnyx_mock.schema.event import ContentType, Event

TURNED_OFF = "It was turned off with --no-reads."
OTHER_PROCESS = "It can be seen only of an app in this process."
NOT_ACCEPTED = "The receiver does not accept the sample."
OTHERWISE = "The app answered otherwise ({answer}) while its reads were recorded."
NOT_PARSED = "The app did not parse the body, or not with a parser whose reads can be recorded."


@dataclass(slots=True)
class Readings:
    """What the receiver of *baseline* reads of the events that it accepts. Each is recorded once.

    *new* has the events since somebody last took them; none if the run can record nothing at all.
    """

    baseline: Baseline
    new: list[EventReads] = field(default_factory=list)
    _known: dict[str, EventReads] = field(default_factory=dict)

    def of(self, event: Event) -> EventReads:
        """Return what the receiver reads of the sample of *event*.

        Raises the errors of :meth:`Baseline.sample_of`.
        """
        if event.name not in self._known:
            known = self._known[event.name] = self._record(event)
            if known.off not in (TURNED_OFF, OTHER_PROCESS):
                self.new.append(known)
        return self._known[event.name]

    def take_new(self) -> tuple[EventReads, ...]:
        """Return what was recorded since the last call."""
        taken, self.new = tuple(self.new), []
        return taken

    def _record(self, event: Event) -> EventReads:
        sender = self.baseline.sender
        if sender.settings.no_reads:
            return EventReads(event.name, off=TURNED_OFF)
        if not sender.emulator.receiver.in_process or sender.settings.forgeries_only:
            return EventReads(event.name, off=OTHER_PROCESS)
        try:
            usual = self.baseline.sample_of(event)
        except Blocked:
            return EventReads(event.name, off=NOT_ACCEPTED)
        if not usual.accepted:
            return EventReads(event.name, off=NOT_ACCEPTED)
        recorder, delivery = self._send(sample(event.name))
        if delivery.status != usual.status:
            return EventReads(event.name, off=OTHERWISE.format(answer=delivery.answer()))
        if not recorder.parsed:
            return EventReads(event.name, off=NOT_PARSED)
        return EventReads(event.name, recorder.reads)

    def _send(self, webhook: Webhook) -> tuple[Recorder, Delivery]:
        sender = self.baseline.sender
        emulator = sender.emulator
        request = emulator.request(webhook)
        is_form = webhook.event.content_type is ContentType.FORM
        recorder = Recorder(request.body, is_form=is_form)
        with recording(recorder):
            delivery = sender.send_apart(request)
            emulator.wait_until_idle()
        return recorder, delivery
