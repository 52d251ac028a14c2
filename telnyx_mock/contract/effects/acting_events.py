"""Finds the events whose webhooks have an effect that can be seen, alone or after their history."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from itertools import islice, product

from telnyx_mock.contract.effects.effects import Effects
from telnyx_mock.contract.effects.effects_observer import Observer
from telnyx_mock.contract.effects.named_values import keyword_values, named_values
from telnyx_mock.contract.engine.alike import Alike
from telnyx_mock.contract.engine.baseline import Baseline
from telnyx_mock.contract.engine.reason import Skipped, Why
from telnyx_mock.contract.engine.related import has_event_id, histories, natural_order, related
from telnyx_mock.fake_api.answering import served_at
from telnyx_mock.fake_api.command import Command
from telnyx_mock.payload.webhook import Webhook, sample
from telnyx_mock.schema.event import Event
from telnyx_mock.schema.json_values import Json, texts_in
from telnyx_mock.schema.placeholders import GeneratedId

MOST_UNNAMED = 4
"""The largest number of events per family that are found by trying ever smaller groups of events.

A queue worker's effect that names no call or message takes seconds to attribute."""


MOST_VALUES = 8
"""How many values of an event are tried, to find one that makes the receiver act."""


@dataclass(frozen=True, slots=True)
class ActingEvent:
    """The visible *effects* of an event, which it has after the events of its *history*.

    *values* are what its webhook must differ in from the sample, by path.
    """

    effects: Effects
    history: tuple[Event, ...] = ()
    values: Mapping[str, Json] = field(default_factory=dict)


