"""The state of the fake API: what was asked of it, what was refused, what it answers.

It knows no HTTP client. Doors bring calls to :meth:`FakeApi.respond` and carry the answer back.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from fnmatch import fnmatchcase
from typing import Any

from telnyx_mock.clock import SYSTEM_CLOCK, Clock
from telnyx_mock.errors import UsageError
from telnyx_mock.fake_api.answers import ApiAnswer, TimedOut, answer, error, plausible
from telnyx_mock.fake_api.command import Command

__all__ = ["FakeApi"]


class FakeApi:
    """Stands in for ``api.telnyx.com``: records each command and answers a plausible 200.

    ``commands`` are in the order of arrival. ``refused`` has a sentence for each call that the
    guard at name resolution kept from leaving the machine: the host, the client, what to do.
    ``latency`` is how many seconds it takes to answer; a command is recorded when it comes.
    """

    def __init__(self, clock: Clock = SYSTEM_CLOCK) -> None:
        self.commands: list[Command] = []
        self.refused: list[str] = []
        self.latency = 0.0
        self._clock = clock
        self._told: list[tuple[str, str, int | None, Any]] = []

    def respond(self, method: str, url: str, headers: Mapping[str, str], body: bytes) -> ApiAnswer:
        """Record the call and answer it: as told by :meth:`answer_with`, else as Telnyx would.

        Raises TimedOut where it was told to give no answer.
        """
        command = Command.read(method, url, headers, body, self._clock.now())
        self.commands.append(command)
        for told_method, path, status, told_body in reversed(self._told):
            if told_method == command.method and fnmatchcase(command.path, path):
                if status is None:
                    raise TimedOut
                if told_body is None:
                    told_body = plausible(command) if status < 400 else error(status)
                return answer(status, told_body, to=command.method)
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

        *path* may hold ``*`` for anything: ``/v2/calls/*/actions/answer``. Of answers that match,
        the last one told counts. Without *body*, it is the usual one, or an error of Telnyx's
        form where *status* is 400 or more. Where *status* is None there is no answer: the call is
        recorded, and the client raises at once what it does when it has waited too long
        (``httpx.ReadTimeout``, ``requests.exceptions.ReadTimeout``). The official SDK tries again
        after that and after 408, 409, 429 and 5xx, so those show up as several commands.

        Raises UsageError for a path without its slash and for a status that is none.
        """
        if not path.startswith("/"):
            raise UsageError(
                f"The path {path!r} does not start with a slash; write it as /v2/messages."
            )
        if not re.fullmatch(r"[A-Za-z]+", method):
            raise UsageError(f"{method!r} is no HTTP method; write POST, GET and so on.")
        if status is not None and not 200 <= status <= 599:
            raise UsageError(
                f"{status!r} is no status of a final answer; choose one from 200 to 599, or None for "
                "no answer."
            )
        self._told.append((method.upper(), path, status, body))

    @contextmanager
    def failing(self, status: int | None) -> Iterator[None]:
        """Answer every call with an error of this *status*, inside the ``with`` block.

        None lets every call time out; see :meth:`answer_with`.
        """
        before = list(self._told)
        for method in ("GET", "POST", "PUT", "PATCH", "DELETE"):
            self.answer_with(method, "/*", status=status)
        try:
            yield
        finally:
            self._told[:] = before

    @contextmanager
    def taking(self, seconds: float) -> Iterator[None]:
        """Take *seconds* for each answer, inside the ``with`` block.

        No time limit of the client's cuts that short; for a client that gives up, see
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
        """Forget commands, refusals and what was told of answers: a new test begins."""
        self.commands.clear()
        self.refused.clear()
        self._told.clear()
        self.latency = 0.0
