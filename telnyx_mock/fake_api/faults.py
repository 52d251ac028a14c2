"""What a test or a rule of the contract makes of the fake API: prepared answers, errors, and delays."""

from __future__ import annotations

import math
import threading
from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from fnmatch import fnmatchcase
from typing import Any

from telnyx_mock.errors import UsageError
from telnyx_mock.fake_api.answers import ApiAnswer, TimedOut, WasReset, answer
from telnyx_mock.fake_api.api_errors import body_of_error, lasting_error
from telnyx_mock.fake_api.command import Command
from telnyx_mock.fake_api.prepared import Prepared, Status, require_path, require_status


class Faults(ABC):
    """Answers in place of the usual answer, and how long answers take.

    ``latency`` is how many seconds an answer takes, and ``service_latency`` how many an answer of
    another service takes, or its failure. ``fails_next`` is the status of an error that the next command
    gets, unless it only reads.
    """

    def __init__(self) -> None:
        self.latency = 0.0
        self.service_latency = 0.0
        self.fails_next: int | None = None
        self._latencies: list[tuple[str, float]] = []
        self._slow_left = math.inf
        self._rules: list[Prepared] = []
        self._refused: list[Command] | None = None
        self._failure: list[Status] = []
        self._lock = threading.Lock()

    @abstractmethod
    def _usual(self, command: Command, status: int | None = None) -> ApiAnswer:
        """Return the answer of success, with *status* if it is given."""

    def answer_with(
        self,
        method: str,
        path: str,
        *,
        status: Status = 200,
        body: Mapping[str, Any] | None = None,
        after: int = 0,
        times: float = math.inf,
        share: float = 1.0,
        headers: Mapping[str, str] | None = None,
    ) -> None:
        """Answer calls of *method* to *path* with *status* and the JSON *body* from now on.

        The first calls, as many as *after* says, are answered as before, and then only as many as *times*
        says have this answer: with ``after=2, times=1`` the third call. Of the calls that could have it, only a *share*
        does: 0.1 is every tenth, by chance, and the same ones in each run. *headers* are further headers of
        it, such as ``{"retry-after": "2"}`` beside the status 429.

        ``*`` in *path* matches any text: ``/v2/calls/*/actions/answer``. If several prepared
        answers match a call, the one that was prepared last counts. Without *body* the answer has
        the usual body, or an error in Telnyx's form if *status* is 400 or more. If *status* is
        None or ``"reset"``, the call is recorded but not answered. If it is None, the client raises its
        timeout error at once (``httpx.ReadTimeout``, ``requests.exceptions.ReadTimeout``), and otherwise its
        error for a connection that was reset (``httpx.ReadError``, ``requests.exceptions.ConnectionError``).
        After both, and after the statuses 408, 409, 429 and 5xx, the official SDK tries again, so one call
        causes several commands.

        Raises UsageError if *path* does not start with a slash, or another argument is impossible.
        """
        self._rules.append(
            Prepared(
                method, path, status, body, after=after, times=times, share=share, headers=headers
            )
        )

    @property
    def is_failing(self) -> bool:
        """Whether :meth:`failing` or :meth:`refusing` makes commands fail now."""
        return self._refused is not None or bool(self._failure)

    @contextmanager
    def failing(self, status: Status) -> Iterator[None]:
        """Answer every call with an error of this *status*, inside the ``with`` block.

        So do the other services that the fake API stands for.

        If *status* is None, every call times out, and if it is ``"reset"``, every connection is reset; see
        :meth:`answer_with`.
        """
        require_status(status)
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
    def taking(self, seconds: float, path: str = "/*") -> Iterator[None]:
        """Take *seconds* for each answer to a call to *path* within the ``with`` block.

        ``*`` in *path* matches any text. A client with a shorter timeout waits only for that, and raises its
        timeout error. Raises UsageError for a negative number of seconds, and if *path* does not start with
        a slash.
        """
        if seconds < 0:
            raise UsageError(f"An answer cannot take {seconds:g} s; give 0 or more.")
        require_path(path)
        latency = path, seconds
        self._latencies.append(latency)
        try:
            yield
        finally:
            self._latencies.remove(latency)

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

    def delay(self, path: str | None = None, patience: float | None = None) -> float:
        """Return how many seconds a call takes now, at most *patience*, and count them.

        It is a command to *path*, or a call to another service if that is None.
        """
        if path is None:
            latency = self.service_latency
        else:
            found = (each for known, each in reversed(self._latencies) if fnmatchcase(path, known))
            latency = next(found, self.latency)
        seconds = min(latency, self._slow_left, math.inf if patience is None else patience)
        self._slow_left -= seconds
        return seconds

    def _fault(self, command: Command) -> ApiAnswer | None:
        """Return what *command* gets in place of the usual answer, or None.

        Raises NoAnswer if the client gets nothing.
        """
        if self.fails_next is not None and not command.is_read:
            failure, self.fails_next = self.fails_next, None
            made = answer(failure, body_of_error(failure, command), to=command.method)
            # The official SDKs try again after this time, in place of a second of their own.
            return replace(made, headers=(*made.headers, ("retry-after-ms", "1")))
        refusal = None if self._refused is None else lasting_error(command)
        if self._refused is not None and refusal is not None:
            self._refused.append(command)
            return answer(refusal.status, refusal.body, to=command.method)
        with self._lock:
            prepared = next((each for each in reversed(self._rules) if each.takes(command)), None)
        return None if prepared is None else self._as_prepared(prepared, command)

    def _as_prepared(self, prepared: Prepared, command: Command) -> ApiAnswer:
        status, body = require_answer(prepared.status), prepared.body
        if body is None and status < 400:
            made = self._usual(command, status)
        else:
            body = body_of_error(status, command) if body is None else body
            made = answer(status, body, to=command.method)
        return replace(made, headers=(*made.headers, *prepared.headers.items()))

    def _clear_faults(self) -> None:
        """Forget all that was prepared, so that a new test can begin."""
        self._rules.clear()
        self.fails_next = None
        self.latency = 0.0


def require_answer(status: Status) -> int:
    """Return *status* if it is that of an answer. Raises NoAnswer otherwise."""
    if status is None:
        raise TimedOut
    if status == "reset":
        raise WasReset
    return status
