"""Finds the events whose webhooks have an effect that can be seen."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import partial

from telnyx_mock.contract.effects.effects_observer import Observer
from telnyx_mock.contract.engine.baseline import Baseline
from telnyx_mock.contract.engine.reason import Skipped, Why
from telnyx_mock.payload.webhook import sample
from telnyx_mock.schema.event import ContentType, Event

MOST = 3
"""The largest number of events per family; more events would show nothing new."""


class Acting:
    """The events whose genuine webhooks have a visible effect. A run looks for them once."""

    def __init__(self, baseline: Baseline, observer: Observer) -> None:
        self._baseline = baseline
        self._observer = observer
        self._events = baseline.events
        self._found: Mapping[str, tuple[Event, ...]] | None = None

    def by_family(self) -> Mapping[str, tuple[Event, ...]]:
        """Return the events of each family. Raises Skipped if there are no events."""
        if self._found is None:
            self._found = self._find()
        if not self._found:
            if self._observer.sees_effects:
                self._baseline.require_known(filter(has_event_id, self._events))
            is_probed = self._observer.probe is not None
            raise Skipped(Why.PROBE_UNCHANGED if is_probed else Why.NO_VISIBLE_EFFECT)
        return self._found

    def has_effect(self, event: Event) -> bool:
        """Whether the sample of *event* has an effect. This method waits for an idle receiver."""
        observer = self._observer
        _, effects = observer.observe(partial(self._baseline.sender.send, sample(event.name)))
        if not effects:
            effects = observer.shown_within(observer.patience.effect)
            if effects:
                observer.wait_until_idle()
        return bool(effects)

    def _find(self) -> dict[str, tuple[Event, ...]]:
        observer = self._observer
        if not observer.sees_effects:
            return {}
        observer.require_stable_probe()
        if not observer.wait_until_idle():
            raise Skipped(Why.NEVER_IDLE)
        api = observer.emulator.api
        start = len(api.commands)
        found, calls = self._seen()
        if observer.shown_within(observer.patience.first_effect):
            observer.wait_until_idle()
        elif not any(found.values()):
            return {}
        for command in observer.emulator.api.commands[start:]:
            owner = calls.get(command.call_control_id)
            if owner is not None and owner not in found[owner.family]:
                found[owner.family].append(owner)
        # A late effect may belong to an earlier event, so each event is tried alone; all of them, if
        # none of those after which an effect showed has one.
        judgeable = {name: list(self._judgeable(name)) for name in found}
        for candidates in (found, judgeable):
            confirmed = {
                name: tuple(
                    event
                    for event in sorted(events, key=self._events.index)[:MOST]
                    if self.has_effect(event)
                )
                for name, events in candidates.items()
            }
            if any(confirmed.values()):
                return {name: events for name, events in confirmed.items() if events}
        return {}

    def _seen(self) -> tuple[dict[str, list[Event]], dict[str | None, Event]]:
        """Return some events of each family that had an effect, and the event of each call id."""
        found: dict[str, list[Event]] = {event.family: [] for event in self._events}
        calls: dict[str | None, Event] = {}
        for name, of_family in found.items():
            for event in self._judgeable(name):
                if len(of_family) == MOST:
                    break
                webhook = sample(event.name).fresh()
                send = partial(self._baseline.sender.send, webhook)
                delivery, effects = self._observer.observe(send)
                own = any(
                    command in delivery.commands or command.call_control_id not in calls
                    for command in effects.commands
                )
                if own or effects.changed:
                    of_family.append(event)
                calls[str(webhook.payload.get("call_control_id"))] = event
        return found, calls

    def _judgeable(self, family: str) -> Iterator[Event]:
        """Yield the events of *family* that have ids of their own and that the receiver accepts."""
        for event in self._events:
            if event.family == family and has_event_id(event) and self._baseline.accepts(event):
                yield event


def has_event_id(event: Event) -> bool:
    """Whether each webhook of *event* has its own id, which identifies its duplicates."""
    if event.content_type is not ContentType.JSON:
        return False
    data = sample(event.name).body.get("data")
    return isinstance(data, Mapping) and "id" in data
