"""The fake API: records the commands, blocked calls and calls to other services, and answers them.

This module knows no HTTP client. Interceptors pass calls to :meth:`FakeApi.respond`, and return the
answer.
"""

from __future__ import annotations

import threading
import warnings
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from urllib.parse import urlsplit

from telnyx_mock.clock import SYSTEM_CLOCK, Clock
from telnyx_mock.fake_api import checks
from telnyx_mock.fake_api.answers import ApiAnswer, NoAnswer, TimedOut, answer, plausible
from telnyx_mock.fake_api.assertions import Assertions
from telnyx_mock.fake_api.blocked_call import BlockedCall
from telnyx_mock.fake_api.call_memory import CallMemory
from telnyx_mock.fake_api.command import Command
from telnyx_mock.fake_api.faults import Faults, require_answer
from telnyx_mock.fake_api.generic import generic
from telnyx_mock.fake_api.history import History
from telnyx_mock.fake_api.late_call import LateCall
from telnyx_mock.fake_api.periods import Periods
from telnyx_mock.fake_api.rate_limit import with_rate_limit
from telnyx_mock.fake_api.service_call import ServiceCall
from telnyx_mock.fake_api.verifications import Verifications
from telnyx_mock.payload.webhook import Webhook
from telnyx_mock.provider_urls import API_HOST


