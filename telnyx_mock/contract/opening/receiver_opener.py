"""Opens the receivers that a user gives for a run, within the request limits of the run."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from contextlib import AbstractContextManager, ExitStack, suppress
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from telnyx_mock.errors import UsageError
from telnyx_mock.settings import Settings
from telnyx_mock.transports.added_headers import added_headers
from telnyx_mock.transports.app_kind import app_kind, behind_client, is_receiver, open_app
from telnyx_mock.transports.loading import is_address, load, open_target
from telnyx_mock.transports.receiver import Receiver, Wrapped, aclose, at_path
from telnyx_mock.transports.throttle import Budget, Throttled, bounds


class Opener:
    """Opens receivers according to *settings*; they share the budget and the rate of the run.

    *shares* is the number of processes that divide the budget and the rate between them.
    """

    def __init__(self, settings: Settings, *, shares: int = 1) -> None:
        self._settings = settings
        self._shares = shares
        self._budgets: dict[tuple[int | None, float | None], Budget] = {}
        self._addresses: dict[str, Receiver] = {}
        self._is_set_up = False

    def open(self, value: Any, *, path: str | None = None, name: str = "the app") -> Receiver:
        """Return the receiver for *value*: a target, an app, a factory or a context manager.

        Requests go to *path*, or else to the path of the settings. Raises UsageError for any other
        value; the error calls the value *name*. The user's set-up function is called before the
        first app is opened.
        """
        settings = self._settings
        if settings.setup and not self._is_set_up and not _is_elsewhere(value):
            self._is_set_up = True
            _set_up(settings.setup)
        path = settings.path if path is None else path
        if isinstance(value, str):
            return open_target(
                value,
                path=path,
                host=settings.host,
                allowed_hosts=settings.allow_hosts,
                ca_bundle=settings.ca_bundle,
            )
        if is_receiver(value):
            return open_app(value)
        if app_kind(value) == "factory":
            value = value()
        value = behind_client(value)
        if isinstance(value, AbstractContextManager) and app_kind(value) is None:
            stack = ExitStack()
            return _Managed(
                open_app(stack.enter_context(value), path, settings.host, name=name), stack
            )
        return open_app(value, path, settings.host, name=name)

    def throttled(self, receiver: Receiver) -> Receiver:
        """Return *receiver* with the limits of the run, and with the user's headers."""
        limits, headers = self._limits(receiver), self._settings.headers
        if limits == (None, None) and not headers:
            return receiver
        return Throttled(receiver, self._budget(limits), added_headers(headers))

    def reopening(self, value: Any) -> Callable[[], Receiver] | None:
        """Return a function that opens a fresh receiver if *value* is a factory; else None."""
        if is_receiver(value) or _is_elsewhere(value):
            return None
        makes_apps = isinstance(value, str) and value.endswith("()")
        named = load(value) if isinstance(value, str) and not makes_apps else value
        if makes_apps or app_kind(named) == "factory":
            return lambda: self.throttled(self.open(value))
        return None

    def failover(
        self,
        value: Any,
        bound: Any,
        receiver: Receiver,
        open_other: Callable[[str | None], Receiver],
    ) -> Receiver | None:
        """Return the receiver at the failover address for *value*; None if *value* is None.

        *bound* is the value of the first *receiver*. A path is another path of the first receiver,
        and the same app is not started twice. *open_other* opens any other value, at the path that
        it gets. Raises UsageError for a value that is not a receiver.
        """
        if value is None or value == "":
            return None
        is_text = isinstance(value, str)
        if is_text and value.startswith("/"):
            return self.throttled(at_path(receiver, value))
        is_bound = value is bound or (is_text and value == bound)
        if is_bound and self.reopening(value) is None:
            return self.throttled(receiver)
        has_path = is_text and is_address(value) and _has_path(value)
        return self.throttled(open_other("/" if has_path else None))

    def address(self, address: str) -> Receiver:
        """Return the server at *address*, for a probe to read. The limits of the run apply.

        The server does not receive webhooks, so it does not get the headers for a receiver. Raises
        UsageError for an address that requests must not go to.
        """
        if address not in self._addresses:
            from telnyx_mock.transports.http import HttpReceiver  # here, as an app needs no h11

            settings = self._settings
            server = HttpReceiver(address, settings.allow_hosts, ca_bundle=settings.ca_bundle)
            self._addresses[address] = Throttled(server, self._budget(self._limits(server)))
        return self._addresses[address]

    def _limits(self, receiver: Receiver) -> tuple[int | None, float | None]:
        address = None if receiver.in_process else receiver.url
        return bounds(address, self._settings.max_requests, self._settings.rate)

    def _budget(self, limits: tuple[int | None, float | None]) -> Budget:
        """Return the budget within *limits*; receivers with equal limits share it."""
        return self._budgets.setdefault(limits, Budget(*limits, shares=self._shares))


@dataclass(frozen=True, slots=True)
class _Managed(Wrapped):
    """A receiver whose app lives in a context manager; closing it exits the manager."""

    surroundings: ExitStack

    def close(self) -> None:
        with self.surroundings:
            self.app.close()

    async def aclose(self) -> None:
        with self.surroundings:
            await aclose(self.app)


def _set_up(name: str) -> None:
    """Call the user's function *name*. Raises UsageError for a coroutine function."""
    if inspect.isawaitable(result := load(f"{name.removesuffix('()')}()")):
        getattr(result, "close", lambda: None)()
        raise UsageError(f"The function {name} for --setup is async; give a plain function.")


def _is_elsewhere(value: Any) -> bool:
    return isinstance(value, str) and is_address(value)


def _has_path(address: str) -> bool:
    with suppress(ValueError):  # opening the address says what is wrong with it
        return urlsplit(address).path.strip("/") != ""
    return False
