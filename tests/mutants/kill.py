"""Runs the contract against a receiver that is given as source, and tells what was found."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from types import ModuleType

from telnyx_mock.checks.campaign import Campaign, Settings
from telnyx_mock.checks.check import Check
from telnyx_mock.checks.contract import CONTRACT, subjects
from telnyx_mock.checks.finding import Result
from telnyx_mock.emulator import Emulator
from telnyx_mock.events.catalog import select
from telnyx_mock.receivers.environment import receiver_environment
from telnyx_mock.receivers.receiver import Receiver, elsewhere
from telnyx_mock.receivers.target import open_target
from telnyx_mock.signing import KeyPair

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
    checks: Iterable[Check] = tuple(CONTRACT.values()),
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
        settings = Settings(deadline=deadline, examples=100, seed=2, named=True)
        campaign = Campaign(emulator, tuple(select(events)), settings)
        campaign.failover = elsewhere(receiver, "/failover")
        try:
            for check in checks:
                for subject in subjects(check, campaign.events):
                    yield campaign.run(check, subject)
        finally:
            emulator.unbind()
            receiver.close()
