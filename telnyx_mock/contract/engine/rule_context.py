"""What a rule may use while it looks for findings."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Protocol

from telnyx_mock.contract.effects.effects_observer import Observer
from telnyx_mock.contract.engine.alike import Alike
from telnyx_mock.contract.engine.baseline import Baseline
from telnyx_mock.contract.engine.finding import Finding
from telnyx_mock.contract.engine.readings import Readings
from telnyx_mock.contract.engine.request_sender import Sender
from telnyx_mock.emulator import Emulator
from telnyx_mock.patience import Patience
from telnyx_mock.payload.webhook import Webhook
from telnyx_mock.schema.event import Event
from telnyx_mock.settings import Settings
from telnyx_mock.transports.receiver import Receiver


class Context(Protocol):
    """One run against one receiver, in the form that a rule uses."""

    @property
    def events(self) -> tuple[Event, ...]:
        """The events of the run."""
        ...

    @property
    def settings(self) -> Settings:
        """The settings of the run."""
        ...

    @property
    def patience(self) -> Patience:
        """How long to wait, and for what."""
        ...

    @property
    def emulator(self) -> Emulator:
        """The emulated Telnyx, bound to the receiver: its key, its clock, its fake API."""
        ...

    @property
    def sender(self) -> Sender:
        """The sender of requests to the receiver."""
        ...

    @property
    def baseline(self) -> Baseline:
        """The baseline: what the receiver does with genuine samples."""
        ...

    @property
    def alike(self) -> Alike:
        """Which events the receiver's code handles alike."""
        ...

    @property
    def readings(self) -> Readings:
        """What the receiver reads of the events that it accepts."""
        ...

    @property
    def observer(self) -> Observer:
        """The observer of what the receiver does because of a request."""
        ...

    @property
    def failover(self) -> Receiver | None:
        """The receiver at the failover address, if one was given."""
        ...

    @property
    def app_with_keys(self) -> Callable[[list[str]], Receiver] | None:
        """The user's function that makes a receiver for a list of public keys, if one was given."""
        ...

    def acting(self) -> Mapping[str, tuple[Event, ...]]:
        """Return, for each family, the events that alone have a visible effect.

        Raises Skipped if there are no such events.
        """
        ...

    def worst_first(self) -> tuple[Event, ...]:
        """Return all events that act, also those that act only after others of the same call.

        Events with the worst effect come first. Raises Skipped if there are no events.
        """
        ...

    def prepare(self, event: Event) -> Webhook:
        """Deliver the history that *event* needs on a fresh call, and return the webhook to send."""
        ...

    def has_effect(self, event: Event) -> bool:
        """Whether the sample of *event* has an effect. This method waits for an idle receiver."""
        ...

    def found(self, rule: str, event: Event) -> tuple[Finding, ...]:
        """Return the findings of this *rule* (an id) about *event*. A run tries each rule once."""
        ...

    def culprits(self, event: Event, *rules: str) -> set[str]:
        """Return the fields of *event* that break the receiver, according to these *rules*."""
        ...

    def accepts_forgery(self, event: Event, forgery: str) -> bool:
        """Whether the receiver accepts this *forgery* of *event*. A run tries the forgery once."""
        ...
