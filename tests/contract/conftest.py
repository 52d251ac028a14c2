"""Campaigns against a receiver, opened as the command line opens it and closed again."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from functools import partial
from typing import Any

import pytest

from telnyx_mock.catalogue.registry import select
from telnyx_mock.contract.engine import effects
from telnyx_mock.contract.engine.app_with_keys import AppWithKeys
from telnyx_mock.contract.engine.campaign import Campaign, Settings
from telnyx_mock.contract.engine.finding import Result
from telnyx_mock.contract.rules import idempotency as repeats
from telnyx_mock.contract.rules.registry import CONTRACT, subjects
from telnyx_mock.emulator import Emulator
from telnyx_mock.signing.keys import KeyPair
from telnyx_mock.transports.app_kind import app_kind
from telnyx_mock.transports.environment import receiver_environment
from telnyx_mock.transports.loading import open_target
from telnyx_mock.transports.receiver import at_path

EVENTS = ("call.initiated", "call.hangup")


@pytest.fixture
def campaign() -> Iterator[Callable[..., Campaign]]:
    """Open a target, and make a campaign against it about some events, with settings."""
    with ExitStack() as opened:

        def make(
            target: Any,
            *patterns: str,
            app_with_keys: AppWithKeys | None = None,
            failover: str = "",
            **settings: Any,
        ) -> Campaign:
            made = opened.enter_context(_campaign(target, patterns or EVENTS, settings))
            made.app_with_keys = app_with_keys and (lambda keys: open_target(app_with_keys(keys)))
            made.failover = at_path(made.emulator.receiver, failover) if failover else None
            return made

        yield make


@pytest.fixture
def soon_quiet(monkeypatch: pytest.MonkeyPatch) -> None:
    """Take a receiver for quiet sooner, where none does its work later than in 0.1 s."""
    for module in (effects, repeats):
        monkeypatch.setattr(module, "CALM", 0.5)


@contextmanager
def _campaign(target: Any, patterns: Sequence[str], settings: dict[str, Any]) -> Iterator[Campaign]:
    key = KeyPair.generate()
    with receiver_environment(key.public_key):
        receiver = open_target(target)
        emulator = Emulator(key=key)
        emulator.bind(receiver, partial(open_target, target) if _is_factory(target) else None)
        settings = {"examples": 20, "seed": 1, **settings}
        try:
            yield Campaign(emulator, select(patterns), Settings(**settings))
        finally:
            for thread in threading.enumerate():
                if isinstance(thread, threading.Timer):  # its call must not leave the machine
                    thread.join()
            emulator.unbind()
            receiver.close()


def _is_factory(target: Any) -> bool:
    return target.endswith("()") if isinstance(target, str) else app_kind(target) == "factory"


@pytest.fixture
def whole_contract(campaign: Callable[..., Campaign]) -> Callable[..., list[Result]]:
    """Run every check of the contract against a target, with few examples."""

    def run(target: Any, *patterns: str, examples: int = 5, **settings: Any) -> list[Result]:
        made = campaign(target, *patterns, examples=examples, **settings)
        return [
            made.run(check, subject)
            for check in CONTRACT.values()
            for subject in subjects(check, made.events)
        ]

    return run
