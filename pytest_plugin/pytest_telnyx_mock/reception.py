"""From what a user's telnyx_receiver gives to a receiver that is open: made late, closed in time."""

from __future__ import annotations

import os
from collections.abc import Callable
from contextlib import AbstractContextManager, ExitStack, suppress
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from pytest_telnyx_mock.options import Options
from telnyx_mock.catalogue.registry import EVERYTHING, select
from telnyx_mock.contract.engine.app_with_keys import AppWithKeys
from telnyx_mock.contract.engine.campaign import Campaign, Settings
from telnyx_mock.contract.engine.probe import Probe, is_elsewhere, snapshot
from telnyx_mock.emulator import Emulator
from telnyx_mock.errors import BudgetSpent
from telnyx_mock.payload.request import Request
from telnyx_mock.transports.added_headers import added_headers
from telnyx_mock.transports.app_kind import app_kind, is_receiver, open_app
from telnyx_mock.transports.http import HttpReceiver
from telnyx_mock.transports.loading import is_address, load, open_target
from telnyx_mock.transports.receiver import Receiver, Response, at_path
from telnyx_mock.transports.throttle import Budget, Throttled, bounds

__all__ = ["Reception"]

RECEIVER, FAILOVER_RECEIVER = "telnyx_receiver", "telnyx_failover_receiver"
"""The fixtures that give receivers."""

APP_WITH_KEYS = "what telnyx_app_with_keys returned"


@dataclass(slots=True)
class _Guest:
    """One value of a *fixture* for a receiver, from its set-up to its teardown."""

    fixture: str
    value: Any
    receiver: Receiver | None = None

    def close(self) -> None:
        if self.receiver is not None and self.receiver is not self.value:
            self.receiver.close()
        self.receiver = None


