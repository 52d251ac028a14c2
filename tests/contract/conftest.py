"""Runners of the contract against a receiver, opened as the command line opens it and closed again."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from functools import partial
from typing import Any

import pytest

from telnyx_mock.catalogue.registry import select
from telnyx_mock.clock import Clock
from telnyx_mock.contract.engine.result import Result
from telnyx_mock.contract.engine.rule_runner import Runner
from telnyx_mock.contract.opening.app_with_keys import AppWithKeys
from telnyx_mock.contract.rules.registry import CONTRACT, subjects
from telnyx_mock.emulator import Emulator
from telnyx_mock.patience import PATIENCE, Patience
from telnyx_mock.payload.request import Request
from telnyx_mock.settings import Settings
from telnyx_mock.signing.keys import KeyPair
from telnyx_mock.transports.app_kind import app_kind
from telnyx_mock.transports.environment import receiver_environment
from telnyx_mock.transports.loading import open_target
from telnyx_mock.transports.receiver import Receiver as AnyReceiver
from telnyx_mock.transports.receiver import Response, at_path
from tests.contract.virtual_clock import VirtualClock
from tests.receivers.correct import Event, Receiver, payload

MakeRunner = Callable[..., Runner]
WholeContract = Callable[..., list[Result]]

EVENTS = ("call.initiated", "call.hangup")


def run(made: Runner, rule: str, subject: str | None = None) -> Result:
    """The result of one rule; for the first event or family that it is tried for, unless given."""
    first = next(subjects(CONTRACT[rule], made.events))
    return made.run(CONTRACT[rule], first if subject is None else subject)


def run_all(made: Runner) -> list[Result]:
    """The results of the whole contract."""
    return [
        made.run(rule, subject)
        for rule in CONTRACT.values()
        for subject in subjects(rule, made.events)
    ]


def failing(when: Callable[[Any], bool]) -> type[Receiver]:
    """A receiver that fails where *when* says so of a payload, or of a form."""

    class Failing(Receiver):
        def act(self, event: Event) -> int:
            return 500 if when(payload(event) or event) else 200

    return Failing


class Elsewhere:
    """A receiver in another process that answers every request with one status."""

    url = "http://localhost:8000/hook"
    in_process = False

    def __init__(self, status: int) -> None:
        self.status = status

    def send(self, request: Request, *, timeout: float) -> Response:
        return Response(self.status, (), b"", 0.0)

    def wait_until_idle(self, timeout: float) -> bool:
        return True

    def close(self) -> None: ...


@pytest.fixture
def clock() -> Clock:
    """The clock that the harness waits by. Late work of a receiver must be started on it too."""
    return VirtualClock()


@pytest.fixture
def runner(clock: Clock) -> Iterator[MakeRunner]:
    """Open a target, and make a runner against it about some events, with settings."""
    with ExitStack() as opened:

        def make(
            target: Any,
            *patterns: str,
            app_with_keys: AppWithKeys | None = None,
            failover: str | AnyReceiver = "",
            probe: Callable[[], object] | None = None,
            patience: Patience = PATIENCE,
            clock: Clock = clock,
            key_is_new: bool = False,
            named: bool = False,
            **settings: Any,
        ) -> Runner:
            if named:
                settings["events"] = patterns or EVENTS
            events = select(patterns or EVENTS)
            emulator = opened.enter_context(_emulator(target, patience, clock))
            opened.enter_context(emulator.isolated())  # as contract.run() does
            chosen = Settings(**{"examples": 20, "seed": 1, **settings})
            made = Runner(
                emulator, events, CONTRACT, chosen, patience=patience, key_is_new=key_is_new
            )
            makes = app_with_keys and (lambda keys: open_target(app_with_keys(keys)))
            if failover and isinstance(failover, str):
                failover = at_path(made.emulator.receiver, failover)
            made.equip(probe, makes, failover or None)
            return made

        yield make


@contextmanager
def _emulator(target: Any, patience: Patience, clock: Clock) -> Iterator[Emulator]:
    key = KeyPair.generate()
    with receiver_environment(key.public_key):
        receiver = open_target(target)
        emulator = Emulator(key=key, patience=patience, clock=clock)
        emulator.bind(receiver, partial(open_target, target) if _is_factory(target) else None)
        try:
            yield emulator
        finally:
            if isinstance(clock, VirtualClock):
                clock.close()
            for thread in threading.enumerate():
                if isinstance(thread, threading.Timer):  # its call must not leave the machine
                    thread.join()
            emulator.unbind()
            receiver.close()


def _is_factory(target: Any) -> bool:
    return target.endswith("()") if isinstance(target, str) else app_kind(target) == "factory"


@pytest.fixture
def whole_contract(runner: MakeRunner) -> WholeContract:
    """Try every rule of the contract against a target, with few examples."""

    def run(target: Any, *patterns: str, examples: int = 5, **settings: Any) -> list[Result]:
        return run_all(runner(target, *patterns, examples=examples, **settings))

    return run
