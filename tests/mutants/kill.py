"""Runs the contract against a receiver that is given as source, and tells what was found."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from types import ModuleType

from telnyx_mock.catalogue.registry import select
from telnyx_mock.contract.engine.result import Result
from telnyx_mock.contract.engine.rule import Rule
from telnyx_mock.contract.engine.runner import Runner
from telnyx_mock.contract.rules.registry import CONTRACT, subjects
from telnyx_mock.emulator import Emulator
from telnyx_mock.settings import Settings
from telnyx_mock.signing.keys import KeyPair
from telnyx_mock.transports.environment import receiver_environment
from telnyx_mock.transports.loading import open_target
from telnyx_mock.transports.receiver import Receiver, at_path

__all__ = ["EVENTS", "PATIENT", "load", "results"]

EVENTS = (
    "call.initiated",
    "call.answered",
    "call.hangup",
    "message.received",
    "texml.call.completed",
)

PATIENT = 9.0
"""Seconds that even a busy machine does not take."""


def load(source: str, name: str) -> ModuleType:
    """A fresh module of *source*, with state of its own."""
    module = ModuleType(name)
    exec(compile(source, f"{name}.py", "exec"), module.__dict__)
    return module


def results(
    source: str,
    name: str,
    checks: Iterable[Rule] = tuple(CONTRACT.values()),
    events: Sequence[str] = EVENTS,
    deadline: float = PATIENT,
) -> Iterator[Result]:
    """What each of *checks* comes to, one after the other, against the app in *source*."""
    key = KeyPair.generate()
    with receiver_environment(key.public_key):

        def reopen() -> Receiver:
            return open_target(load(source, name).app)

        receiver = reopen()
        emulator = Emulator(key=key)
        emulator.bind(receiver, reopen)
        settings = Settings(deadline=deadline, examples=100, seed=2, events=tuple(events))
        runner = Runner(emulator, tuple(select(events)), CONTRACT, settings)
        runner.equip(None, None, at_path(receiver, "/failover"))
        try:
            for check in checks:
                for subject in subjects(check, runner.events):
                    yield runner.run(check, subject)
        finally:
            emulator.unbind()
            receiver.close()
