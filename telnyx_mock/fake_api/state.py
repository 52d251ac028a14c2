"""The state of the fake API: received commands, blocked calls, and prepared answers.

This module knows no HTTP client. Interceptors pass calls to :meth:`FakeApi.respond`, and return the
answer.
"""

from __future__ import annotations

import math
import re
import warnings
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from fnmatch import fnmatchcase
from typing import Any
from urllib.parse import urlsplit

from telnyx_mock.clock import SYSTEM_CLOCK, Clock
from telnyx_mock.errors import UsageError
from telnyx_mock.fake_api import checks
from telnyx_mock.fake_api.answers import ApiAnswer, TimedOut, answer, plausible
from telnyx_mock.fake_api.api_errors import body_of_error, lasting_error
from telnyx_mock.fake_api.assertions import Assertions
from telnyx_mock.fake_api.blocked_call import BlockedCall
from telnyx_mock.fake_api.call_memory import CallMemory
from telnyx_mock.fake_api.command import Command
from telnyx_mock.fake_api.generic import generic
from telnyx_mock.fake_api.history import History
from telnyx_mock.fake_api.late_call import LateCall
from telnyx_mock.fake_api.periods import Periods
from telnyx_mock.fake_api.service_call import ServiceCall
from telnyx_mock.provider_urls import API_HOST


@dataclass(slots=True)
class _Prepared:
    """An answer for calls of *method* to *path*, which is given as often as there are *left*."""

    method: str
    path: str
    status: int | None
    body: Any
    left: float
    headers: Mapping[str, str]

    def is_for(self, command: Command) -> bool:
        return self.method == command.method and fnmatchcase(command.path, self.path)


