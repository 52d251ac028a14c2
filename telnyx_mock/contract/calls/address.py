"""Tells an address that is not meant for Telnyx's webhooks, in the words of ``check``."""

from __future__ import annotations

from contextlib import suppress

from telnyx_mock.catalogue.registry import EVERYTHING, select
from telnyx_mock.contract.engine.baseline import Baseline
from telnyx_mock.contract.engine.other_address import (
    NO_POST,
    other_address,
    require_webhook_address,
    serves_nothing,
)
from telnyx_mock.contract.engine.reason import Inconclusive
from telnyx_mock.contract.engine.request_sender import Sender
from telnyx_mock.emulator import Emulator
from telnyx_mock.errors import BudgetSpent
from telnyx_mock.settings import Settings

UNSERVED = frozenset({404, NO_POST})
"""The statuses of a path that serves no webhooks."""


class Address:
    """The address of the receiver of *emulator*. Only what looks wrong about it makes it send anything."""

    def __init__(self, emulator: Emulator, settings: Settings) -> None:
        self._emulator = emulator
        sender = Sender(emulator, settings, emulator.patience)
        self._baseline = Baseline(sender, select(EVERYTHING), settings)

    def require_for_webhooks(self) -> None:
        """Raise UsageError if the code at the address, as far as it is known, is not for Telnyx's webhooks."""
        require_webhook_address(self._emulator.receiver, self._baseline)

    def require_served(self, answers: set[int | None]) -> None:
        """Raise UsageError if nothing serves the address; *answers* are the statuses of all answers so far."""
        if not answers or not answers <= UNSERVED:
            return
        with suppress(Inconclusive, BudgetSpent):
            refused = self._baseline.uniform_rejection()
            if refused is not None and refused.status in UNSERVED:
                raise other_address(self._emulator.receiver, serves_nothing(refused))
