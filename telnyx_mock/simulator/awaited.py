"""Simulated calls for async tests: the app runs on the loop of the test, and each act is awaited.

An act runs in a thread, which hands each webhook back to the loop. So a call is played by the same code
as in other tests.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from functools import partial
from typing import Any, Protocol, TypeVar

import anyio.from_thread
import anyio.to_thread

from telnyx_mock.clock import Clock
from telnyx_mock.delivery import Delivery
from telnyx_mock.fake_api.command import Command
from telnyx_mock.patience import Patience
from telnyx_mock.payload.webhook import Webhook
from telnyx_mock.simulator.call import Call
from telnyx_mock.simulator.leg import LegState
from telnyx_mock.simulator.machines import HUMAN
from telnyx_mock.transports.receiver import Receiver

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


class AsyncCall:
    """Does what :class:`Call` does, in an async test: each act is awaited.

    ``await telnyx_mock.acall()`` lets a person call your app, and ``await telnyx_mock.adialled()`` is the
    telephone that your app calls. Your app runs on the loop of the test. What the test sees is not awaited.
    """

    def __init__(self, call: Call) -> None:
        self._call = call

    def press(self, keys: str) -> Awaitable[None]:
        """Do what :meth:`Call.press` does."""
        return in_thread(self._call.press, keys)

    def say(self, text: str, *, synthetic: bool = False) -> Awaitable[None]:
        """Do what :meth:`Call.say` does."""
        return in_thread(self._call.say, text, synthetic=synthetic)

    def pay(
        self, card: str = "4111111111111111", *, declined: str | None = None, **entered: str
    ) -> Awaitable[None]:
        """Do what :meth:`Call.pay` does."""
        return in_thread(self._call.pay, card, declined=declined, **entered)

    def tell_assistant(self, **answers: Any) -> Awaitable[None]:
        """Do what :meth:`Call.tell_assistant` does."""
        return in_thread(self._call.tell_assistant, **answers)

    def stay_silent(self, seconds: float | None = None) -> Awaitable[None]:
        """Do what :meth:`Call.stay_silent` does."""
        return in_thread(self._call.stay_silent, seconds)

    def listen(self) -> Awaitable[None]:
        """Do what :meth:`Call.listen` does."""
        return in_thread(self._call.listen)

    def hang_up(self) -> Awaitable[None]:
        """Do what :meth:`Call.hang_up` does."""
        return in_thread(self._call.hang_up)

    def hold(self) -> Awaitable[None]:
        """Do what :meth:`Call.hold` does."""
        return in_thread(self._call.hold)

    def unhold(self) -> Awaitable[None]:
        """Do what :meth:`Call.unhold` does."""
        return in_thread(self._call.unhold)

    def answer(self, detected: str = HUMAN) -> Awaitable[None]:
        """Do what :meth:`Call.answer` does."""
        return in_thread(self._call.answer, detected)

    def answer_as_machine(self, *, beep: bool = True) -> Awaitable[None]:
        """Do what :meth:`Call.answer_as_machine` does."""
        return in_thread(self._call.answer_as_machine, beep=beep)

    def be_busy(self) -> Awaitable[None]:
        """Do what :meth:`Call.be_busy` does."""
        return in_thread(self._call.be_busy)

    def reject(self) -> Awaitable[None]:
        """Do what :meth:`Call.reject` does."""
        return in_thread(self._call.reject)

    def not_answer(self) -> Awaitable[None]:
        """Do what :meth:`Call.not_answer` does."""
        return in_thread(self._call.not_answer)

    def expect(
        self,
        name: str,
        *,
        contains: str = "",
        timeout: float | None = None,
        **parameters: Any,
    ) -> Awaitable[Command]:
        """Do what :meth:`Call.expect` does."""
        return in_thread(self._call.expect, name, contains=contains, timeout=timeout, **parameters)

    @property
    def state(self) -> LegState:
        """``ringing``, ``answered``, ``bridged``, ``held`` or ``ended``."""
        return self._call.state

    @property
    def ended(self) -> bool:
        """Whether somebody has hung up."""
        return self._call.ended

    @property
    def heard(self) -> list[str]:
        """What the person has heard."""
        return self._call.heard

    @property
    def commands(self) -> list[Command]:
        """The commands that the app sent for this call, and that the API accepted."""
        return self._call.commands

    @property
    def client_state(self) -> str | None:
        """What the app attached to the call last, in Base64, or None."""
        return self._call.client_state

    @property
    def call_control_id(self) -> str:
        """The id by which commands name the call."""
        return self._call.call_control_id

    @property
    def transcript(self) -> str:
        """What has happened since the call began: a line for each act, webhook and command."""
        return self._call.transcript

    def __repr__(self) -> str:
        return repr(self._call)