class FakeApi(Assertions):
    """Replaces ``api.telnyx.com``: records each command, and answers with success.

    ``history`` has the commands in the order of arrival, and ``blocked`` the calls that the guards
    blocked. ``latency`` is how many seconds an answer takes, and ``service_latency`` how many an
    answer of another service takes, or its failure. ``memory`` knows what commands set for a call.
    ``unmodelled`` are the calls whose true answer the fake API does not know. ``late`` are the calls
    that came after their test, whose ``periods`` tell them apart; no test counts them. While
    ``reachable`` is a set, clients reach only this machine and these hosts. Calls to other services are
    then accepted and recorded in ``service_calls``, unless the host is one of ``demanding``: the app
    needs more than an empty answer of it. Otherwise, parameters that Telnyx refuses are refused. A call is
    recorded when it arrives, not when it is answered.
    ``listeners`` hear of each command of this test, and of its answer, in the thread of the client.
    ``fails_next`` is the status of an error that the next command gets, unless it only reads.
    """

    def __init__(self, clock: Clock = SYSTEM_CLOCK) -> None:
        self.history: History[Command] = History()
        self.blocked: History[BlockedCall] = History()
        self.latency = 0.0
        self.service_calls: History[ServiceCall] = History()
        self.service_latency = 0.0
        self._slow_left = math.inf
        self.demanding: set[str] = set()
        self.memory = CallMemory()
        self.unmodelled: History[Command | ServiceCall] = History()
        self.late: History[LateCall] = History()
        self.periods = Periods()
        self.listeners: list[Callable[[Command, ApiAnswer], None]] = []
        self.reachable: set[str] | None = None
        self.unresolved: set[str] = set()
        self._clock = clock
        self._rules: list[_Prepared] = []
        self._refused: list[Command] | None = None
        self._failure: list[int | None] = []
        self.fails_next: int | None = None

    def exchange(
        self,
        method: str,
        url: str,
        headers: Mapping[str, str],
        body: bytes,
        patience: float | None = None,
    ) -> tuple[ApiAnswer | None, float]:
        """Return the answer to a client's call to Telnyx or another service, and after how many seconds.

        The answer is None if the client gives up; it waits at most *patience* seconds.
        """
        is_command = urlsplit(url).hostname == API_HOST
        made: ApiAnswer | None = None
        with suppress(TimedOut):
            if is_command:
                made = self.respond(method, url, headers, body)
            else:
                made = self.accept(ServiceCall.read(method, url, headers))
        seconds = self.delay(is_command=is_command, patience=patience)
        is_too_slow = patience is not None and 0 < patience == seconds
        return (None if is_too_slow else made), seconds

    def delay(self, *, is_command: bool = False, patience: float | None = None) -> float:
        """Return how many seconds a call takes now, at most *patience*, and count them."""
        latency = self.latency if is_command else self.service_latency
        seconds = min(latency, self._slow_left, math.inf if patience is None else patience)
        self._slow_left -= seconds
        return seconds

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
        TimedOut if :meth:`answer_with` says that there is no answer.
        """
        command = Command.read(method, url, headers, body, self._clock.now())
        if (period := self.periods.late(command.texts())) is not None:
            self.late.append(LateCall(command.name, period))
            return answer(200, plausible(command) or {"data": {}}, to=command.method)
        self.history.append(command, len(body))
        made = self._answer(command, body)
        if (call := self.memory.note_command(command, made)) is not None:
            self.periods.note_id(call)
        for listener in self.listeners:
            listener(command, made)
        return made

    def note_blocked(self, call: BlockedCall) -> None:
        """Note a call that a guard blocked, in ``late`` if it comes after its test."""
        if (period := self.periods.late()) is None:
            self.blocked.append(call)
        else:
            self.late.append(LateCall(f"a call by {call.client} to {call.host}", period))

    def accept(self, call: ServiceCall) -> ApiAnswer:
        """Record *call*, and return an empty JSON object, or the error that every call gets now.

        Raises TimedOut if every call times out now.
        """
        self.service_calls.append(call)
        if self._failure:
            status = self._failure[-1]
            if status is None:
                raise TimedOut
            return answer(status, {}, to=call.method)
        self.unmodelled.append(call)
        return answer(200, {}, to=call.method)

    def _answer(self, command: Command, body: bytes) -> ApiAnswer:
        if self.fails_next is not None and not command.is_read:
            failure, self.fails_next = self.fails_next, None
            made = answer(failure, body_of_error(failure, command), to=command.method)
            # The official SDKs try again after this time, in place of a second of their own.
            return replace(made, headers=(*made.headers, ("retry-after-ms", "1")))
        refusal = None if self._refused is None else lasting_error(command)
        if self._refused is not None and refusal is not None:
            self._refused.append(command)
            return answer(refusal.status, refusal.body, to=command.method)
        for prepared in reversed(self._rules):
            if prepared.is_for(command) and prepared.left > 0:
                prepared.left -= 1
                status, result = prepared.status, prepared.body
                if status is None:
                    raise TimedOut
                if result is None and status < 400:
                    made = self._usual(command, status)
                else:
                    result = body_of_error(status, command) if result is None else result
                    made = answer(status, result, to=command.method)
                return replace(made, headers=(*made.headers, *prepared.headers.items()))
        if (error := self.memory.refusal(command)) is not None:
            return answer(error.status, error.body, to=command.method)
        # While the contract judges, what counts is how the receiver treats webhooks.
        refused = checks.refusal(command, body) if self.reachable is None else None
        return refused or self._usual(command)

    def _usual(self, command: Command, status: int | None = None) -> ApiAnswer:
        """Return the answer of success, with *status* if it is given; a generic one where none is modelled."""
        body = plausible(command, is_alive=not self.memory.has_ended(command.call))
        if body is not None or status == 204:
            return answer(status or 200, body, to=command.method)
        self.unmodelled.append(command)
        made = generic(command) or answer(200, {"data": {}}, to=command.method)
        return made if status is None else replace(made, status=status)

    def answer_with(
        self,
        method: str,
        path: str,
        *,
        status: int | None = 200,
        body: Mapping[str, Any] | None = None,
        times: float = math.inf,
        headers: Mapping[str, str] | None = None,
    ) -> None:
        """Answer calls of *method* to *path* with *status* and the JSON *body* from now on.

        With *times*, only the next so many calls have this answer. *headers* are further headers of
        it, such as ``{"retry-after": "2"}`` beside the status 429.

        ``*`` in *path* matches any text: ``/v2/calls/*/actions/answer``. If several prepared
        answers match a call, the one that was prepared last counts. Without *body* the answer has
        the usual body, or an error in Telnyx's form if *status* is 400 or more. If *status* is
        None, the call is recorded but not answered: the client raises its timeout error at once
        (``httpx.ReadTimeout``, ``requests.exceptions.ReadTimeout``). After a timeout, and after the
        statuses 408, 409, 429 and 5xx, the official SDK tries again, so one call causes several
        commands.

        Raises UsageError if *path* does not start with a slash, or *method*, *status* or *times* is
        impossible.
        """
        if not path.startswith("/"):
            raise UsageError(
                f"The path {path!r} does not start with a slash; write it as /v2/messages."
            )
        if not re.fullmatch(r"[A-Za-z]+", method):
            raise UsageError(f"{method!r} is not an HTTP method; write POST, GET and so on.")
        if status is not None and not 200 <= status <= 599:
            raise UsageError(
                f"{status!r} is not the status of a final answer; choose one from 200 to 599, or None for "
                "no answer."
            )
        if times < 1:
            raise UsageError(f"An answer cannot be given {times!r} times; give 1 or more.")
        self._rules.append(_Prepared(method.upper(), path, status, body, times, headers or {}))

    @property
    def is_failing(self) -> bool:
        """Whether :meth:`failing` or :meth:`refusing` makes commands fail now."""
        return self._refused is not None or bool(self._failure)

    @contextmanager
    def failing(self, status: int | None) -> Iterator[None]:
        """Answer every call with an error of this *status*, inside the ``with`` block.

        So do the other services that the fake API stands for.

        If *status* is None, every call times out; see :meth:`answer_with`.
        """
        before = list(self._rules)
        self._failure.append(status)
        for method in ("GET", "POST", "PUT", "PATCH", "DELETE"):
            self.answer_with(method, "/*", status=status)
        try:
            yield
        finally:
            self._rules[:] = before
            self._failure.pop()

    @contextmanager
    def isolated(self, reachable: Iterable[str] = ()) -> Iterator[None]:
        """Keep clients from machines other than this one and *reachable*, inside the block.

        A host name without a dot, such as ``db``, is one of the user's own network, and stays
        reachable.
        """
        before, self.reachable = self.reachable, set(reachable)
        try:
            yield
        finally:
            self.reachable = before

    @contextmanager
    def refusing(self) -> Iterator[list[Command]]:
        """Refuse what can never succeed, inside the ``with`` block; yield the refused commands.

        The answers are as if each call had ended (422 with code 90018) and each recipient of a
        message had opted out (400 with code 40300). Any other command succeeds.
        """
        before, self._refused = self._refused, []
        try:
            yield self._refused
        finally:
            self._refused = before

    @contextmanager
    def taking(self, seconds: float) -> Iterator[None]:
        """Take *seconds* for each answer within the ``with`` block.

        A client with a shorter timeout waits only for that, and raises its timeout error. Raises
        UsageError for a negative number of seconds.
        """
        if seconds < 0:
            raise UsageError(f"An answer cannot take {seconds:g} s; give 0 or more.")
        before, self.latency = self.latency, seconds
        try:
            yield
        finally:
            self.latency = before

    @contextmanager
    def services_taking(self, seconds: float) -> Iterator[None]:
        """Let each call to another service take *seconds* within the ``with`` block."""
        before, self.service_latency = self.service_latency, seconds
        try:
            yield
        finally:
            self.service_latency = before

    @contextmanager
    def slow_for(self, seconds: float) -> Iterator[None]:
        """Let calls take at most so many *seconds* in total within the ``with`` block.

        An app may make many calls because of one webhook, and would take minutes.
        """
        before, self._slow_left = self._slow_left, seconds
        try:
            yield
        finally:
            self._slow_left = before

    def clear(self) -> None:
        """Forget all but the late calls, so that a new test can begin."""
        self.history.clear()
        self.blocked.clear()
        self.service_calls.clear()
        self.unmodelled.clear()
        self._rules.clear()
        self.fails_next = None
        self.listeners.clear()
        self.memory.clear()
        self.latency = 0.0
