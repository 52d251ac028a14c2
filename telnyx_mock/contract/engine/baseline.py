"""The baseline: what the receiver does with the genuine sample of each event.

A refusal or a failure means something only beside a genuine webhook that the receiver accepts.
"""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass, field

from telnyx_mock.catalogue.registry import family
from telnyx_mock.contract.engine.reason import Blocked, Inconclusive, Reason, Skipped, Why
from telnyx_mock.contract.engine.request_sender import Sender
from telnyx_mock.contract.engine.without_key import NOBODY_THERE
from telnyx_mock.delivery import Delivery
from telnyx_mock.payload.webhook import sample
from telnyx_mock.schema.event import ContentType, Event
from telnyx_mock.settings import Settings

__all__ = ["Baseline"]


@dataclass(slots=True)
class Baseline:
    """What the receiver does with genuine samples of *events*; each is sent once in a run.

    With *key_is_new*, the run signs with a key that a receiver which was started before cannot know.
    """

    sender: Sender
    events: tuple[Event, ...]
    settings: Settings
    key_is_new: bool = False
    _samples: dict[str, Delivery] = field(default_factory=dict)
    _blocked: dict[str, Reason] = field(default_factory=dict)
    _served: dict[str, bool] = field(default_factory=dict)

    def sample_of(self, event: Event) -> Delivery:
        """The delivery of the sample of *event*.

        Raises Blocked, each time, if the receiver needs a host that it cannot reach. Raises
        Inconclusive if the receiver is busy; the next call sends the sample again.
        """
        if event.name in self._blocked:
            reason = self._blocked[event.name]
            raise Blocked(reason.why, reason.about, **reason.details)
        if event.name not in self._samples:
            try:
                self._samples[event.name] = self.sender.send(sample(event.name))
            except Blocked as problem:
                self._blocked[event.name] = problem.reason
                raise
        return self._samples[event.name]

    def accepts(self, event: Event) -> bool:
        """Whether the receiver accepts the sample of *event*; False where that stays unknown.

        Raises Inconclusive where a later try may show it.
        """
        with suppress(Blocked):
            return self.sample_of(event).accepted
        return False

    def accepted(self, events: Iterable[Event]) -> list[Event]:
        """Those of *events* whose samples the receiver accepts. Raises as :meth:`accepts`."""
        return [event for event in events if self.accepts(event)]

    def require_known(self, events: Iterable[Event]) -> None:
        """Raises Inconclusive where the sample of one of *events* showed nothing.

        Called before a rule reports that something is missing: :meth:`accepts` may have left out
        the event that has it.
        """
        for event in events:
            self.sample_of(event)

    def require_accepted(self, event: Event) -> None:
        """Raises Skipped unless the receiver accepts the sample of *event*.

        Another rule reports that it does not; a mutation of the sample would show nothing new.
        """
        if not self.sample_of(event).accepted:
            raise Skipped(Why.SAMPLE_NOT_ACCEPTED, event.name)

    def require_for_forgery(self, event: Event) -> None:
        """Raises Inconclusive unless the receiver accepts the genuine sample of a forged *event*.

        Nothing is required where only forgeries are sent, or where the receiver cannot know the key:
        see :mod:`telnyx_mock.contract.engine.without_key`.
        """
        if self.settings.forgeries_only:
            return
        genuine = self.sample_of(event)
        if not genuine.accepted and not self.key_may_be_unknown(genuine):
            raise Inconclusive(Why.BASELINE_NOT_ACCEPTED, event.name, answer=genuine.answer())

    def serves(self, event: Event) -> bool:
        """Whether the receiver serves the family of *event*.

        It does not if it refuses most samples of the family with one status, and accepts none: a
        sample in an unusual envelope may make it fail instead. Forms usually go to addresses of their
        own, so an address that accepts none of them need not expect them, whatever it answers. Raises
        Inconclusive where the answer depends on a sample that showed nothing.
        """
        if self.settings.events or self.settings.forgeries_only:
            return True
        if event.family not in self._served:
            answers: list[Delivery] = []
            blocked: Blocked | None = None
            for known in family(event.family):
                if known in self.events:
                    try:
                        answers.append(self.sample_of(known))
                    except Blocked as problem:
                        blocked = problem
            if any(map(self.key_may_be_unknown, answers)):
                return True
            refusals = [answer.status for answer in answers if answer.refused]
            uniform = len(set(refusals)) == 1 and len(refusals) > len(answers) / 2
            accepts_any = any(answer.accepted for answer in answers)
            is_form = event.content_type is ContentType.FORM
            served = accepts_any or not (uniform or is_form)
            if blocked is not None and not served:
                raise blocked
            self._served[event.family] = served
        return self._served[event.family]

    def key_may_be_unknown(self, delivery: Delivery) -> bool:
        """Whether the receiver may have refused a genuine *delivery* because it cannot know the key."""
        return self.key_is_new and delivery.refused and delivery.status not in NOBODY_THERE

    def uniform_rejection(self) -> Delivery | None:
        """A sample, if the receiver refuses the samples of all events with one status; else None.

        Then nothing else can be judged. An address for JSON may answer forms as it likes, as long as
        it accepts none. Raises Inconclusive where it accepts none, and one showed nothing.
        """
        if self.settings.forgeries_only or any(self.accepts(each) for each in self.events):
            return None
        json_events = [each for each in self.events if each.content_type is ContentType.JSON]
        samples = [self.sample_of(each) for each in json_events or self.events]
        uniform = samples[0].refused and len({each.status for each in samples}) == 1
        return samples[0] if uniform else None
