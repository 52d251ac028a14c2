"""The outcome of one delivery: each request that was sent, its answer, and the elapsed time."""

from __future__ import annotations

import http
import os
import re
from collections.abc import Sequence
from dataclasses import dataclass

from telnyx_mock.delivery.curl import curl
from telnyx_mock.delivery.hints import LATE, hint
from telnyx_mock.errors import ReceiverFailure
from telnyx_mock.fake_api.blocked_call import BlockedCall
from telnyx_mock.fake_api.command import Command
from telnyx_mock.fake_api.service_call import ServiceCall
from telnyx_mock.hidden import beginning, without_secrets
from telnyx_mock.payload.request import Request
from telnyx_mock.payload.webhook import Webhook
from telnyx_mock.transports.own_code import is_library
from telnyx_mock.transports.receiver import BODY_LIMIT, NoAnswerReason, Response


@dataclass(frozen=True, slots=True)
class Attempt:
    """One request, and its answer or the reason why it has no answer.

    *elapsed* is in seconds. *problem* says why the receiver was unreachable, or where
    the app blocks. *delay* is how many
    seconds Telnyx waits before this attempt. *id* is the id of the attempt in the journal, or empty
    without a journal. *resent* says whether the request went out twice, because the server had closed
    the first connection.
    """

    request: Request
    url: str
    response: Response | None
    elapsed: float
    no_answer: NoAnswerReason | None = None
    problem: str = ""
    delay: float = 0.0
    id: str = ""
    resent: bool = False

    @property
    def crash(self) -> str | None:
        """The traceback of an exception that left an app in process, or None."""
        return None if self.response is None else self.response.crash

    @property
    def logged(self) -> str | None:
        """The traceback of an exception that the app logged before it answered 4xx or 5xx."""
        return None if self.response is None else self.response.logged

    def answer(self) -> str:
        """The answer, in a few words."""
        if self.response is None:
            why = self.problem or (self.no_answer.value if self.no_answer else "")
            return f"no answer ({why}) after {self.elapsed:.1f} s"
        try:
            phrase = f" {http.HTTPStatus(self.response.status).phrase}"
        except ValueError:
            phrase = ""
        error = self.crash or self.logged
        if error:
            return f"{self.response.status}{phrase} ({cause_of(error)})"
        if self.response.truncated:
            return (
                f"{self.response.status}{phrase}, with a body of more than {BODY_LIMIT >> 20} MiB"
            )
        return f"{self.response.status}{phrase}"


