"""The state of the fake API: the commands it got, the calls that were blocked, what it answers.

It knows no HTTP client. Interceptors bring calls to :meth:`FakeApi.respond`, and return the answer.
"""

from __future__ import annotations

import importlib.util
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import Any

from telnyx_mock.clock import SYSTEM_CLOCK, Clock
from telnyx_mock.errors import UsageError
from telnyx_mock.fake_api.answers import ApiAnswer, TimedOut, answer, error, plausible
from telnyx_mock.fake_api.command import Command
from telnyx_mock.provider_urls import API_HOST

__all__ = ["BlockedCall", "FakeApi", "responses_installed"]


def responses_installed() -> bool:
    """Whether the extra ``requests`` is installed, and with it the interceptor for that client."""
    return importlib.util.find_spec("responses") is not None


@dataclass(frozen=True, slots=True)
class BlockedCall:
    """A call by *client* to *host* that was not let out. As text it is a sentence with what to do."""

    host: str
    client: str

    def __str__(self) -> str:
        blocked = f"A call by {self.client} to {self.host} was not let out"
        if self.host.rstrip(".").lower() != API_HOST:
            return (
                f"{blocked}: the fake API answers for {API_HOST} only, so mock this call yourself."
            )
        extra = " and requests"
        if not responses_installed():
            extra = (
                ", and requests with the extra that is missing: pip install 'telnyx-mock[requests]'"
            )
        return f"{blocked}: the fake API catches httpx{extra}. Mock the calls of other clients yourself."


class FakeApi:
    """Stands in for ``api.telnyx.com``: records each command, and answers a plausible 200.

    ``commands`` are in the order of arrival. ``blocked`` has the calls that the name guard kept from
    leaving this machine. ``latency`` is how many seconds an answer takes; a command is recorded when
    it arrives.
    """

    def __init__(self, clock: Clock = SYSTEM_CLOCK) -> None:
        self.commands: list[Command] = []
        self.blocked: list[BlockedCall] = []
        self.latency = 0.0
        self._clock = clock
        self._rules: list[tuple[str, str, int | None, Any]] = []

    def respond(self, method: str, url: str, headers: Mapping[str, str], body: bytes) -> ApiAnswer:
        """Record the call and answer it: as :meth:`answer_with` says, or else as Telnyx would.

        Raises TimedOut if :meth:`answer_with` says that there is no answer.
        """
        command = Command.read(method, url, headers, body, self._clock.now())
        self.commands.append(command)
        for rule_method, path, status, result in reversed(self._rules):
            if rule_method == command.method and fnmatchcase(command.path, path):
                if status is None:
                    raise TimedOut
                if result is None:
                    result = plausible(command) if status < 400 else error(status)
                return answer(status, result, to=command.method)
        return answer(200, plausible(command), to=command.method)

    def answer_with(
        self,
        method: str,
        path: str,
        *,
        status: int | None = 200,
        body: Mapping[str, Any] | None = None,
    ) -> None:
        """Answer calls of *method* to *path* with *status* and the JSON *body* from now on.

        ``*`` in *path* stands for anything: ``/v2/calls/*/actions/answer``. If several calls of this
        method match, the latest counts. Without *body* the answer has the usual one, or an error in
        Telnyx's form if *status* is 400 or more. If *status* is None there is no answer: the call is
        recorded, and the client raises at once what it raises after waiting too long
        (``httpx.ReadTimeout``, ``requests.exceptions.ReadTimeout``). The official SDK tries again
        after that and after 408, 409, 429 and 5xx, so it causes several commands.

        Raises UsageError for a path without its slash, and for an impossible method or status.
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
        self._rules.append((method.upper(), path, status, body))

    @contextmanager
    def failing(self, status: int | None) -> Iterator[None]:
        """Answer every call with an error of this *status*, inside the ``with`` block.

        With None every call times out; see :meth:`answer_with`.
        """
        before = list(self._rules)
        for method in ("GET", "POST", "PUT", "PATCH", "DELETE"):
            self.answer_with(method, "/*", status=status)
        try:
            yield
        finally:
            self._rules[:] = before

    @contextmanager
    def taking(self, seconds: float) -> Iterator[None]:
        """Take *seconds* for each answer, inside the ``with`` block.

        The time limit of a client does not cut that short; for a client that gives up, use
        :meth:`failing`. Raises UsageError for a negative number.
        """
        if seconds < 0:
            raise UsageError(f"An answer cannot take {seconds:g} s; give 0 or more.")
        before, self.latency = self.latency, seconds
        try:
            yield
        finally:
            self.latency = before

    def clear(self) -> None:
        """Forget commands, blocked calls and prepared answers: a new test begins."""
        self.commands.clear()
        self.blocked.clear()
        self._rules.clear()
        self.latency = 0.0
