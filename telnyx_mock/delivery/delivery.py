"""What happened to one request: what was sent, what came back, in how much time."""

from __future__ import annotations

import base64
import http
import os
import re
import shlex
from dataclasses import dataclass
from typing import TYPE_CHECKING

from telnyx_mock.errors import ReceiverFailure
from telnyx_mock.payload.request import Request
from telnyx_mock.transports.response import BODY_LIMIT, Response

if TYPE_CHECKING:
    from telnyx_mock.fake_api.command import Command
    from telnyx_mock.payload.webhook import Webhook

__all__ = ["Attempt", "Delivery"]


@dataclass(frozen=True, slots=True)
class Attempt:
    """One try: a request and its answer, or the reason why there was none.

    *elapsed* is in seconds; so is *delay*, which was to go by since the attempt before. *id* names
    it in the journal; it is empty where there is none.
    """

    request: Request
    url: str
    response: Response | None
    elapsed: float
    no_answer: str = ""
    delay: float = 0.0
    id: str = ""

    @property
    def crash(self) -> str | None:
        """The traceback where an exception left an app in process."""
        return None if self.response is None else self.response.crash

    def answer(self) -> str:
        """What came back, in a few words."""
        if self.response is None:
            return f"no answer ({self.no_answer}) after {self.elapsed:.1f} s"
        try:
            phrase = f" {http.HTTPStatus(self.response.status).phrase}"
        except ValueError:
            phrase = ""
        if self.crash:
            return f"{self.response.status}{phrase} ({_cause(self.crash)})"
        if self.response.truncated:
            return (
                f"{self.response.status}{phrase}, with a body of more than {BODY_LIMIT >> 20} MiB"
            )
        return f"{self.response.status}{phrase}"


@dataclass(frozen=True, slots=True)
class Delivery:
    """What happened to one request.

    *attempts* has every try, the last one last. *commands* are the calls to the Telnyx API that
    the receiver made before it answered, *blocked* a sentence for each call that had to be refused
    because no door of the fake API fits the client.
    """

    attempts: tuple[Attempt, ...]
    commands: tuple[Command, ...] = ()
    blocked: tuple[str, ...] = ()

    @property
    def request(self) -> Request:
        """The request of the last attempt."""
        return self.attempts[-1].request

    @property
    def id(self) -> str:
        """What the journal calls the last attempt; empty where there is no journal."""
        return self.attempts[-1].id

    @property
    def webhook(self) -> Webhook | None:
        """The webhook that was sent, with the ids it went out with; None for other requests."""
        return self.request.webhook

    @property
    def response(self) -> Response | None:
        """The answer to the last attempt; None where there was none."""
        return self.attempts[-1].response

    @property
    def status(self) -> int | None:
        """The status of the answer; None where there was none."""
        return None if self.response is None else self.response.status

    @property
    def body(self) -> bytes:
        """The body of the answer; empty where there was none."""
        return b"" if self.response is None else self.response.body

    @property
    def elapsed(self) -> float:
        """Seconds until the last byte of the answer, or until it was given up."""
        return self.attempts[-1].elapsed

    @property
    def accepted(self) -> bool:
        """Whether the answer is a 2xx, which tells Telnyx that the webhook was received."""
        return self.status is not None and 200 <= self.status < 300

    @property
    def refused(self) -> bool:
        """Whether the answer is a 4xx."""
        return self.status is not None and 400 <= self.status < 500

    @property
    def crash(self) -> str | None:
        """The traceback where an exception left an app in process."""
        return self.attempts[-1].crash

    def assert_accepted(self) -> Delivery:
        """Return the delivery if it was answered 2xx.

        Raises ReceiverFailure otherwise; a test runner shows it as a failed assertion.
        """
        __tracebackhide__ = True
        if not self.accepted:
            raise ReceiverFailure(
                self._story(
                    "was not accepted",
                    "a 2xx answer: anything else tells Telnyx to deliver it again",
                )
            )
        return self

    def assert_refused(self) -> Delivery:
        """Return the delivery if it was answered 4xx.

        Raises ReceiverFailure otherwise.
        """
        __tracebackhide__ = True
        if not self.refused:
            raise ReceiverFailure(
                self._story(
                    "was not refused", "a 4xx answer: anyone on the internet could have sent it"
                )
            )
        return self

    def sent(self) -> str:
        """What was sent, in a few words."""
        what = self.request.event or f"{self.request.method} request"
        if self.request.malformed:
            return f"{what} malformed as {self.request.malformed}"
        return f"{what} forged as {self.request.forgery}" if self.request.forgery else what

    def answer(self) -> str:
        """What came back, in a few words."""
        return self.attempts[-1].answer()

    def curl(self) -> str:
        """A shell command that sends the same bytes; its signature ages in five minutes."""
        request = self.request
        url = self.attempts[-1].url
        if request.query:
            url += f"?{request.query.decode('ascii', 'replace')}"
        method = (
            ["-I"] if request.method == "HEAD" else ["-X", request.method]
        )  # -X waits for a body
        words = ["curl", "-sS", "-i", *method, shlex.quote(url)]
        for name, value in request.headers:
            # curl takes "Name:" as leave it out, and "Name;" as send it empty.
            words += ["-H", _quoted(name + (b": " + value if value else b";"))]
        if not request.body:
            return " ".join(words)
        if request.header(b"content-type") is None:
            words += ["-H", "content-type:"]  # or else it takes it for a form
        try:
            text = request.body.decode()
        except UnicodeDecodeError:
            text = "\0"
        if text.startswith("@") or "\0" in text:
            encoded = base64.b64encode(request.body).decode("ascii")
            return f"printf %s {encoded} | base64 -d | {' '.join(words)} --data-binary @-"
        return " ".join([*words, "--data-binary", shlex.quote(text)])

    def _story(self, what: str, expected: str) -> str:
        lines = [
            f"{self.sent()} {what}.",
            *([f"  sent      {self.webhook!r}"] if self.webhook is not None else []),
            *(f"  earlier   {attempt.answer()} at {attempt.url}" for attempt in self.attempts[:-1]),
            f"  answer    {self.answer()}",
            f"  expected  {expected}",
        ]
        excerpt = self.body[:300].decode("utf-8", "replace").strip()
        if excerpt:
            lines.append(f"  body      {excerpt}")
        if self.crash:
            lines += ["  crash", *(f"    {line}" for line in self.crash.strip().splitlines())]
        return "\n".join(lines)


def _quoted(header: bytes) -> str:
    """*header* for a shell, whatever encoding its terminal has."""
    if header.isascii():
        return shlex.quote(header.decode("ascii"))
    octal = "".join(f"\\0{byte:03o}" for byte in header)
    return f"\"$(printf %b '{octal}')\""


def _cause(traceback: str) -> str:
    """The exception in *traceback*, and the last place in it that is not in a library."""
    lines = traceback.rpartition("Traceback (most recent call last):\n")[2].splitlines()
    exception = next((line for line in lines if not line.startswith(" ")), lines[-1])
    places = re.findall(r'File "([^"]+)", line ([0-9]+)', traceback)
    own = [
        (path, line)
        for path, line in places
        if "site-packages" not in path and f"{os.sep}lib{os.sep}python" not in path
    ]
    if not own:
        return exception
    path, line = own[-1]
    return f"{exception} at {os.path.relpath(path)}:{line}"
