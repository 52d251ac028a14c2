"""The emulator: what a test holds of Telnyx. It sends webhooks to a receiver, genuine or forged.

An :class:`Emulator` passes no judgement; deliveries and rules do.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

from telnyx_mock.attacks.forgeries import forge as make_forgery
from telnyx_mock.attacks.malformed import malform as make_malformed
from telnyx_mock.clock import SYSTEM_CLOCK, Clock
from telnyx_mock.delivery import Delivery, Emitter, Policy, Recorder, deliver, policy_for
from telnyx_mock.errors import UsageError
from telnyx_mock.fake_api.interceptors import Interceptors
from telnyx_mock.fake_api.state import FakeApi
from telnyx_mock.generation.coverage import Coverage
from telnyx_mock.patience import PATIENCE, Patience
from telnyx_mock.payload.draft import Draft
from telnyx_mock.payload.request import Request
from telnyx_mock.payload.webhook import Webhook, sample
from telnyx_mock.signing.keys import KeyPair
from telnyx_mock.signing.sign import sign
from telnyx_mock.transports.loading import open_target
from telnyx_mock.transports.receiver import Receiver, at_path

__all__ = ["Emulator"]


class Emulator:
    """Sends webhooks to the receiver it is bound to.

    *key* is the account's key pair, a new one by default; the receiver must verify with its
    ``public_key``. *clock* gives the time of signatures, and waits. *coverage* counts what is sent,
    *journal* records it. *patience* says how long to wait for the receiver.
    """

    def __init__(
        self,
        receiver: Receiver | None = None,
        *,
        key: KeyPair | None = None,
        clock: Clock = SYSTEM_CLOCK,
        coverage: Coverage | None = None,
        journal: Recorder | None = None,
        patience: Patience = PATIENCE,
    ) -> None:
        self.key = KeyPair.generate() if key is None else key
        self.clock = clock
        self.coverage = coverage
        self.journal = journal
        self.patience = patience
        self._api = FakeApi(clock)
        self._emitter: Emitter | None = None
        self._reopen: Callable[[], Receiver] | None = None
        if receiver is not None:
            self.bind(receiver)

    def bind(self, receiver: Receiver, reopen: Callable[[], Receiver] | None = None) -> None:
        """Send to *receiver* from now on. *reopen* makes a fresh receiver for :meth:`fresh`."""
        if self._emitter is not None:
            self._emitter.close()
        self._emitter = self._emitter_to(receiver, Interceptors(self._api))
        self._reopen = reopen

    def unbind(self) -> None:
        """Wait for background work, close the fake API, and forget the receiver."""
        if self._emitter is not None:
            self._emitter.close()
        self._emitter = None
        self._reopen = None
        self._api.clear()

    @property
    def receiver(self) -> Receiver:
        """The receiver that webhooks go to. Raises UsageError while none is bound."""
        return self._bound().receiver

    @property
    def can_make_fresh(self) -> bool:
        """Whether :meth:`fresh` can make a receiver."""
        return self._reopen is not None

    @property
    def api(self) -> FakeApi:
        """The fake Telnyx API. Reading this waits for background work of the receiver."""
        if self._emitter is not None:
            self.wait_until_idle()
        return self._api

    def webhook(self, name: str, /, **overrides: Any) -> Webhook:
        """A webhook with your values; see :func:`telnyx_mock.payload.webhook.webhook`."""
        return sample(name, **overrides).fresh(self.clock.now())

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

        Raises UsageError for unknown names, and for overrides of a webhook that is built already.
        """
        if isinstance(what, str):
            what = self.webhook(what, **overrides)
        elif overrides:
            raise _built_already(what, overrides)
        if forge is not None and malform is not None:
            raise UsageError(
                "A request is forged or malformed, not both: a malformed one is signed correctly."
            )
        if isinstance(what, Request):
            if forge is None and malform is None:
                return what
            raise UsageError(
                "A request that is signed already cannot be forged or malformed; give its webhook."
            )
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
        a webhook, a draft or a request. *forge* names a forgery to send instead of the genuine request;
        *malform* names what is wrong with a request that is signed correctly. A webhook that is sent
        twice has the same ids, as when Telnyx delivers again.

        Raises UsageError for unknown names and while no receiver is bound, DeliveryError if the
        receiver cannot be reached.
        """
        emitter = self._bound()
        return self._send(emitter, self.request(what, forge=forge, malform=malform, **overrides))

    def send_to(
        self, receiver: Receiver, what: Webhook | Draft | Request, /, *, forge: str | None = None
    ) -> Delivery:
        """Send to *receiver*, such as one at a failover address, instead of the one that is bound.

        Raises as :meth:`send` does.
        """
        return self._send(self._beside(receiver), self.request(what, forge=forge))

    def _send(self, emitter: Emitter, request: Request) -> Delivery:
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
        """Deliver a webhook as Telnyx does: again and again until the receiver accepts it.

        *policy* is a :class:`~telnyx_mock.delivery.Policy` or the name of one in ``POLICIES``; by
        default that of the event's product. *failover* is a second receiver for the time when the
        first has failed: an app, an address, or ``"/path"`` for another path of the first. Every
        attempt is in ``Delivery.attempts``, with its own timestamp, signature and ``meta.attempt``.
        Delays take no time while all receivers are in process.

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
        if failover is None:
            return deliver(what, [emitter], policy, self.key, self.clock)
        if isinstance(failover, str) and failover.startswith("/"):
            second = failover = at_path(emitter.receiver, failover)
        else:
            second = open_target(failover)
        try:
            return deliver(what, [emitter, self._beside(second)], policy, self.key, self.clock)
        finally:
            if second is not failover:
                second.wait_until_idle(self.patience.background_work)
                second.close()

    def wait_until_idle(self, timeout: float | None = None) -> bool:
        """Wait at most *timeout* seconds for background work of the receiver.

        If None, as :attr:`patience` says. Returns whether the receiver is idle.
        """
        limit = self.patience.background_work if timeout is None else timeout
        return self._bound().receiver.wait_until_idle(limit)

    @contextmanager
    def fresh(self, receiver: Receiver | None = None) -> Iterator[Emulator]:
        """Send to a fresh receiver in the ``with`` block: one for each Hypothesis example, say.

        The fresh receiver is *receiver*, if given, and is closed at the end. Raises UsageError if none
        is given and the bound receiver came neither from a factory nor from a context manager.
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
            patience=self.patience,
        )
        try:
            yield inner
        finally:
            inner.unbind()
            receiver.close()

    def _beside(self, receiver: Receiver) -> Emitter:
        """An emitter to *receiver* that shares the fake API with the bound receiver."""
        return self._emitter_to(receiver, self._bound().interceptors)

    def _emitter_to(self, receiver: Receiver, interceptors: Interceptors) -> Emitter:
        return Emitter(receiver, interceptors, patience=self.patience, recorder=self.journal)

    def _bound(self) -> Emitter:
        if self._emitter is None:
            raise UsageError(
                "No receiver is bound to telnyx_mock. Define a fixture telnyx_receiver that "
                "returns your app, or set telnyx_app or telnyx_url in the pytest settings "
                "(--telnyx-app, --telnyx-url)."
            )
        return self._emitter


def _built_already(what: object, overrides: Iterable[str]) -> UsageError:
    return UsageError(
        f"{what!r} is built already, so {', '.join(sorted(overrides))} cannot be set; "
        "give the event's name instead."
    )
