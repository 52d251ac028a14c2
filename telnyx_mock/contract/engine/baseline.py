"""The baseline: what the receiver does with the genuine sample of each event.

A refusal or a failure means something only if the receiver accepts a genuine webhook.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from functools import partial
from typing import TypeAlias

from telnyx_mock.catalogue.registry import family
from telnyx_mock.contract.effects.effects import Effects
from telnyx_mock.contract.engine.failure import is_doubtful, is_failure
from telnyx_mock.contract.engine.reason import Blocked, Inconclusive, Reason, Skipped, Why
from telnyx_mock.contract.engine.related import has_event_id, histories
from telnyx_mock.contract.engine.request_sender import Sender
from telnyx_mock.contract.engine.without_key import NOBODY_THERE, is_forged
from telnyx_mock.delivery import Delivery
from telnyx_mock.payload.request import Headers
from telnyx_mock.payload.webhook import sample
from telnyx_mock.schema.event import ContentType, Event
from telnyx_mock.schema.json_values import Json
from telnyx_mock.schema.products import TYPE, only, product_in
from telnyx_mock.settings import Settings

TRIES = 5
"""How often a sample is sent at which the receiver fails. Many events are tried."""

CONTROLS = 3
"""How often a control is sent at which the receiver fails."""

ENOUGH_IN_VAIN = 3
"""If so many events are not accepted after the beginning of their call either, it is not needed."""

HOPELESS = 5
"""If the receiver fails at so many samples each time, it does not fail by chance."""


REFUSALS = frozenset({400, 401, 403})
"""The statuses with which receivers refuse a signature."""


ObserveIfAlone: TypeAlias = Callable[[Callable[[], Delivery]], tuple[Delivery, Effects | None]]
"""Calls a function that sends; returns the delivery, and its effects if they are certain."""


def _unobserved(send: Callable[[], Delivery]) -> tuple[Delivery, Effects | None]:
    return send(), None


@dataclass(slots=True)
class Baseline:
    """What the receiver does with genuine samples of *events*; the first answer counts for a run.

    With *key_is_new*, the run signs with a new key, which a receiver that was started earlier
    cannot know. *unsteady* are the deliveries of genuine webhooks that failed, although the receiver
    accepted the same webhook at another time; *unsteady_forgeries* are forgeries at which it failed
    only once. *effects* are those of the first sample of each event, if
    *observe* is certain about them.
    """

    sender: Sender
    events: tuple[Event, ...]
    settings: Settings
    key_is_new: bool = False
    unsteady: list[Delivery] = field(default_factory=list)
    unsteady_forgeries: list[Delivery] = field(default_factory=list)
    alone: dict[str, Delivery] = field(default_factory=dict)
    """The samples that the receiver accepts only after the beginning of their call, sent without it."""
    only_alone: dict[str, Sequence[Event]] = field(default_factory=dict)
    """The events whose samples the receiver seemed not to accept after these events of their call."""
    _in_vain: int = 0
    _hopeless: int = 0
    observe: ObserveIfAlone = _unobserved
    effects: dict[str, Effects] = field(default_factory=dict)
    _samples: dict[str, Delivery] = field(default_factory=dict)
    _of_products: dict[tuple[str, str], Delivery] = field(default_factory=dict)
    _blocked: dict[str, Reason] = field(default_factory=dict)
    _served: dict[str, bool] = field(default_factory=dict)

    def sample_of(self, event: Event) -> Delivery:
        """Return the delivery of the sample of *event*.

        Raises Blocked on each call if the receiver needs a host that it cannot reach. Raises
        Inconclusive if the receiver is busy; the next call sends the sample again.
        """
        if event.name in self._blocked:
            reason = self._blocked[event.name]
            raise Blocked(reason.why, reason.about, **reason.details)
        if event.name not in self._samples:
            try:
                self._samples[event.name] = self._first(event)
            except Blocked as problem:
                self._blocked[event.name] = problem.reason
                raise
        return self._samples[event.name]

    @property
    def headers(self) -> Headers:
        """The headers of an answer to a sample; empty if none was answered."""
        answers = (each.response for each in self._samples.values())
        return next((answer.headers for answer in answers if answer is not None), ())

    def _first(self, event: Event) -> Delivery:
        """Send the sample of *event*; send it again if the receiver fails, perhaps by chance."""
        delivery, effects = self.observe(partial(self.sender.send_and_watch, sample(event.name)))
        if effects is not None:
            self.effects[event.name] = effects
        delivery = self._unless_by_chance(
            delivery, partial(self.sender.send_and_watch, sample(event.name))
        )
        return delivery if delivery.accepted else self._after_beginning(event, delivery)

    def _after_beginning(self, event: Event, alone: Delivery) -> Delivery:
        """Return a delivery of *event* that is accepted after the beginning of its call; else *alone*.

        Webhooks of such an event follow the beginning of their call from then on.
        """
        if not has_event_id(event) or self._in_vain >= ENOUGH_IN_VAIN:
            return alone
        linked = [each for each in self.events if has_event_id(each)]
        for history in histories(event, linked):
            if not all(self.accepts(each) for each in history if not histories(each, linked)):
                return alone
            self.sender.histories[event.name] = history
            delivery = self.sender.send_and_watch(sample(event.name))
            if delivery.accepted:
                self.alone[event.name] = alone
                return delivery
            del self.sender.histories[event.name]
            self._in_vain += 1
        return alone

    def _unless_by_chance(self, delivery: Delivery, send: Callable[[], Delivery]) -> Delivery:
        """Return *delivery*; if the receiver failed at it, the first of *send* that is accepted.

        What gets no answer is sent only once more, because each wait is long.
        """
        failed: list[Delivery] = []
        for _ in range(TRIES - 1):
            if not is_failure(delivery) or self._hopeless >= HOPELESS:
                return delivery
            if delivery.status is None and failed:
                break
            failed.append(delivery)
            delivery = send()
            if delivery.accepted:
                for each in failed:
                    self.note_unsteady(each)
                return delivery
        self._hopeless += 1
        return delivery

    def send_again(self, event: Event) -> Delivery:
        """Send the sample of *event*, which was accepted before, and return its new delivery.

        Raises Inconclusive as :meth:`sample_of` does.
        """
        delivery = self.sender.send(sample(event.name))
        if not delivery.accepted:
            self.note_unsteady(delivery)
        return delivery

    def send_control(self) -> Delivery | None:
        """Send a plain sample that was accepted before, if possible one without an effect.

        Returns None if no sample was accepted so far.
        """
        known = [self._samples.get(each.name) for each in self.events]
        accepted = [each.request.event for each in known if each is not None and each.accepted]
        if not accepted:
            return None
        name = min(accepted, key=lambda each: bool(self.effects.get(each, True)))
        delivery = self.sender.send(sample(name))
        if not (delivery.accepted or delivery.refused):
            self.note_unsteady(delivery)
        return delivery

    def forget_refused(self) -> None:
        """Forget the samples that were refused: a firewall may have refused them for a while."""
        self._served.clear()
        self._samples = {name: it for name, it in self._samples.items() if not it.refused}
        self._of_products = {key: it for key, it in self._of_products.items() if not it.refused}

    def require_still_accepted(self, event: Event) -> None:
        """Raises Inconclusive unless the receiver accepts the sample of *event* once more.

        A rule calls this before it blames a failure on a change of the sample.
        """
        control = self.send_again(event)
        for _ in range(CONTROLS - 1):
            if (control.status or 0) >= 500:
                control = self.send_again(event)
        if not control.accepted:
            raise Inconclusive(Why.FAILS_WITHOUT_IT, event.name, answer=control.answer())

    def note_unsteady(self, delivery: Delivery) -> None:
        """Note a failed *delivery* of a webhook that is accepted at other times.

        A doubtful failure shows nothing.
        """
        noted = self.unsteady_forgeries if is_forged(delivery.request) else self.unsteady
        if not is_doubtful(delivery) and all(each is not delivery for each in noted):
            noted.append(delivery)

    def sample_of_product(self, event: Event, product: str) -> Delivery:
        """Return the delivery of the plain sample of *event* about one of its products.

        Raises the errors of :meth:`sample_of`.
        """
        usual = sample(event.name)
        if product_in(event, usual.body) == product:
            return self.sample_of(event)
        if (event.name, product) not in self._of_products:
            named: dict[str, Json] = {TYPE: product.upper()}
            send = partial(self.sender.send, sample(event.name, **named))
            self._of_products[event.name, product] = self._unless_by_chance(send(), send)
        return self._of_products[event.name, product]

    def accepted_products(self, event: Event) -> Event:
        """Return *event* as it is about the products whose plain samples the receiver accepts.

        Mutations of another product's content would show nothing new: that the receiver does not
        accept its plain sample is one finding, or none if nobody selected that product.
        """
        accepted = set()
        for product in event.products if len(event.products) > 1 else ():
            with suppress(Blocked):
                if self.sample_of_product(event, product).accepted:
                    accepted.add(product)
        return only(event, accepted)

    def is_selected(self, event: Event) -> bool:
        """Whether the receiver must accept *event*: not if it is only about unselected products.

        A receiver that accepts its sample evidently serves that product.
        """
        selected = not event.products or {*event.products} & {*self.settings.selected_products}
        if selected or self.settings.forgeries_only or event.name in self.settings.events:
            return True
        return self.accepts(event)

    def accepts(self, event: Event) -> bool:
        """Whether the receiver accepts the sample of *event*. False if the run cannot find out.

        Raises Inconclusive if a later try may show the answer.
        """
        try:
            return self.sample_of(event).accepted
        except Blocked:
            return False

    def accepted(self, events: Iterable[Event]) -> list[Event]:
        """Return the *events* whose samples are accepted. Raises the errors of :meth:`accepts`."""
        return [event for event in events if self.accepts(event)]

    def require_known(self, events: Iterable[Event]) -> None:
        """Raises Inconclusive if the sample of at least one of the *events* showed nothing.

        A rule calls this before it reports that something is missing, because :meth:`accepts`
        returns False for a sample that showed nothing.
        """
        for event in events:
            self.sample_of(event)

    def require_accepted(self, event: Event) -> None:
        """Raises Skipped unless the receiver accepts the sample of *event*.

        If the receiver does not accept the sample, a mutation of it would show nothing new, and
        another rule reports the fault.
        """
        if not self.sample_of(event).accepted:
            raise Skipped(Why.SAMPLE_NOT_ACCEPTED, event.name)

    def require_for_forgery(self, event: Event) -> None:
        """Raises Inconclusive unless the receiver accepts the genuine sample of a forged *event*.

        This method requires nothing if the run sends only forgeries, or if the receiver cannot know
        the key: see :mod:`telnyx_mock.contract.engine.without_key`.
        """
        if self.settings.forgeries_only:
            return
        genuine = self.sample_of(event)
        if not genuine.accepted and not self.key_may_be_unknown(genuine):
            raise Inconclusive(Why.BASELINE_NOT_ACCEPTED, event.name, answer=genuine.answer())

    def stands_for_refused(self, event: Event) -> bool:
        """Whether the receiver refuses every genuine sample, and *event* is tried for all of them.

        The first event is enough, because such a receiver never gets past its verification. Raises
        the errors of :meth:`uniform_rejection`.
        """
        refused = self.uniform_rejection()
        if refused is None or self.key_may_be_unknown(refused):
            return False
        return refused.status in REFUSALS and refused.request.event == event.name

    def serves(self, event: Event) -> bool:
        """Whether the receiver serves the family of *event*.

        It does not serve the family if it accepts no sample of it and refuses most samples with the
        same status: a sample in an unusual envelope may make the receiver fail instead. Forms
        usually go to separate addresses, so an address that accepts no forms need not expect them,
        whatever it answers. Raises Inconclusive if the result depends on a sample that showed
        nothing.
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
        """Whether the receiver may have refused *delivery* because it cannot know the key."""
        return self.key_is_new and delivery.refused and delivery.status not in NOBODY_THERE

    def uniform_rejection(self) -> Delivery | None:
        """Return a delivery if the receiver refuses all samples with the same status; else None.

        After such a refusal, nothing else can be judged. The status of forms does not matter at an
        address for JSON that accepts no forms. Raises Inconclusive if the receiver accepts no
        sample and one sample showed nothing.
        """
        if self.settings.forgeries_only or any(self.accepts(each) for each in self.events):
            return None
        json_events = [each for each in self.events if each.content_type is ContentType.JSON]
        samples = [self.sample_of(each) for each in json_events or self.events]
        uniform = samples[0].refused and len({each.status for each in samples}) == 1
        return samples[0] if uniform else None
