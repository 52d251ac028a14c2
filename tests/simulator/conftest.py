"""Binds apps to emulators, for one test."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from telnyx_mock.emulator import Emulator
from telnyx_mock.transports.app_kind import open_app
from telnyx_mock.transports.receiver import Receiver

Bound = Callable[[Any], Emulator]


@pytest.fixture
def bound() -> Iterator[Bound]:
    """Bind an app to an emulator."""
    opened: list[tuple[Emulator, Receiver]] = []

    def bind(app: Any) -> Emulator:
        receiver = open_app(app)
        emulator = Emulator(receiver)
        opened.append((emulator, receiver))
        return emulator

    yield bind
    for emulator, receiver in opened:
        emulator.unbind()
        receiver.close()
