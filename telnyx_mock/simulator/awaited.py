"""Simulations in async tests: the app runs on the loop of the test, and each act is awaited.

An act runs in a thread, which hands each webhook back to the loop. So calls and conversations are played by the same
code as in other tests.
"""

from __future__ import annotations

import inspect
from collections.abc import Awaitable, Callable
from functools import partial
from typing import Any, Concatenate, Generic, ParamSpec, Protocol, TypeVar

import anyio.from_thread
import anyio.to_thread

from telnyx_mock.clock import Clock
from telnyx_mock.delivery import Delivery
from telnyx_mock.fake_api.command import Command
from telnyx_mock.patience import Patience
from telnyx_mock.payload.webhook import Webhook
from telnyx_mock.transports.receiver import Receiver

P = ParamSpec("P")
T = TypeVar("T")


class AwaitedLine(Protocol):
    """What an awaited simulation needs of the emulator."""

    clock: Clock
    patience: Patience

    @property
    def receiver(self) -> Receiver:
        """The receiver to which webhooks go."""
        ...

    async def adeliver_at(self, webhook: Webhook, url: str | None, attempt: int = 1) -> Delivery:
        """Deliver *webhook* as Telnyx does, to the path of *url*; see :class:`Line`."""
        ...


class HandingLine:
    """Hands each webhook from the thread of an act to the loop on which it is awaited."""

    def __init__(self, line: AwaitedLine) -> None:
        self.clock = line.clock
        self.patience = line.patience
        self._line = line

    @property
    def receiver(self) -> Receiver:
        return self._line.receiver

    def deliver_at(self, webhook: Webhook, url: str | None, attempt: int = 1) -> Delivery:
        return anyio.from_thread.run(self._line.adeliver_at, webhook, url, attempt)

    def wait_until_idle(self, timeout: float | None = None) -> bool:
        return True  # an awaited delivery has waited for the app's work


async def in_thread(act: Callable[..., T], *args: Any, **kwargs: Any) -> T:
    """Do *act* in a thread that can hand webhooks to this loop."""
    return await anyio.to_thread.run_sync(partial(act, *args, **kwargs))


def on_loop(function: Callable[[], object]) -> None:
    """Call *function* on the loop from the thread of an act, and await what it returns if it is ``async``."""

    async def called() -> None:
        result = function()
        if inspect.isawaitable(result):
            await result

    anyio.from_thread.run(called)


class Held(Protocol):
    """What each thing has that a test holds."""

    @property
    def commands(self) -> list[Command]: ...

    @property
    def transcript(self) -> str: ...


H = TypeVar("H", bound=Held)


class Counterpart(Generic[H]):
    """Does what the thing that it holds does, in an async test. What the test sees is not awaited."""

    def __init__(self, held: H) -> None:
        self._held = held

    @property
    def commands(self) -> list[Command]:
        """The commands for it that the app sent, and that the API accepted."""
        return self._held.commands

    @property
    def transcript(self) -> str:
        """What has happened since it began: a line for each act, webhook and command."""
        return self._held.transcript

    def __repr__(self) -> str:
        return repr(self._held)


def awaited(act: Callable[Concatenate[Any, P], T]) -> Callable[Concatenate[Any, P], Awaitable[T]]:
    """Return the method of a counterpart that does *act*, a method of what it holds."""

    def does(self: Counterpart[Any], /, *args: P.args, **kwargs: P.kwargs) -> Awaitable[T]:
        return in_thread(act, self._held, *args, **kwargs)

    found = inspect.signature(act)
    returned = f"Awaitable[{found.return_annotation}]"
    does.__signature__ = found.replace(return_annotation=returned)  # type: ignore[attr-defined]
    does.__name__, does.__qualname__ = act.__name__, f"Async{act.__qualname__}"
    does.__doc__ = f"Do what :meth:`{act.__qualname__}` does."
    return does
