"""What a test holds: Telnyx, as far as the receiver can tell.

An :class:`Emulator` is bound to a receiver and sends it webhooks, genuine or forged. It never
judges by itself; deliveries and checks do.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from telnyx_mock.attacks.forgeries import forge as make_forgery
from telnyx_mock.attacks.malformed import malform as make_malformed
from telnyx_mock.clock import SYSTEM_CLOCK, Clock
from telnyx_mock.delivery import Delivery, Emitter, Policy, deliver, policy_for
from telnyx_mock.errors import UsageError
from telnyx_mock.fake_api.interceptors import Interceptors
from telnyx_mock.fake_api.state import FakeApi
from telnyx_mock.generation.coverage import Coverage
from telnyx_mock.payload.draft import Draft
from telnyx_mock.payload.request import Request
from telnyx_mock.payload.webhook import Webhook, documented
from telnyx_mock.signing.keys import KeyPair
from telnyx_mock.signing.sign import sign
from telnyx_mock.transports.loading import open_target
from telnyx_mock.transports.receiver import Receiver, elsewhere

if TYPE_CHECKING:
    from telnyx_mock.journal import Journal

__all__ = ["Emulator"]

SETTLE = 5.0
"""Seconds that work in the background may go on before effects are looked at."""


class Emulator:
    """Sends webhooks to the receiver it is bound to.

    *key* is the account's key pair, a new one unless given; the receiver must verify with its
    ``public_key``. *clock* tells the time that is signed. *coverage* counts what is sent,
    *journal* keeps it.
    """

    def __init__(
        self,
        receiver: Receiver | None = None,
        *,
        key: KeyPair | None = None,
        clock: Clock = SYSTEM_CLOCK,
        coverage: Coverage | None = None,
        journal: Journal | None = None,
    ) -> None:
        self.key = KeyPair.generate() if key is None else key
        self.clock = clock
        self.coverage = coverage
        self.journal = journal
        self._api = FakeApi(clock)
        self._emitter: Emitter | None = None
        self._reopen: Callable[[], Receiver] | None = None
        if receiver is not None:
            self.bind(receiver)

    def bind(self, receiver: Receiver, reopen: Callable[[], Receiver] | None = None) -> None:
        """Send to *receiver* from now on; *reopen* makes a fresh one for :meth:`fresh`."""
        if self._emitter is not None:
            self._emitter.close()
        self._emitter = Emitter(receiver, Interceptors(self._api), recorder=self.journal)
        self._reopen = reopen

    def unbind(self) -> None:
        """Drain background work, close the doors of the fake API, and forget the receiver."""
        if self._emitter is not None:
            self._emitter.close()
        self._emitter = None
        self._reopen = None
        self._api.clear()

    @property
    def receiver(self) -> Receiver:
        """The receiver that webhooks go to. Raises UsageError while there is none."""
        return self._bound().receiver

    @property
    def can_make_fresh(self) -> bool:
        """Whether there is a way to make a fresh receiver, for :meth:`fresh`."""
        return self._reopen is not None

    @property
    def api(self) -> FakeApi:
        """The fake Telnyx API; background work of the receiver is waited for first."""
        if self._emitter is not None:
            self._emitter.settle(SETTLE)
        return self._api

    def webhook(self, name: str, /, **overrides: Any) -> Webhook:
        """A webhook with your values; see :func:`telnyx_mock.payload.webhook.webhook`."""
        return documented(name, **overrides).fresh(self.clock.now())

    def request(
        self,
        what: str | Webhook | Draft | Request,
        /,
        *,
        forge: str | None = None,
        malform: str | None = None,
        **overrides: Any,
    ) -> Request:
        """The request that :meth:`send` would send, signed now.

        Raises UsageError for unknown names, and for overrides of what is already built.
        """
        if isinstance(what, str):
            what = self.webhook(what, **overrides)
        elif overrides:
            raise _built_already(what, overrides)
        if forge is not None and malform is not None:
            raise UsageError("A request is forged or malformed, not both: the latter is genuine.")
        if isinstance(what, Request):
            if forge is not None or malform is not None:
                raise UsageError(
                    "A request that is signed already cannot be forged or malformed; "
                    "give its webhook."
                )
            return what
        now = self.clock.now()
        draft = what if isinstance(what, Draft) else Draft(what)
        if not draft.webhook.generated:
            draft = replace(draft, webhook=draft.webhook.fresh(now))
        if forge is not None:
            return make_forgery(forge, draft.webhook, self.key, now)
        if malform is not None:
            return make_malformed(malform, draft.webhook, self.key, now)
        return sign(draft, self.key, timestamp=int(now))

    def send(
        self,
        what: str | Webhook | Draft | Request,
        /,
        *,
        forge: str | None = None,
        malform: str | None = None,
        **overrides: Any,
    ) -> Delivery:
        """Send a webhook to the receiver and return what happened.

        *what* is the name of an event (with *overrides* for :func:`~telnyx_mock.payload.webhook.webhook`),
        a webhook, a draft or a request. *forge* names a forgery to send instead of the genuine
        request, *malform* what is to be wrong with it though it is rightly signed. Sending the same
        webhook twice sends the same ids, as Telnyx does when it delivers again.

        Raises UsageError for unknown names and while no receiver is bound, DeliveryError if the
        receiver cannot be reached.
        """
        emitter = self._bound()
        return self._sent(emitter, self.request(what, forge=forge, malform=malform, **overrides))

    def send_to(
        self, receiver: Receiver, what: Webhook | Draft | Request, /, *, forge: str | None = None
    ) -> Delivery:
        """Send to *receiver* beside the one that is bound, such as that at a failover address.

        Raises as :meth:`send` does.
        """
        return self._sent(self._beside(receiver), self.request(what, forge=forge))

    def _sent(self, emitter: Emitter, request: Request) -> Delivery:
        if self.coverage is not None:
            self.coverage.count(request)
        return emitter.send(request)

    def deliver(
        self,
        what: str | Webhook,
        /,
        *,
        policy: Policy | str | None = None,
        failover: Any = None,
        **overrides: Any,
    ) -> Delivery:
        """Deliver a webhook as Telnyx does: again and again until it is answered well.

        *policy* is a :class:`~telnyx_mock.delivery.Policy`, or the name of one of
        ``POLICIES``; if not given, that of the event's product. *failover* is a second receiver,
        an app or an address, to which Telnyx turns when the first has failed; ``"/path"`` is
        another path of the first one. Every attempt is
        in ``Delivery.attempts``, with its own timestamp, signature and ``meta.attempt``. Where
        the receiver is in process, the delays are noted and not waited for.

        Raises UsageError for unknown names and while no receiver is bound.
        """
        emitter = self._bound()
        if isinstance(what, str):
            what = self.webhook(what, **overrides)
        elif overrides:
            raise _built_already(what, overrides)
        if policy is None or isinstance(policy, str):
            policy = policy_for(what.event if policy is None else policy)
        if not what.generated:
            what = what.fresh(self.clock.now())
        if self.coverage is not None:
            self.coverage.count(what)
        second = None if failover is None else self._second(failover)
        addresses = [emitter]
        if second is not None:
            addresses.append(self._beside(second))
        in_process = all(address.receiver.in_process for address in addresses)
        wait = _no_wait if in_process else time.sleep
        try:
            return deliver(what, addresses, policy, self.key, self.clock, wait)
        finally:
            if second is not None and second is not failover and not _is_path(failover):
                second.settle(SETTLE)
                second.close()

    def settle(self, timeout: float = SETTLE) -> bool:
        """Wait at most *timeout* seconds for work the receiver goes on with; whether it is done."""
        return self._bound().settle(timeout)

    @contextmanager
    def fresh(self, receiver: Receiver | None = None) -> Iterator[Emulator]:
        """Send to a fresh receiver inside the ``with`` block: one per Hypothesis example, say.

        It is *receiver*, if given, and is closed at the end. Raises UsageError where it is not,
        unless the bound receiver was given as a factory or context manager.
        """
        if receiver is None:
            if self._reopen is None:
                raise UsageError(
                    "There is no way to make a fresh receiver: give telnyx_receiver as a function "
                    "without arguments, or as a context manager, that makes the app."
                )
            receiver = self._reopen()
        inner = Emulator(
            receiver,
            key=self.key,
            clock=self.clock,
            coverage=self.coverage,
            journal=self.journal,
        )
        try:
            yield inner
        finally:
            inner.unbind()
            receiver.close()

    def _second(self, failover: Any) -> Receiver:
        return elsewhere(self.receiver, failover) if _is_path(failover) else open_target(failover)

    def _beside(self, receiver: Receiver) -> Emitter:
        """What sends to *receiver*, by the same fake API as to the one that is bound."""
        return Emitter(receiver, self._bound().interceptors, recorder=self.journal)

    def _bound(self) -> Emitter:
        if self._emitter is None:
            raise UsageError(
                "No receiver is bound to telnyx_mock. Define a fixture telnyx_receiver that "
                "returns your app, or set telnyx_app or telnyx_url in the pytest settings "
                "(--telnyx-app, --telnyx-url)."
            )
        return self._emitter


def _is_path(failover: Any) -> bool:
    return isinstance(failover, str) and failover.startswith("/")


def _no_wait(seconds: float) -> None:
    """Let *seconds* go by on a clock that nobody looks at."""


def _built_already(what: object, overrides: Iterable[str]) -> UsageError:
    return UsageError(
        f"{what!r} is built already, so {', '.join(sorted(overrides))} cannot be set; "
        "give the event's name instead."
    )