class Acting:
    """The events whose genuine webhooks have a visible effect. A run looks for them once.

    While no thread of the app can act, an effect belongs to the webhook that was just sent. Effects
    of threads come late. Such an effect belongs to the event whose ids its command bears. If it
    bears none, the events are tried in ever smaller groups, each while the receiver is idle.
    """

    def __init__(self, baseline: Baseline, observer: Observer, alike: Alike) -> None:
        self._baseline = baseline
        self._alike = alike
        self._observer = observer
        self._events = baseline.events
        self._found: dict[Event, ActingEvent] | None = None
        self._has_threads = False
        self._is_never_idle = False

    def by_family(self) -> Mapping[str, tuple[Event, ...]]:
        """Return the events of each family whose samples act alone, in the order of the run.

        Raises Skipped if there are no such events.
        """
        acting = [
            event for event, known in self._all().items() if not known.history and not known.values
        ]
        if not acting and self._all():
            raise Skipped(Why.ACTS_ONLY_IN_CONTEXT)
        if not acting:
            self._raise_why_none()
        families = dict.fromkeys(event.family for event in self._events)
        found = {
            name: tuple(each for each in self._events if each in acting and each.family == name)
            for name in families
        }
        return {name: events for name, events in found.items() if events}

    def worst_first(self) -> tuple[Event, ...]:
        """Return all events that act, also after a history; those with the worst effect come first.

        Raises Skipped if there are no events.
        """
        found = self._all()
        if not found:
            self._raise_why_none()
        return tuple(sorted(found, key=lambda event: found[event].effects.is_mild))

    def prepare(self, event: Event) -> Webhook:
        """Deliver the history that *event* needs on a fresh call, and return the webhook to send.

        This method waits for the effects of the history.
        """
        known = self._all().get(event) or ActingEvent(Effects())
        return self._after(event, known.history, known.values)

    def has_effect(self, event: Event) -> bool:
        """Whether the sample of *event* has an effect. This method waits for an idle receiver."""
        observer = self._observer
        send = partial(self._baseline.sender.send, self.prepare(event))
        _, effects = observer.observe(send)
        if not effects:
            effects = observer.shown_within(observer.patience.effect)
            if effects:
                observer.wait_until_idle()
        return bool(effects)

    def _raise_why_none(self) -> None:
        if self._observer.sees_effects:
            self._baseline.require_known(filter(has_event_id, self._events))
        if self._observer.probe is not None:
            raise Skipped(Why.PROBE_UNCHANGED)
        emulator = self._observer.emulator
        if not emulator.receiver.in_process:
            if not emulator.sees_commands():
                raise Skipped(Why.EFFECTS_UNSEEN)
            if not emulator.api.history.position:
                raise Skipped(Why.API_NOT_CALLED, address=served_at())
        raise Skipped(Why.NO_VISIBLE_EFFECT)

    def _after(self, event: Event, history: Sequence[Event], values: Mapping[str, Json]) -> Webhook:
        if not history:
            return sample(event.name, **values).fresh()
        now = self._observer.emulator.clock.now()
        *before, webhook = related((*history, event), now, **values)
        for each in before:
            self._observer.observe_soon(partial(self._baseline.sender.send, each))
        return self._observer.emulator.api.memory.carry(webhook)

    def _all(self) -> Mapping[Event, ActingEvent]:
        if self._is_never_idle:
            raise Skipped(Why.NEVER_IDLE)
        if self._found is None:
            self._found = self._find()
        return self._found

    def _find(self) -> dict[Event, ActingEvent]:
        observer = self._observer
        self._found = {}  # while this looks, no event is known to need a history
        if not observer.sees_effects:
            return {}
        observer.require_stable_probe()
        # First, since samples that a worker has still to handle would hold up the next ones.
        judgeable = [
            event for event in self._events if has_event_id(event) and self._baseline.accepts(event)
        ]
        if not observer.wait_until_idle(within=observer.patience.backlog):
            self._is_never_idle = True
            raise Skipped(Why.NEVER_IDLE)
        found: dict[Event, ActingEvent] = {}
        for name in dict.fromkeys(event.family for event in judgeable):
            of_family = [event for event in judgeable if event.family == name]
            found.update(self._find_alone(of_family))
        linked = [
            each
            for each in judgeable
            if (each.before or each.after) and not self._alike.others_stand_for(each)
        ]
        found.update(self._find_in_history(linked, found))
        found.update(self._find_by_value(judgeable, found))
        return {event: found[event] for event in self._events if event in found}

    # Events that act alone

    def _find_alone(self, events: Sequence[Event]) -> dict[Event, ActingEvent]:
        seen = self._baseline.effects
        if self._observer.probe is None and all(event.name in seen for event in events):
            own = {event: seen[event.name] for event in events}
            return {event: ActingEvent(effects) for event, effects in own.items() if effects}
        observer, found, certain = self._observer, {}, True
        for event in events:
            certain = certain and observer.is_alone
            send = partial(self._baseline.sender.send, sample(event.name).fresh())
            _, effects = observer.observe(send)
            if effects:
                found[event] = ActingEvent(effects)
        if certain and observer.is_alone:
            return found
        if not observer.shown_within(self._longest_wait(len(events))) and not found:
            return {}
        self._has_threads = True
        observer.wait_until_idle()
        return self._find_late(dict.fromkeys(events, ()))

    def _longest_wait(self, samples: int) -> float:
        """Return how long to wait for the first effect of so many *samples*, in seconds.

        A worker that was seen to act may handle them one after another, and act only on the last one.
        """
        patience, api = self._observer.patience, self._observer.emulator.api
        acts = self._observer.probe or api.history.position or api.service_calls.position
        each = patience.first_effect
        return min(each * samples, patience.late_effect) if acts else each

    # Events that act after others of the same call, message or fax

    def _find_in_history(
        self, events: Sequence[Event], alone: Mapping[Event, ActingEvent]
    ) -> dict[Event, ActingEvent]:
        others = [event for event in events if event not in alone and histories(event, events)]
        if not others or not self._observer.emulator.sees_commands():
            return {}
        if self._has_threads:
            found = self._find_late({each: histories(each, events)[:2][-1] for each in others})
            ended_early = {
                each: histories(each, events)[0]
                for each in others
                if each not in found and _ends_early(each, events)
            }
            return found | self._find_late(ended_early) if ended_early else found
        found = {}
        # One call with everything shows which events may act; then each is tried in its own call.
        acting = self._acting_in_one_call(natural_order(events))
        for event in others:
            possible = histories(event, events)
            tried = 1 if _ends_early(event, events) else 0
            for history in possible if event in acting else possible[:tried]:
                send = partial(self._baseline.sender.send, self._after(event, history, {}))
                _, effects = self._observer.observe(send)
                if effects:
                    found[event] = ActingEvent(effects, history)
                    break
        return found

    def _acting_in_one_call(self, events: Sequence[Event]) -> set[Event]:
        acting = set()
        for webhook in related(events, self._observer.emulator.clock.now()):
            send = partial(self._baseline.sender.send, webhook)
            if self._observer.observe(send)[1]:
                acting.add(webhook.event)
        return acting

    # Events that act only with a certain value, such as a hangup cause or a keyword

    def _find_by_value(
        self, events: Sequence[Event], others: Mapping[Event, ActingEvent]
    ) -> dict[Event, ActingEvent]:
        """Return events that act with a value that the code names, alone or after a history.

        Of each event, a few values are tried. A person may also write what the code looks for.
        """
        if self._has_threads or not self._observer.is_alone:
            return {}
        found = {}
        for event in events:
            if event in others or not self._alike.is_distinguished(event):
                continue
            possible = [(), *histories(event, events)[:1]]
            named = islice(named_values(event, self._alike.code_mentions), MOST_VALUES)
            written = keyword_values(event, self._alike.code_mentions, self._alike.code_texts())
            for values, history in product([*named, *written], possible):
                send = partial(self._baseline.sender.send, self._after(event, history, values))
                _, effects = self._observer.observe(send)
                if effects:
                    found[event] = ActingEvent(effects, history, values)
                    break
        return found

    # Late effects

    def _find_late(self, of_event: Mapping[Event, tuple[Event, ...]]) -> dict[Event, ActingEvent]:
        """Return the events that act, each after its history in *of_event*."""
        events = list(of_event)
        found, unnamed = self._deliver_together(events, of_event)
        if unnamed:
            left = [event for event in events if event not in found]
            self._narrow_down(left, of_event, found)
        return found

    def _narrow_down(
        self,
        events: Sequence[Event],
        of_event: Mapping[Event, tuple[Event, ...]],
        found: dict[Event, ActingEvent],
        *,
        most: int = MOST_UNNAMED,
    ) -> int:
        """Add the acting ones of *events* to *found*; stop after *most*. Return how many are left."""
        middle = len(events) // 2
        for part in (events[:middle], events[middle:]):
            if not part or most == 0:
                continue
            _, unnamed = self._deliver_together(part, of_event)
            if unnamed and len(part) == 1:
                found[part[0]] = ActingEvent(unnamed, of_event[part[0]])
                most -= 1
            elif unnamed:
                most = self._narrow_down(part, of_event, found, most=most)
        return most

    def _deliver_together(
        self, events: Sequence[Event], of_event: Mapping[Event, tuple[Event, ...]]
    ) -> tuple[dict[Event, ActingEvent], Effects]:
        """Deliver *events*, each in a call of its own, and wait until the receiver is idle.

        Return the events whose ids a command bears, and the effects that bear no such id.
        """
        observer, now = self._observer, self._observer.emulator.clock.now()
        calls = {
            event: related((*of_event[event], event), now)
            if of_event[event]
            else [sample(event.name).fresh(now)]
            for event in events
        }
        longest = max(len(call) for call in calls.values())
        for step in range(longest - 1):
            for call in calls.values():
                if step < len(call) - 1:
                    self._baseline.sender.send(call[step])
            observer.wait_until_idle()

        def send_and_wait() -> None:
            for *_, webhook in calls.values():
                self._baseline.sender.send(webhook)
            observer.wait_until_idle()

        _, effects = observer.observe(send_and_wait)
        owners_of = _owners_of_ids({event: call[-1] for event, call in calls.items()})
        owners = [(command, _owner(command, owners_of)) for command in effects.commands]
        found = {}
        for event in events:
            own = tuple(command for command, owner in owners if owner == event)
            if own:
                found[event] = ActingEvent(Effects(own), of_event[event])
        rest = tuple(command for command, owner in owners if owner is None)
        return found, replace(effects, commands=rest)


def _ends_early(event: Event, events: Sequence[Event]) -> bool:
    """Whether *event* may come right after the first event, though usually more comes before it."""
    shortest, *longer = histories(event, events)
    return bool(longer) and all(each.name in event.before for each in shortest)


def _owners_of_ids(webhooks: Mapping[Event, Webhook]) -> dict[str, Event]:
    """Return the event of each id that occurs in only one of the *webhooks*."""
    ids = {
        event: {str(text) for text in texts_in(webhook.body) if isinstance(text, GeneratedId)}
        for event, webhook in webhooks.items()
    }
    often = Counter(each for own in ids.values() for each in own)
    return {each: event for event, own in ids.items() for each in own if often[each] == 1}


def _owner(command: Command, owners_of: Mapping[str, Event]) -> Event | None:
    """Return the event one of whose ids the *command* bears; None if it bears no such id."""
    text = json.dumps([command.call_control_id, command.path, command.parameters, command.query])
    return next((event for each, event in owners_of.items() if each in text), None)
