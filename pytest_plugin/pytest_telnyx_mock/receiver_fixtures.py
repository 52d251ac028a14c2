"""Opens the receivers from a user's fixtures at their first use; closes them at teardown."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from pytest_telnyx_mock.options import Options
from telnyx_mock.catalogue.registry import EVERYTHING, select
from telnyx_mock.contract.all_rules import contract
from telnyx_mock.contract.effects.probe import Probe, reads_address, snapshot
from telnyx_mock.contract.engine.rule_runner import Runner
from telnyx_mock.contract.opening.app_with_keys import AppWithKeys
from telnyx_mock.contract.opening.receiver_opener import Opener
from telnyx_mock.contract.run_contract import target_of
from telnyx_mock.emulator import Emulator
from telnyx_mock.errors import BudgetSpent, UsageError
from telnyx_mock.transports.drained import drained
from telnyx_mock.transports.receiver import Receiver

RECEIVER, FAILOVER_RECEIVER = "telnyx_receiver", "telnyx_failover_receiver"
"""The names of the fixtures that give receivers."""

APP_WITH_KEYS = "the value that telnyx_app_with_keys returned"


@dataclass(slots=True)
class _Given:
    """A *value* that a *fixture* returned as a receiver. It exists from set-up to teardown."""

    fixture: str
    value: Any
    receiver: Receiver | None = None

    def close(self) -> None:
        if self.receiver is not None and self.receiver is not self.value:
            self.receiver.close()
        self.receiver = None


class Reception:
    """Opens the receivers of a session, and keeps one contract runner for each receiver."""

    def __init__(self, options: Options) -> None:
        self.options = options
        shares = int(os.environ.get("PYTEST_XDIST_WORKER_COUNT", "1"))
        self.opener = Opener(options.settings, shares=shares)
        self._given: list[_Given] = []
        self._runner: Runner | None = None
        self._runner_for: Any = None
        self._bound: Any = None
        self._probed = False

    def admit(self, fixture: str, value: Any) -> Callable[[], None]:
        """Register the *value* of a *fixture*; return a function to call at its teardown."""
        given = _Given(fixture, value)
        self._given.append(given)

        def leave() -> None:
            self._given = [known for known in self._given if known is not given]
            given.close()

        return leave

    def bind(self, emulator: Emulator, value: Any, drain: Any) -> None:
        """Bind *emulator* to the receiver for *value*; the first call opens the receiver.

        *drain* does the work in the app's queue. Raises UsageError for a value that is not a
        receiver, or not a function.
        """
        if type(value).__module__ == "pytest_trio.plugin":
            raise UsageError(
                "telnyx_receiver is a fixture of pytest-trio, which has no value before the test "
                "runs. Let the fixture ask for no fixture of pytest-trio, or mark the test with "
                "pytest.mark.anyio instead of pytest.mark.trio."
            )
        receiver = self._receiver(RECEIVER, value, None)
        self._bound = value
        if "django.db" in sys.modules:
            from pytest_telnyx_mock.django_database import in_django_test

            receiver = in_django_test(receiver)
        emulator.bind(drained(self.opener.throttled(receiver), drain), self.opener.reopening(value))

    def failover(self, value: Any) -> Receiver | None:
        """Return the receiver at the failover address for *value*; None if *value* is None.

        Raises UsageError for a value that is not a receiver.
        """
        return self.opener.failover(
            value,
            self._bound,
            self._receiver(RECEIVER, self._bound, None),
            lambda path: self._receiver(FAILOVER_RECEIVER, value, path),
        )

    def _receiver(self, fixture: str, value: Any, path: str | None) -> Receiver:
        """Return the receiver for the *value* of *fixture*; the first call opens it."""
        given = next(
            each
            for each in reversed(self._given)
            if each.fixture == fixture and each.value is value
        )
        if given.receiver is None:
            given.receiver = self.opener.open(value, path=path)
        return given.receiver

    def runner(
        self,
        emulator: Emulator,
        probe: Probe | None,
        app_with_keys: AppWithKeys | None,
        failover: Receiver | None,
    ) -> Runner:
        """Return the contract runner for the bound receiver: one for each receiver."""
        settings, opener = self.options.settings, self.opener
        if self._runner is None or self._runner_for is not self._bound:
            in_process = emulator.receiver.in_process
            self._runner = Runner(
                emulator,
                select(settings.events or EVERYTHING),
                contract(settings.rules_from),
                settings,
                target=target_of(self.options.target, settings, in_process=in_process),
                key_is_new=not settings.key and self._bound == self.options.url != "",
            )
            self._runner_for = self._bound
        makes = app_with_keys and (
            lambda keys: opener.throttled(opener.open(app_with_keys(keys), name=APP_WITH_KEYS))
        )
        self._runner.equip(probe, makes, failover)
        return self._runner

    def try_probe(self, probe: Probe, runner: Runner) -> None:
        """Read *probe* once, so that a failing probe stops the run before it starts.

        A function may read data that exists only after the app has started, so the app starts
        first. Raises UsageError if the probe fails.
        """
        if not self._probed and (reads_address(probe) or runner.sender.first is not None):
            self._probed = True
            with suppress(BudgetSpent):
                snapshot(probe, runner.patience.probe)