@dataclass(frozen=True, slots=True)
class Delivery:
    """The outcome of one delivery.

    *attempts* are in the order in which they went out. *commands* are the calls to the Telnyx API
    that the receiver made before it answered. *blocked* are the calls that were kept from leaving
    this machine. *unmodelled* are the calls whose true answer the fake API does not know.
    """

    attempts: tuple[Attempt, ...]
    commands: tuple[Command, ...] = ()
    blocked: tuple[BlockedCall, ...] = ()
    unmodelled: tuple[Command | ServiceCall, ...] = ()

    @property
    def request(self) -> Request:
        """The request of the last attempt."""
        return self.attempts[-1].request

    @property
    def id(self) -> str:
        """The id of the last attempt in the journal; empty if there is no journal."""
        return self.attempts[-1].id

    @property
    def webhook(self) -> Webhook | None:
        """The webhook that was sent, with its ids, or None if the request has no webhook."""
        return self.request.webhook

    @property
    def response(self) -> Response | None:
        """The answer to the last attempt, or None if there was no answer."""
        return self.attempts[-1].response

    @property
    def status(self) -> int | None:
        """The status of the answer, or None if there was no answer."""
        response = self.response
        return None if response is None else response.status

    @property
    def body(self) -> bytes:
        """The body of the answer; empty if there was no answer."""
        return b"" if self.response is None else self.response.body

    @property
    def elapsed(self) -> float:
        """Seconds until the last byte of the answer, or until the harness stopped waiting."""
        return self.attempts[-1].elapsed

    @property
    def accepted(self) -> bool:
        """Whether the answer is a 2xx, which tells Telnyx that the webhook was received."""
        return 200 <= (self.status or 0) < 300

    @property
    def refused(self) -> bool:
        """Whether the answer is a 4xx."""
        return 400 <= (self.status or 0) < 500

    @property
    def resent(self) -> bool:
        """Whether a request went out twice, so that the receiver may have handled it twice."""
        return any(attempt.resent for attempt in self.attempts)

    @property
    def crash(self) -> str | None:
        """The traceback of an exception that left an app in process, or None."""
        return self.attempts[-1].crash

    @property
    def logged(self) -> str | None:
        """The traceback of an exception that the app logged before it answered 4xx or 5xx."""
        return self.attempts[-1].logged

    def assert_accepted(self) -> Delivery:
        """Return the delivery if its answer is a 2xx.

        Raises ReceiverFailure otherwise; a test runner shows it as a failed assertion.
        """
        __tracebackhide__ = True
        if not self.accepted:
            raise ReceiverFailure(
                self._failure(
                    "was not accepted",
                    "a 2xx answer: any other answer tells Telnyx to deliver the webhook again",
                )
            )
        return self

    def assert_refused(self) -> Delivery:
        """Return the delivery if its answer is a 4xx.

        Raises ReceiverFailure otherwise.
        """
        __tracebackhide__ = True
        if not self.refused:
            raise ReceiverFailure(
                self._failure(
                    "was not refused",
                    "a 4xx answer: anyone on the internet could have sent this request",
                )
            )
        return self

    def sent(self) -> str:
        """The event and the fault of the request, in a few words."""
        return described(self.request)

    def answer(self) -> str:
        """The answer, in a few words."""
        return self.attempts[-1].answer()

    def curl(self, options: Sequence[str] = ()) -> str:
        """Return a shell command that sends the same bytes, with further curl *options*.

        The signature is valid for five minutes.
        """
        return curl(self.request, self.attempts[-1].url, options)

    def _failure(self, what: str, expected: str) -> str:
        lines = [
            f"{self.sent()} {what}.",
            *([f"  sent      {self.webhook!r}"] if self.webhook is not None else []),
            *(f"  earlier   {attempt.answer()} at {attempt.url}" for attempt in self.attempts[:-1]),
            f"  answer    {self.answer()}",
            f"  expected  {expected}",
        ]
        excerpt = beginning(self.body, 300).strip()
        if excerpt:
            lines.append(f"  body      {excerpt}")
        if self.crash:
            lines += ["  crash", *(f"    {line}" for line in self.crash.strip().split("\n"))]
        is_late = self.attempts[-1].no_answer is NoAnswerReason.TIMEOUT and self.webhook is not None
        if advice := hint(self.crash) or hint(self.logged) or (LATE if is_late else None):
            lines.append(f"  hint      {advice}")
        return "\n".join(lines)


def described(request: Request) -> str:
    """Return the event and the fault of *request*, in a few words."""
    what = request.event or f"{request.method} request"
    if request.malformed:
        return f"{what} malformed as {request.malformed}"
    return f"{what} forged as {request.forgery}" if request.forgery else what


_LONGEST = 500
"""The most characters of the text of an exception in an answer; the traceback has more of it."""

_BEGINNING = "Traceback (most recent call last):\n"


def crash_places(traceback: str) -> tuple[str, ...]:
    """Return where the first and the last exception of *traceback* were raised: type and place.

    The place is the last one outside of libraries. Return nothing if there is no such place.
    """
    sections = [part for part in traceback.split(_BEGINNING)[1:] if _own_place(part)]
    ends = [sections[0], sections[-1]] if sections else []
    return tuple(f"{_exception(part).partition(':')[0]} at {_own_place(part)}" for part in ends)


def cause_of(traceback: str) -> str:
    """Return the exception that *traceback* shows, and the last place outside of libraries."""
    place = _own_place(traceback)
    exception = _exception(traceback.rpartition(_BEGINNING)[2])
    exception = without_secrets(exception)
    exception = exception if len(exception) <= _LONGEST else f"{exception[:_LONGEST]}..."
    return f"{exception} at {place}" if place else exception


def _exception(section: str) -> str:
    lines = section.splitlines()
    return next((line for line in lines if not line.startswith(" ")), lines[-1])


def _own_place(traceback: str) -> str:
    own = [
        f"{os.path.relpath(path)}:{line}"
        for path, line in re.findall(r'File "([^"]+)", line ([0-9]+)', traceback)
        if not is_library(path)
    ]
    return own[-1] if own else ""
