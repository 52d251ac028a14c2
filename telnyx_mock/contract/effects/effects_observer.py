"""Observes the effects of a receiver: the commands that it sends, and a probe's data."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TypeVar

from telnyx_mock.clock import Clock
from telnyx_mock.contract.effects.effects import Effects
from telnyx_mock.contract.effects.probe import Probe, snapshot
from telnyx_mock.contract.engine.reason import Skipped, Why
from telnyx_mock.emulator import Emulator
from telnyx_mock.errors import UsageError
from telnyx_mock.patience import Patience
from telnyx_mock.transports.event_loop import busy_threads

T = TypeVar("T")


@dataclass(slots=True)
class Observer:
    """Observes what the receiver of *emulator* does after a request.

    *probe* reads data that the receiver's work changes. The observer waits until work on an event
    loop is done. It cannot wait for threads of the app, so it gives them as much time as *patience*
    says. If the receiver was not idle at the start, an effect may belong to an earlier webhook.
    """

    emulator: Emulator
    probe: Probe | None
    patience: Patience

    @property
    def sees_effects(self) -> bool:
        """Whether the observer can see effects of the receiver."""
        return self.probe is not None or self.emulator.sees_commands()

    def require_commands(self, what: str) -> None:
        """Raise Skipped if the receiver's commands cannot be seen, and so not *what* the reason names."""
        if not self.emulator.sees_commands():
            raise Skipped(Why.NEEDS_COMMANDS, what=what)

    @property
    def _clock(self) -> Clock:
        return self.emulator.clock

    def observe(
        self,
        send: Callable[[], T],
        *,
        seconds: float = 0.0,
        until_seen: bool = False,
        probed: bool = True,
    ) -> tuple[T, Effects]:
        """Call *send*. Return its result, and the effects in the *seconds* after it.

        With *until_seen*, the observer stops waiting at the first effect. Without *probed*, only
        commands count as effects.
        """
        probe = self.probe if probed else None
        api = self.emulator.api
        start, called = api.history.position, api.service_calls.position
        before = snapshot(probe, self.patience.probe)
        sent = send()
        answered, late = self._clock.monotonic(), None
        deadline = answered + seconds
        while True:
            # Before the effects are read: the last thread may act and end in between.
            idle = probe is None and self.is_alone
            api = self.emulator.api  # which waits for background work on an event loop
            came = api.history.since(start)
            commands = tuple(command for command in came if command.is_effect)
            calls = tuple(call for call in api.service_calls.since(called) if call.is_effect)
            after = snapshot(probe, self.patience.probe)
            effects = Effects(commands, after != before, _size(after) - _size(before), calls)
            if effects:
                late = self._clock.monotonic() - answered if late is None else late
                effects = replace(effects, late=late)
            if idle or (until_seen and effects) or self._clock.monotonic() >= deadline:
                return sent, effects
            self._clock.sleep(self.patience.poll)

    def observe_if_alone(self, send: Callable[[], T]) -> tuple[T, Effects | None]:
        """Return the result of *send*, and its effects if nothing else can have caused them.

        A probe is not read: it may show data that exists only once the app has started.
        """
        certain = self.probe is None and self.is_alone
        sent, effects = self.observe(send, probed=False)
        return sent, effects if certain and self.is_alone else None

    def observe_soon(self, send: Callable[[], T], *, probed: bool = True) -> tuple[T, Effects]:
        """Return the result of *send* and the first effects, including effects of app threads."""
        return self.observe(send, seconds=self.patience.effect, until_seen=True, probed=probed)

    def observe_late(self, send: Callable[[], T]) -> tuple[T, Effects]:
        """Return the result of *send* and the first effects, even if the app polls for work."""
        return self.observe(send, seconds=self.patience.late_effect, until_seen=True)

    def wait_for_another(self, first: Effects, took: float) -> float:
        """Return how many seconds to wait for the same effects again, which *took* so long before.

        What the receiver does before it answers takes as long the next time. A worker may be quick the
        first time and slow the second time.
        """
        is_workers = first.late >= self.patience.poll
        usual = self.patience.idle if is_workers else self.patience.effect_at_once
        return max(2 * took, usual)

    def observe_until_idle(self, send: Callable[[], T]) -> tuple[T, Effects]:
        """Return the result of *send* and all effects until the receiver is idle.

        The receiver must be idle before the call. The wait is long, so this only serves to confirm
        a finding.
        """

        def send_and_wait() -> T:
            sent, effects = self.observe_late(send)
            if effects:
                self.wait_until_idle()
            return sent

        return self.observe(send_and_wait)

    def wait_until_idle(self, *, probed: bool = True, within: float | None = None) -> bool:
        """Wait until the receiver has no more effects. Returns False if it does not become idle.

        The wait takes at most *within* seconds, and a little more; by default, ``Patience.until_idle``.
        """
        longest = self.patience.until_idle if within is None else within
        end = self._clock.monotonic() + longest
        while self._clock.monotonic() < end:
            if not self.shown_within(self.patience.idle, probed=probed):
                return True
        return False

    def shown_within(self, seconds: float, *, probed: bool = True) -> Effects:
        """Return the first effects in the next *seconds*, during which no request is sent."""
        return self.observe(_nothing, seconds=seconds, until_seen=True, probed=probed)[1]

    def require_stable_probe(self) -> None:
        """Raise UsageError if two snapshots differ although no request was sent between them."""
        first = snapshot(self.probe, self.patience.probe)
        if first != snapshot(self.probe, self.patience.probe):
            raise UsageError(
                "The probe returns a different snapshot each time, although no request was sent "
                "in between. Let it return plain data that only the work of the app changes."
            )

    @property
    def is_alone(self) -> bool:
        """Whether the app has no thread that could still act, so that only a request makes it act."""
        callers = (threading.main_thread(), threading.current_thread())
        others = [thread for thread in threading.enumerate() if thread not in callers]
        return self.emulator.receiver.in_process and not busy_threads(others)


def _nothing() -> None:
    """Send no request."""


def _size(state: object) -> int:
    """Return the size of a snapshot: a whole number is its own size, and a collection has a length.

    Any other snapshot has the size 0.
    """
    if isinstance(state, int):
        return state
    return len(state) if isinstance(state, list | tuple | set | frozenset | dict) else 0
