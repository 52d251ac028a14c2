"""What a rule may use while it looks for findings."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Protocol

from telnyx_mock.contract.effects.effects_observer import Observer
from telnyx_mock.contract.engine.baseline import Baseline
from telnyx_mock.contract.engine.finding import Finding
from telnyx_mock.contract.engine.request_sender import Sender
from telnyx_mock.emulator import Emulator
from telnyx_mock.patience import Patience
from telnyx_mock.schema.event import Event
from telnyx_mock.settings import Settings
from telnyx_mock.transports.receiver import Receiver

__all__ = ["Context"]


class Context(Protocol):
    """One run against one receiver, as a rule sees it."""

    @property
    def events(self) -> tuple[Event, ...]:
        """The events that the run is about."""
        ...

    @property
    def settings(self) -> Settings:
        """How the run is set up."""
        ...

    @property
    def patience(self) -> Patience:
        """How long to wait for what."""
        ...

    @property
    def emulator(self) -> Emulator:
        """Telnyx, bound to the receiver: its key, its clock, its fake API."""
        ...

    @property
    def sender(self) -> Sender:
        """Sends requests to the receiver."""
        ...

    @property
    def baseline(self) -> Baseline:
        """What the receiver does with genuine samples."""
        ...

    @property
    def observer(self) -> Observer:
        """Sees what the receiver does because of a request."""
        ...

    @property
    def failover(self) -> Receiver | None:
        """The receiver at the failover address, if one was given."""
        ...

    @property
    def app_with_keys(self) -> Callable[[list[str]], Receiver] | None:
        """Makes a receiver that trusts the public keys in a list, if the user gave a way."""
        ...

    def acting(self) -> Mapping[str, tuple[Event, ...]]:
        """By family, the events whose genuine webhooks have an effect that can be seen.

        Raises Skipped where there are none.
        """
        ...

    def has_effect(self, event: Event) -> bool:
        """Whether the sample of *event* has an effect, late or not; the receiver is idle after it."""
        ...

    def found(self, rule: str, event: Event) -> tuple[Finding, ...]:
        """What the *rule* of this id finds about *event*; it is tried once in a run."""
        ...

    def culprits(self, event: Event, *rules: str) -> set[str]:
        """The fields of *event* that break the receiver, as these *rules* find."""
        ...

    def accepts_forgery(self, event: Event, forgery: str) -> bool:
        """Whether the receiver lets this *forgery* of *event* through; it is tried once in a run."""
        ...