class Reception:
    """Opens what the fixtures for receivers of a session give, and remembers what is open."""

    def __init__(self, options: Options) -> None:
        self.options = options
        self._guests: list[_Guest] = []
        self._campaign: Campaign | None = None
        self._campaign_for: Any = None
        self._bound: Any = None
        self._allowances: dict[tuple[int | None, float | None], Budget] = {}
        self._probed = False
        self._asked: dict[str, Receiver] = {}

    def admit(self, fixture: str, value: Any) -> Callable[[], None]:
        """Take in a *fixture*'s *value*. Call what is returned when the fixture is torn down."""
        guest = _Guest(fixture, value)
        self._guests.append(guest)

        def leave() -> None:
            self._guests = [known for known in self._guests if known is not guest]
            guest.close()

        return leave

    def bind(self, emulator: Emulator, value: Any) -> None:
        """Bind *emulator* to the receiver that *value* stands for; it is opened the first time.

        Raises UsageError for what is no receiver.
        """
        receiver = self._receiver(RECEIVER, value, self.options.path)
        self._bound = value
        reopen = self._reopening(value)
        emulator.bind(self._paced(receiver), reopen and (lambda: self._paced(reopen())))

    def failover(self, value: Any) -> Receiver | None:
        """The receiver at the failover address that *value* stands for; None for none.

        It is opened the first time. A path is another one of the bound receiver. Where the bound
        app is given once more, it is not started once more; what a factory makes is another app.
        Raises UsageError for what is no receiver.
        """
        if value is None:
            return None
        bound, path = self._receiver(RECEIVER, self._bound, self.options.path), self.options.path
        is_text = isinstance(value, str)
        if is_text and value.startswith("/"):
            return self._paced(at_path(bound, value))
        is_bound = value is self._bound or (is_text and value == self._bound)
        if is_bound and self._reopening(value) is None:
            return self._paced(bound)
        if is_text and is_address(value) and _has_path(value):
            path = "/"
        return self._paced(self._receiver(FAILOVER_RECEIVER, value, path))

    def _receiver(self, fixture: str, value: Any, path: str) -> Receiver:
        """What *fixture* gave as *value*; it is opened the first time, at *path*."""
        guest = next(
            guest
            for guest in reversed(self._guests)
            if guest.fixture == fixture and guest.value is value
        )
        if guest.receiver is None:
            guest.receiver = self._open(value, path=path)
        return guest.receiver

    def campaign(
        self, emulator: Emulator, probe: Probe | None, app_with_keys: AppWithKeys | None
    ) -> Campaign:
        """The campaign against the bound receiver: the same one while the receiver stays."""
        if self._campaign is None or self._campaign_for is not self._bound:
            options = self.options
            settings = Settings(
                deadline=options.deadline,
                examples=options.examples,
                seed=options.seed,
                named=bool(options.events),
                forgeries_only=options.forgeries_only,
                success=options.success,
                key_is_new=not options.key and self._bound == options.url != "",
            )
            events = select(options.events or EVERYTHING)
            self._campaign = Campaign(emulator, events, settings)
            self._campaign_for = self._bound
        self._campaign.probe = probe
        self._campaign.app_with_keys = app_with_keys and (
            lambda keys: self._paced(self._open(app_with_keys(keys), APP_WITH_KEYS))
        )
        return self._campaign

    def try_probe(self, probe: Probe, campaign: Campaign) -> None:
        """Read *probe* once, for what cannot be read is better known before the run than after it.

        A function may read what only the start of the app makes, so that goes first. Raises
        UsageError where it cannot be read.
        """
        if not self._probed and (is_elsewhere(probe) or campaign.sending.first is not None):
            self._probed = True
            with suppress(BudgetSpent):
                snapshot(probe)

    def reach(self, address: str) -> Receiver:
        """What is at *address*, to be asked for what is there, within the bounds of the session.

        It is no receiver of webhooks, so it is not sent the headers that are added for one. Raises
        UsageError for an address that must not be sent to.
        """
        if address not in self._asked:
            options = self.options
            receiver = HttpReceiver(address, options.allow_hosts, ca_bundle=options.ca_bundle)
            self._asked[address] = Throttled(receiver, self._allowance(self._limits(receiver)))
        return self._asked[address]

    def _open(self, value: Any, name: str = "the app", path: str | None = None) -> Receiver:
        path = self.options.path if path is None else path
        if isinstance(value, str):
            options = self.options
            return open_target(
                value,
                path=path,
                allowed_hosts=options.allow_hosts,
                ca_bundle=options.ca_bundle,
            )
        if is_receiver(value):
            return open_app(value)
        if app_kind(value) == "factory":
            value = value()
        if isinstance(value, AbstractContextManager) and app_kind(value) is None:
            stack = ExitStack()
            return _Managed(open_app(stack.enter_context(value), path, name=name), stack)
        return open_app(value, path, name=name)

    def _paced(self, receiver: Receiver) -> Receiver:
        """*receiver* within the bounds of the session, of which each worker of xdist has its share."""
        limits, headers = self._limits(receiver), self.options.headers
        if limits == (None, None) and not headers:
            return receiver
        return Throttled(receiver, self._allowance(limits), added_headers(headers))

    def _limits(self, receiver: Receiver) -> tuple[int | None, float | None]:
        address = None if receiver.in_process else receiver.url
        return bounds(address, self.options.max_requests, self.options.rate)

    def _allowance(self, limits: tuple[int | None, float | None]) -> Budget:
        """What may still be sent within *limits*, to all that has the same."""
        shares = int(os.environ.get("PYTEST_XDIST_WORKER_COUNT", "1"))
        return self._allowances.setdefault(limits, Budget(*limits, shares=shares))

    def _reopening(self, value: Any) -> Callable[[], Receiver] | None:
        if is_receiver(value) or (isinstance(value, str) and is_address(value)):
            return None
        makes_apps = isinstance(value, str) and value.endswith("()")
        named = load(value) if isinstance(value, str) and not makes_apps else value
        return (lambda: self._open(value)) if makes_apps or app_kind(named) == "factory" else None


@dataclass(slots=True)
class _Managed:
    """A receiver whose app lives inside a context manager, which closing it leaves."""

    app: Receiver
    surroundings: ExitStack

    @property
    def url(self) -> str:
        return self.app.url

    @property
    def in_process(self) -> bool:
        return self.app.in_process

    def at(self, path: str) -> Receiver:
        return at_path(self.app, path)

    def send(self, request: Request, *, timeout: float) -> Response:
        return self.app.send(request, timeout=timeout)

    def wait_until_idle(self, timeout: float) -> bool:
        return self.app.wait_until_idle(timeout)

    def close(self) -> None:
        with self.surroundings:
            self.app.close()


def _has_path(address: str) -> bool:
    with suppress(ValueError):  # opening it says what is wrong with it
        return urlsplit(address).path.strip("/") != ""
    return False
