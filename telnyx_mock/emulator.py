"""The emulator: acts as Telnyx in a test, and sends genuine or forged webhooks to a receiver.

An :class:`Emulator` does not judge the receiver. Deliveries and rules judge it.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import replace
from functools import partial
from typing import Any, TypeVar
from urllib.parse import urlsplit

import anyio

from telnyx_mock.attacks.forgeries import Forgery
from telnyx_mock.attacks.forgeries import forge as make_forgery
from telnyx_mock.attacks.malformed import malform as make_malformed
from telnyx_mock.clock import SYSTEM_CLOCK, Clock
from telnyx_mock.delivery import (
    Delivery,
    Emitter,
    Policy,
    Recorder,
    Steps,
    adeliver,
    deliver,
    policy_for,
    steps,
)
from telnyx_mock.errors import ReceiverFailure, UsageError
from telnyx_mock.fake_api.answering import served_at
from telnyx_mock.fake_api.interceptors import Interceptors, intercept
from telnyx_mock.fake_api.late_call import LateCall
from telnyx_mock.fake_api.state import FakeApi
from telnyx_mock.flows.all_flows import find_flow
from telnyx_mock.flows.flow import NUMBERS, Flow, MessageType
from telnyx_mock.generation.coverage import Coverage
from telnyx_mock.names import EventName, ForgeryName, MalformedName
from telnyx_mock.patience import PATIENCE, Patience
from telnyx_mock.payload.draft import Draft
from telnyx_mock.payload.overrides import kept
from telnyx_mock.payload.request import Request
from telnyx_mock.payload.webhook import Webhook, sample
from telnyx_mock.signing.keys import KeyPair
from telnyx_mock.signing.sign import sign
from telnyx_mock.simulator.async_people import AsyncCall, AsyncConversation, AsyncFaxMachine
from telnyx_mock.simulator.awaited import HandingLine, in_thread, on_loop
from telnyx_mock.simulator.call import Call
from telnyx_mock.simulator.codes import received_code
from telnyx_mock.simulator.conversation import Conversation
from telnyx_mock.simulator.disturbances import Disturbances
from telnyx_mock.simulator.fax_machine import FaxMachine
from telnyx_mock.simulator.player import Played, Player
from telnyx_mock.simulator.ringing import dialled, rings
from telnyx_mock.simulator.simulation import Simulation
from telnyx_mock.transports.app_kind import described, is_receiver
from telnyx_mock.transports.loading import open_target
from telnyx_mock.transports.receiver import Receiver, aclose, at_path

T = TypeVar("T")

_STRANGER = 13126000000
"""The number of the first person in the second flow that is played; the others have the next ones."""


class Emulator:
    """Sends webhooks to the receiver it is bound to.

    *key* is the account's key pair, a new one by default. The receiver must verify signatures with
    its ``public_key``. *clock* gives the time of signatures, and waits. *coverage* counts the
    webhooks that are sent, and *journal* records them. *patience* says how long to wait for the
    receiver.

    In pytest, the fixture ``telnyx_mock`` is one, bound to your app. Elsewhere, make it yourself:

    >>> from telnyx_mock import Emulator, with_hooks
    >>> def app(environ, start_response):
    ...     start_response("200 OK", [])
    ...     return [b""]
    >>> telnyx = Emulator(with_hooks(app))
    >>> telnyx.send("call.initiated", direction="incoming").assert_accepted().status
    200
    >>> telnyx.send("call.initiated", forge="signature-missing").refused
    False
    >>> telnyx.unbind()
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
        self._interceptors = Interceptors(self._api)
        self._emitter: Emitter | None = None
        self._reopen: Callable[[], Receiver] | None = None
        self._simulation: Simulation | None = None
        self._disturbances = Disturbances()
        self._plays = 0
        self._played: set[str] = set()
        if receiver is not None:
            self.bind(receiver)

    def bind(self, receiver: Receiver, reopen: Callable[[], Receiver] | None = None) -> None:
        """Send to *receiver* from now on. *reopen* makes a fresh receiver for :meth:`fresh`.

        Raises UsageError for what is no receiver.
        """
        if not is_receiver(receiver):
            raise UsageError(
                f"An emulator sends to a receiver, not to {described(receiver)}; "
                "telnyx_mock.with_hooks makes one of an app, of its name or of an address."
            )
        if self._emitter is not None:
            self._emitter.close()
        if receiver.in_process:
            self.begin()
        else:
            intercept(clients=False)
        self._emitter = self._emitter_to(receiver)
        self._reopen = reopen

    def begin(self, about: str = "") -> None:
        """Count commands from now on, as those of the test *about*, until :meth:`unbind`.

        Binding a receiver in this process begins, too.
        """
        self._interceptors.open()
        if self._api.periods.current is None:
            self._api.periods.begin(about)

    def wait_between(self, about: str) -> None:
        """Note that *about* runs now, which begins nothing here; its own calls are not late ones."""
        self._api.periods.between = about

    @property
    def late_calls(self) -> Sequence[LateCall]:
        """The app's calls to Telnyx that came after the test that caused them."""
        return tuple(self._api.late)

    def unbind(self) -> None:
        """Wait for background work, forget the receiver, and take all later commands for late."""
        if self._emitter is not None:
            self._emitter.close()
        self._emitter = None
        self._reopen = None
        self._simulation = None
        self._disturbances = Disturbances()
        self._played.clear()
        self._api.periods.end()
        self._interceptors.close()
        self._api.clear()

    @property
    def receiver(self) -> Receiver:
        """The receiver to which webhooks go. Raises UsageError if no receiver is bound."""
        return self._bound().receiver

    @contextmanager
    def serving(self, port: int = 0) -> Iterator[str]:
        """Serve the fake API to other processes in the ``with`` block, and yield its address.

        It listens on *port* of this machine; 0 chooses a free one. The official SDKs read the address from
        TELNYX_BASE_URL. Raises UsageError if the port cannot be used.
        """
        from telnyx_mock.fake_api.api_server import (
            ApiServer,
        )  # here, as an app in process needs no server

        self.begin()
        server = ApiServer(port=port)
        try:
            yield server.base_url
        finally:
            server.close()

    def sees_commands(self, receiver: Receiver | None = None) -> bool:
        """Whether the commands of *receiver* (the bound one) come to the fake API.

        Those of an app in this process do. A server elsewhere must call the fake API that this process serves.
        """
        receiver = self.receiver if receiver is None else receiver
        return receiver.in_process or bool(served_at())

    @property
    def can_make_fresh(self) -> bool:
        """Whether :meth:`fresh` can make a receiver."""
        return self._reopen is not None

    @property
    def api(self) -> FakeApi:
        """The fake Telnyx API. Reading this property waits for background work of the receiver."""
        if self._emitter is not None:
            self.wait_until_idle()
        return self._api

    def isolated(self, reachable: Iterable[str] = ()) -> AbstractContextManager[None]:
        """Keep the app from machines other than this one and *reachable*, inside the block."""
        return self._api.isolated(reachable)

    def webhook(self, name: EventName, /, **overrides: Any) -> Webhook:
        """Return a webhook with your values, new ids and new times; the rest is the documented sample.

        *overrides* are fields of the payload (``direction="outgoing"``; ``from_`` for ``from``), or paths,
        given as ``**{"to[0].status": "sent"}``; paths into the envelope are ``data.id`` and ``meta.attempt``.
        :data:`ABSENT` leaves a field out. Conditional fields adapt to your values. The override *extra* is a
        mapping of paths to members that the event does not declare. With ``strict=False``, any value is
        allowed.

        Raises UsageError for an unknown event or field, and for a value or a combination that Telnyx would
        not send.
        """
        made = sample(name, **kept(overrides)).fresh(self.clock.now())
        self._api.note_made(made)
        return made

    def request(
        self,
        what: EventName | Webhook | Draft | Request,
        /,
        *,
        forge: ForgeryName | Forgery | None = None,
        malform: MalformedName | None = None,
        **overrides: Any,
    ) -> Request:
        """Return the request that :meth:`send` would send, signed now.

        Raises UsageError if a name is unknown, or if there are overrides for a webhook that is
        built already.
        """
        receiver = None if self._emitter is None else self._emitter.receiver
        return self._request(what, receiver, forge, malform, overrides)

    def _request(
        self,
        what: EventName | Webhook | Draft | Request,
        receiver: Receiver | None,
        forge: ForgeryName | Forgery | None,
        malform: MalformedName | None,
        overrides: Mapping[str, Any],
    ) -> Request:
        if isinstance(what, str):
            what = self.webhook(what, **overrides)
        elif not isinstance(what, Webhook | Draft | Request):
            raise _not_to_send(what, "the name of an event, a webhook, a draft or a request")
        elif overrides:
            raise _built_already(what, overrides)
        if forge is not None and malform is not None:
            raise UsageError(
                "A request cannot be both forged and malformed, because a malformed request is "
                "signed correctly."
            )
        if isinstance(what, Request):
            if forge is None and malform is None:
                return what
            raise UsageError(
                "A request that is signed already cannot be forged or malformed; give its webhook."
            )
        now = self.clock.now()
        draft = what if isinstance(what, Draft) else Draft(what)
        webhook = draft.webhook if draft.webhook.generated else draft.webhook.fresh(now)
        webhook = self._api.memory.carry(webhook)
        self._api.note_made(webhook)
        if receiver is not None:
            webhook = webhook.addressed_to(receiver.url)
        draft = replace(draft, webhook=webhook)
        if forge is not None:
            return make_forgery(forge, draft.webhook, self.key, now)
        if malform is not None:
            return make_malformed(malform, draft.webhook, self.key, now)
        return sign(draft, self.key, timestamp=int(now))

    def send(
        self,
        what: EventName | Webhook | Draft | Request,
        /,
        *,
        forge: ForgeryName | Forgery | None = None,
        malform: MalformedName | None = None,
        **overrides: Any,
    ) -> Delivery:
        """Send a webhook to the receiver and return what happened.

        *what* is the name of an event (with *overrides* as for :meth:`webhook`), a webhook, a draft or a request. *forge*
        names a forgery to send instead of the genuine request, or is a
        :class:`~telnyx_mock.attacks.forgeries.Forgery` of your own. *malform* names a malformed request,
        which is signed correctly but makes no sense. A webhook that is sent twice keeps its ids, as
        in a redelivery of Telnyx.

        Raises UsageError if a name is unknown or no receiver is bound, and DeliveryError if the
        receiver cannot be reached.
        """
        emitter = self._bound()
        return self._send(emitter, self.request(what, forge=forge, malform=malform, **overrides))

    async def asend(
        self,
        what: EventName | Webhook | Draft | Request,
        /,
        *,
        forge: ForgeryName | Forgery | None = None,
        malform: MalformedName | None = None,
        **overrides: Any,
    ) -> Delivery:
        """Do what :meth:`send` does, in an async test.

        An ASGI app runs on the event loop of the caller, of asyncio or trio, and its lifespan
        starts there, once for each loop. The call waits until the app has done the work that it
        continues after its answer. For any other receiver, a thread sends the request.
        """
        emitter = self._bound()
        self._api.periods.join()
        request = self.request(what, forge=forge, malform=malform, **overrides)
        self._count(request)
        return await emitter.asend(request)

    def send_to(
        self,
        receiver: Receiver,
        what: Webhook | Draft | Request,
        /,
        *,
        forge: ForgeryName | Forgery | None = None,
    ) -> Delivery:
        """Send to *receiver* instead of the bound receiver, for example to a failover address.

        Raises the same errors as :meth:`send`.
        """
        request = self._request(what, receiver, forge, None, {})
        return self._send(self._beside(receiver), request)

    def _send(self, emitter: Emitter, request: Request) -> Delivery:
        self._count(request)
        return emitter.send(request)

    def _count(self, request: Request) -> None:
        if self.coverage is not None:
            self.coverage.count(request)
        if request.webhook is not None and not (request.forgery or request.malformed):
            self._api.memory.note_webhook(request.webhook)

    def deliver(
        self,
        what: EventName | Webhook,
        /,
        *,
        policy: Policy | str | None = None,
        failover: Any = None,
        **overrides: Any,
    ) -> Delivery:
        """Deliver a webhook as Telnyx does: retry until it is accepted or no attempt is left.

        *policy* is a :class:`~telnyx_mock.delivery.Policy` or the name of a policy in ``POLICIES``;
        the default is the policy of the event's product. *failover* is a second receiver, which is
        tried if the first receiver fails: an app, an address, or ``"/path"`` for another path of
        the first receiver. ``Delivery.attempts`` holds every attempt. Each attempt has its own
        timestamp, signature and ``meta.attempt``. Delays take no time if all receivers are in this
        process.

        Raises UsageError if a name is unknown or no receiver is bound.
        """
        emitter = self._bound()
        second, opened = self._failover(emitter, failover)
        try:
            return deliver(self._steps(what, overrides, policy, emitter, second), self.clock)
        finally:
            if second is not None and opened:
                second.wait_until_idle(self.patience.background_work)
                second.close()

    async def adeliver(
        self,
        what: EventName | Webhook,
        /,
        *,
        policy: Policy | str | None = None,
        failover: Any = None,
        **overrides: Any,
    ) -> Delivery:
        """Do what :meth:`deliver` does, in an async test; see :meth:`asend`."""
        emitter = self._bound()
        self._api.periods.join()
        second, opened = self._failover(emitter, failover)
        try:
            made = self._steps(what, overrides, policy, emitter, second)
            return await adeliver(made, self.clock)
        finally:
            if second is not None and opened:
                await aclose(second)

    def call(
        self,
        *,
        from_: str = "+13125550142",
        to: str = "+13125550199",
        impatient: bool = False,
        **fields: Any,
    ) -> Call:
        """Let a person at the number *from_* call your app's number *to*, and return the call.

        The app's commands take effect, and webhooks come to it, until nothing happens without the person.
        An *impatient* person does not wait for the end of what your app speaks or plays, so that a test can
        press and hang up in the middle of it. *fields* are further fields of ``call.initiated``, such as
        ``caller_id_name``.

        Raises UsageError if no receiver is bound, and ReceiverFailure if it does not accept a webhook.
        """
        __tracebackhide__ = True
        return rings(self._simulated(), from_, to, fields, impatient=impatient)

    def disturb(
        self,
        *,
        duplicated: bool = False,
        shuffled: bool = False,
        delayed: bool = False,
        lost: bool = False,
        seed: int = 0,
    ) -> None:
        """Disturb the webhooks of calls and conversations from now on, as Telnyx and the network may.

        With *duplicated*, each comes twice. With *shuffled*, those that happen within two virtual seconds may
        come in any order. With *delayed*, each comes up to five virtual seconds late. With *lost*, the first
        attempt at about half of them is lost, and the second comes after the delay of the product's policy. The
        same *seed* makes the same of the same webhooks. ``disturb()`` ends all of it.
        """
        self._disturbances = Disturbances(duplicated, shuffled, delayed, lost, seed)
        if self._simulation is not None:
            self._simulation.disturbances = self._disturbances

    def send_again(self, event: EventName) -> None:
        """Deliver the webhook of *event* that a call or conversation caused last once more, with the same id.

        Raises UsageError if none was sent, and ReceiverFailure if your app does not accept it.
        """
        __tracebackhide__ = True
        self._simulated().send_again(event)

    def play(self, flow: Flow | str, *, first: Callable[[], object] | None = None) -> Played:
        """Let people do what *flow* says, which ``telnyx_mock.strategies`` draws, or which this name has.

        *first* is called before, and may let your app dial. The people have new numbers each time, as your app may
        remember those who opted out. What your app began before is left alone.

        Raises UsageError for an unknown name, and ReceiverFailure if the app does not accept a webhook, or somebody
        cannot do what the flow says; a drawn flow leaves that out.
        """
        __tracebackhide__ = True
        flow = self._to_play(flow, first)
        with self._alone() as simulation:
            return Player(simulation, flow).play(first)

    async def aplay(self, flow: Flow | str, *, first: Callable[[], object] | None = None) -> Played:
        """Do what :meth:`play` does, in an async test; see :meth:`asend`. *first* may be ``async``.

        What has become of the calls can be seen, and they are over: nobody can act in them any more.
        """
        flow = self._to_play(flow, first)
        self._api.periods.join()
        begins = None if first is None else partial(on_loop, first)
        with self._alone(awaited=True) as simulation:
            return await in_thread(Player(simulation, flow).play, begins)

    def _to_play(self, flow: Flow | str, first: object) -> Flow:
        self._bound()
        if isinstance(flow, str):
            flow = find_flow(flow)
        if flow.is_begun_by_app and first is None:
            raise UsageError(f"The app begins the flow {flow.name!r}: say how, with first=.")
        if self._plays and flow.numbers == NUMBERS:
            new = {who: f"+{_STRANGER + 10 * self._plays + at}" for at, who in enumerate(NUMBERS)}
            flow = replace(flow, numbers=new)
        self._plays += 1
        return flow

    @contextmanager
    def _alone(self, *, awaited: bool = False) -> Iterator[Simulation]:
        """Yield a simulation that alone hears the app in the block, and knows nothing of what was before."""
        memory, listeners = self._api.memory, list(self._api.listeners)
        opted_out, begun, now = memory.opted_out, self._begun(), memory.repeats.now
        self._api.listeners.clear()
        simulation = self._new_simulation(awaited)
        simulation.disturbances = replace(self._disturbances)
        simulation.leave_alone(begun)
        try:
            yield simulation
        finally:
            self._api.listeners[:] = listeners
            memory.opted_out = opted_out
            self._api.keep_time(now)
            self._played |= self._begun() - begun
            if self._simulation is not None:
                self._simulation.leave_alone(self._played)

    def _begun(self) -> set[str]:
        """The ids of the legs and codes that the app has begun."""
        return {*self._api.memory.dialled, *self._api.verifications.begun}

    def dialled(self, to: str | None = None) -> Call:
        """Return the telephone that your app is calling, by dial or transfer: the one that rang last.

        *to* is its number, if several ring. Raises ReceiverFailure if there is none.
        """
        __tracebackhide__ = True
        return dialled(self._simulated(), to)

    def conversation(
        self, *, from_: str = "+13125550142", to: str | None = None, by: MessageType = "SMS"
    ) -> Conversation:
        """Return the messages between a person at the number *from_* and your app's number *to*.

        They go by SMS and MMS, by RCS or by WhatsApp, as *by* says. For RCS, *to* is the id of your agent, by
        default ``agent_007``. What your app sends there is delivered, and your app has webhooks of that. Raises
        UsageError if no receiver is bound.
        """
        return self._conversation(from_, to, by)

    def _conversation(
        self, from_: str, to: str | None, by: MessageType, *, awaited: bool = False
    ) -> Conversation:
        if to is None:
            to = "agent_007" if by == "RCS" else "+13125550199"
        return Conversation(self._simulated(awaited=awaited), from_, to, by)

    def code_sent_to(self, number: str) -> str:
        """Return the code that the person at *number* received last, because your app verifies that number.

        Until a test asks for it, the fake API accepts any code for that number, as nobody could know the right one.
        No code is accepted once the ``timeout_secs`` of the command, or 300 s, are over in virtual time.
        Raises ReceiverFailure if no code has arrived.
        """
        __tracebackhide__ = True
        return received_code(self._simulated(), number)

    def pass_time(self, seconds: float) -> None:
        """Let so many virtual *seconds* pass, in which codes expire, and calls and messages go on by themselves.

        Raises ReceiverFailure if your app does not accept a webhook of that time.
        """
        __tracebackhide__ = True
        self._simulated().pass_time(seconds)

    def fax_machine(self, *, at: str = "+13125550142", to: str = "+13125550199") -> FaxMachine:
        """Return the fax machine at the number *at*, which sends faxes to your app's number *to*.

        What your app sends to it is delivered, and your app has webhooks of that. Raises UsageError if no receiver
        is bound.
        """
        return FaxMachine(self._simulated(), at, to)

    async def acall(
        self,
        *,
        from_: str = "+13125550142",
        to: str = "+13125550199",
        impatient: bool = False,
        **fields: Any,
    ) -> AsyncCall:
        """Do what :meth:`call` does, in an async test; see :meth:`asend`."""
        simulation = self._simulated(awaited=True)
        return AsyncCall(await in_thread(rings, simulation, from_, to, fields, impatient=impatient))

    async def adialled(self, to: str | None = None) -> AsyncCall:
        """Do what :meth:`dialled` does, in an async test; see :meth:`asend`."""
        return AsyncCall(await in_thread(dialled, self._simulated(awaited=True), to))

    async def aconversation(
        self, *, from_: str = "+13125550142", to: str | None = None, by: MessageType = "SMS"
    ) -> AsyncConversation:
        """Do what :meth:`conversation` does, in an async test; see :meth:`asend`."""
        return AsyncConversation(self._conversation(from_, to, by, awaited=True))

    async def afax_machine(
        self, *, at: str = "+13125550142", to: str = "+13125550199"
    ) -> AsyncFaxMachine:
        """Do what :meth:`fax_machine` does, in an async test; see :meth:`asend`."""
        return AsyncFaxMachine(FaxMachine(self._simulated(awaited=True), at, to))

    async def acode_sent_to(self, number: str) -> str:
        """Do what :meth:`code_sent_to` does, in an async test; see :meth:`asend`."""
        return await in_thread(received_code, self._simulated(awaited=True), number)

    async def apass_time(self, seconds: float) -> None:
        """Do what :meth:`pass_time` does, in an async test; see :meth:`asend`."""
        await in_thread(self._simulated(awaited=True).pass_time, seconds)

    async def asend_again(self, event: EventName) -> None:
        """Do what :meth:`send_again` does, in an async test; see :meth:`asend`."""
        await in_thread(self._simulated(awaited=True).send_again, event)

    def _simulated(self, *, awaited: bool = False) -> Simulation:
        self._bound()
        if awaited:
            self._api.periods.join()
        if self._simulation is None:
            self._simulation = self._new_simulation(awaited)
            self._simulation.disturbances = self._disturbances
            self._simulation.leave_alone(self._played)
        if self._simulation.awaited != awaited:
            raise UsageError(
                "A test plays people with call(), conversation() and the like, or with acall(), aconversation() and the "
                "like, and cannot use both."
            )
        return self._simulation

    def _new_simulation(self, awaited: bool) -> Simulation:
        return Simulation(HandingLine(self) if awaited else self, self._api, awaited=awaited)

    def deliver_at(self, webhook: Webhook, url: str | None, attempt: int = 1) -> Delivery:
        """Do what :meth:`deliver` does, to the path and query of *url* if it is given.

        The address is that of the bound receiver all the same, as a test knows no other. Attempts before
        *attempt* were lost. Delays take no time, as the time of a simulation is virtual.
        """
        return deliver(self._steps_at(webhook, url, attempt), None)

    async def adeliver_at(self, webhook: Webhook, url: str | None, attempt: int = 1) -> Delivery:
        """Do what :meth:`deliver_at` does, on the caller's event loop."""
        return await adeliver(self._steps_at(webhook, url, attempt), self.clock)

    def _steps_at(self, webhook: Webhook, url: str | None, attempt: int) -> Steps:
        emitter = self._bound()
        if url is not None:
            parts = urlsplit(url)
            path = f"{parts.path or '/'}?{parts.query}".removesuffix("?")
            emitter = self._beside(at_path(emitter.receiver, path))
        return self._steps(webhook, {}, None, emitter, None, attempt)

    def _steps(
        self,
        what: EventName | Webhook,
        overrides: Mapping[str, Any],
        policy: Policy | str | None,
        emitter: Emitter,
        second: Receiver | None,
        first_attempt: int = 1,
    ) -> Steps:
        if isinstance(what, str):
            what = self.webhook(what, **overrides)
        elif not isinstance(what, Webhook):
            raise _not_to_send(what, "the name of an event or a webhook")
        elif overrides:
            raise _built_already(what, overrides)
        if policy is None or isinstance(policy, str):
            policy = policy_for(what.event if policy is None else policy)
        if not what.generated:
            what = what.fresh(self.clock.now())
        what = self._api.memory.carry(what)
        self._api.note_made(what)
        self._api.memory.note_webhook(what)
        if self.coverage is not None:
            self.coverage.count(what)
        emitters = [emitter] if second is None else [emitter, self._beside(second)]
        return steps(what, emitters, policy, self.key, self.clock, first_attempt)

    def _failover(self, emitter: Emitter, failover: Any) -> tuple[Receiver | None, bool]:
        """Return the receiver for *failover*, and whether it was opened for that."""
        if failover is None:
            return None, False
        if isinstance(failover, str) and failover.startswith("/"):
            return at_path(emitter.receiver, failover), False
        receiver = open_target(failover)
        return receiver, receiver is not failover

    def wait_until_idle(self, timeout: float | None = None) -> bool:
        """Wait at most *timeout* seconds for background work of the receiver.

        If *timeout* is None, :attr:`patience` says how long to wait. Returns whether the receiver
        is idle.
        """
        limit = self.patience.background_work if timeout is None else timeout
        return self._bound().receiver.wait_until_idle(limit)

    def wait_for(self, condition: Callable[[], T], timeout: float = 5.0) -> T:
        """Wait at most *timeout* seconds until *condition* returns something true, and return that.

        It is for work that nobody else can wait for, such as that of a thread or another process.
        Raises ReceiverFailure if the time is over; a test runner shows it as a failed assertion.
        """
        __tracebackhide__ = True
        end = self.clock.monotonic() + timeout
        while not (value := condition()):
            if self.clock.monotonic() >= end:
                raise _still(value, timeout)
            self.clock.sleep(self.patience.poll)
        return value

    async def await_for(self, condition: Callable[[], Any], timeout: float = 5.0) -> Any:
        """Do what :meth:`wait_for` does, in an async test. *condition* may be ``async``."""
        __tracebackhide__ = True
        end = self.clock.monotonic() + timeout
        while True:
            value = condition()
            if inspect.isawaitable(value):
                value = await value
            if value:
                return value
            if self.clock.monotonic() >= end:
                raise _still(value, timeout)
            await anyio.sleep(self.patience.poll)

    @contextmanager
    def fresh(self, receiver: Receiver | None = None) -> Iterator[Emulator]:
        """Send to a fresh receiver in the ``with`` block, for example in each Hypothesis example.

        If *receiver* is given, it is the fresh receiver. The fresh receiver is closed at the end.
        Raises UsageError if no *receiver* is given, and neither a factory nor a context manager
        made the bound receiver.
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
        inner._disturbances = replace(self._disturbances)
        inner._api.reachable = self._api.reachable
        inner._api.demanding = self._api.demanding
        try:
            yield inner
        finally:
            inner.unbind()
            receiver.close()

    def _beside(self, receiver: Receiver) -> Emitter:
        """Return an emitter to *receiver*, which shares the fake API with the bound receiver."""
        self._bound()
        if receiver.in_process:
            self.begin()
        return self._emitter_to(receiver)

    def _emitter_to(self, receiver: Receiver) -> Emitter:
        return Emitter(receiver, self._api, patience=self.patience, recorder=self.journal)

    def _bound(self) -> Emitter:
        if self._emitter is None:
            raise UsageError(
                "No receiver is bound to telnyx_mock. Define a fixture telnyx_receiver that "
                "returns your app, or set telnyx_app or telnyx_url in the pytest settings "
                "(--telnyx-app, --telnyx-url)."
            )
        return self._emitter


def _still(value: object, seconds: float) -> ReceiverFailure:
    return ReceiverFailure(f"After {seconds:g} s, the condition is still {value!r}.")


def _built_already(what: object, overrides: Iterable[str]) -> UsageError:
    return UsageError(
        f"{what!r} is built already, so {', '.join(sorted(overrides))} cannot be set; "
        "give the event's name instead."
    )


def _not_to_send(what: object, expected: str) -> UsageError:
    return UsageError(f"{what!r:.200} cannot be sent; give {expected}.")