class FakeApi(Assertions, Faults):
    """Replaces ``api.telnyx.com``: records each command, and answers with success.

    ``history`` has the commands in the order of arrival, and ``blocked`` the calls that the guards
    blocked. ``memory`` knows what commands set for a call, and ``verifications`` the codes that people got.
    ``unmodelled`` are the calls whose true answer the fake API does not know. ``late`` are the calls
    that came after their test, whose ``periods`` tell them apart; no test counts them. While
    ``reachable`` is a set, clients reach only this machine and these hosts. Calls to other services are
    then accepted and recorded in ``service_calls``, unless the host is one of ``demanding``: the app
    needs more than an empty answer of it. Otherwise, parameters that Telnyx refuses are refused. A call is
    recorded when it arrives, not when it is answered.
    If the contract *has_judged* in this test, nothing is refused for the state of a call: a thread of the app may
    send late what the contract led to. ``listeners`` hear of each command of this test, and of its answer, in the thread of the client.
    """

    def __init__(self, clock: Clock = SYSTEM_CLOCK) -> None:
        super().__init__()
        self.history: History[Command] = History()
        self.blocked: History[BlockedCall] = History()
        self.service_calls: History[ServiceCall] = History()
        self.demanding: set[str] = set()
        self.memory = CallMemory()
        self.verifications = Verifications()
        self.unmodelled: History[Command | ServiceCall] = History()
        self.late: History[LateCall] = History()
        self.periods = Periods()
        self.listeners: list[Callable[[Command, ApiAnswer], None]] = []
        self.reachable: set[str] | None = None
        self.unresolved: set[str] = set()
        self._clock = clock
        self.has_judged = False
        self._answering = threading.Lock()  # of two commands with the same id, one counts

    def exchange(
        self,
        method: str,
        url: str,
        headers: Mapping[str, str],
        body: bytes,
        patience: float | None = None,
    ) -> tuple[ApiAnswer | NoAnswer, float]:
        """Return the answer to a client's call to Telnyx or another service, and after how many seconds.

        The client waits at most *patience* seconds for it.
        """
        parts = urlsplit(url)
        is_command = parts.hostname == API_HOST
        made: ApiAnswer | NoAnswer
        try:
            if is_command:
                made = with_rate_limit(self.respond(method, url, headers, body))
            else:
                made = self.accept(ServiceCall.read(method, url, headers))
        except NoAnswer as none:
            made = none
        seconds = self.delay(parts.path if is_command else None, patience)
        is_too_slow = patience is not None and 0 < patience == seconds
        return (TimedOut() if is_too_slow else made), seconds

    @property
    def commands(self) -> list[Command]:
        """The commands of this test in the order of arrival: the last 10,000, or those of 20 MB.

        Warns if older commands are forgotten.
        """
        if self.history.forgotten:
            warnings.warn(
                f"Only the last {len(self.history):,} commands are kept, and "
                f"{self.history.forgotten:,} earlier ones are forgotten. Use each delivery's own "
                "commands, or send less in one test.",
                stacklevel=2,
            )
        return self.history

    def respond(self, method: str, url: str, headers: Mapping[str, str], body: bytes) -> ApiAnswer:
        """Record the call, and return the prepared answer or the usual answer.

        A call that comes after its test goes into ``late`` only, and has the usual answer. Raises
        NoAnswer if :meth:`answer_with` says that there is no answer.
        """
        command = Command.read(method, url, headers, body, self._clock.now())
        if (period := self.periods.late(command.texts())) is not None:
            self.late.append(LateCall(command.name, period))
            return answer(200, plausible(command) or {"data": {}}, to=command.method)
        with self._answering:
            earlier = self.memory.repeats.earlier(command)
            command = replace(command, is_repeat=earlier is not None)
            self.history.append(command, len(body))
            made = self._fault(command) or earlier or self._answer(command, body)
            call = self.memory.note_command(command, made)
        if call is not None:
            self.periods.note_id(call)
        self.verifications.note(command, made)
        for listener in self.listeners:
            listener(command, made)
        return made

    def keep_time(self, now: Callable[[], float] | None) -> None:
        """Let *now* give the Unix time in which commands repeat and codes expire; None stands for the clock."""
        self.memory.repeats.now = self.verifications.now = now

    def note_made(self, webhook: Webhook) -> None:
        """Note that a test made *webhook*: its ids are known, even if it sends the webhook by itself."""
        self.periods.note(webhook)
        self.memory.states.note_webhook(webhook, is_sent=False)

    def note_blocked(self, call: BlockedCall) -> None:
        """Note a call that a guard blocked, in ``late`` if it comes after its test."""
        if (period := self.periods.late()) is None:
            self.blocked.append(call)
        else:
            self.late.append(LateCall(f"a call by {call.client} to {call.host}", period))

    def accept(self, call: ServiceCall) -> ApiAnswer:
        """Record *call*, and return an empty JSON object, or the error that every call gets now.

        Raises NoAnswer if no call has an answer now.
        """
        self.service_calls.append(call)
        if self._failure:
            return answer(require_answer(self._failure[-1]), {}, to=call.method)
        self.unmodelled.append(call)
        return answer(200, {}, to=call.method)

    def _answer(self, command: Command, body: bytes) -> ApiAnswer:
        if (error := self.memory.refusal(command)) is not None:
            return answer(error.status, error.body, to=command.method)
        if self.reachable is not None:
            # While the contract judges, what counts is how the receiver treats webhooks.
            return self._usual(command)
        error = None if self.has_judged else self.memory.states.refusal(command)
        if error is not None:
            return answer(error.status, error.body, to=command.method)
        return checks.refusal(command, body) or self._usual(command)

    def _usual(self, command: Command, status: int | None = None) -> ApiAnswer:
        """Return the answer of success, with *status* if it is given; a generic one where none is modelled."""
        body = self.verifications.answer(command)
        if body is None:
            body = plausible(command, is_alive=self.memory.goes_on(command.call))
        if body is not None or status == 204:
            return answer(status or 200, body, to=command.method)
        self.unmodelled.append(command)
        made = generic(command) or answer(200, {"data": {}}, to=command.method)
        return made if status is None else replace(made, status=status)

    @contextmanager
    def isolated(self, reachable: Iterable[str] = ()) -> Iterator[None]:
        """Keep clients from machines other than this one and *reachable*, inside the block.

        A host name without a dot, such as ``db``, is one of the user's own network, and stays
        reachable.
        """
        before, self.reachable = self.reachable, set(reachable)
        self.has_judged = True
        try:
            yield
        finally:
            self.reachable = before

    def clear(self) -> None:
        """Forget all but the late calls, so that a new test can begin."""
        self.history.clear()
        self.blocked.clear()
        self.service_calls.clear()
        self.unmodelled.clear()
        self.listeners.clear()
        self.has_judged = False
        self.memory.clear()
        self.verifications.clear()
        self._clear_faults()
        self._forget_expected()
