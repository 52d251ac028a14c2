"""One connection over HTTP/1.1: each request gets the bytes of its own answer, or none.

h11 reads the protocol. This module gives an exchange one deadline and a limit of memory, and tells
apart how an exchange can fail.
"""

from __future__ import annotations

import socket
import ssl
from collections.abc import Iterator
from contextlib import contextmanager, suppress

import h11

from telnyx_mock.clock import Clock
from telnyx_mock.errors import UsageError
from telnyx_mock.payload.request import Headers
from telnyx_mock.transports.receiver import BODY_LIMIT, NoAnswer, NoAnswerReason, Response

_PIECE = 1 << 16
"""How many bytes are read or written at once. The deadline is checked before each time."""

_LONGEST_HEAD = 100 * 1024
"""The most bytes of the headers of an answer."""

_GOODBYE = 408
"""The status with which a server may say that it closes an idle connection. That is no answer."""

_GOODBYES = tuple(b"HTTP/1.%d %d" % (version, _GOODBYE) for version in (0, 1))
"""How a goodbye begins."""


class Stale(Exception):
    """The server closed the connection after an earlier exchange, before any byte of an answer.

    Whether it read the request is unknown. *elapsed* is in seconds.
    """

    def __init__(self, elapsed: float) -> None:
        super().__init__()
        self.elapsed = elapsed


class _Closed(Exception):
    """The server closed the connection before the end of the answer."""


class Connection:
    """A connection over *sock*. *clock* measures time.

    *exchanges* counts those that are complete. *idle_since* is when the last one ended.
    *is_reusable* says whether another one may follow. *left_over* is what came after the end of an
    answer: it belongs to no request.
    """

    def __init__(self, sock: socket.socket, clock: Clock) -> None:
        self.exchanges = 0
        self.idle_since = 0.0
        self.is_reusable = False
        self.left_over = b""
        self._socket = sock
        self._clock = clock
        self._http = h11.Connection(h11.CLIENT, max_incomplete_event_size=_LONGEST_HEAD)
        self._started = self._timeout = 0.0
        self._start = b""

    @property
    def elapsed(self) -> float:
        """Seconds since the exchange began."""
        return self._clock.monotonic() - self._started

    def exchange(
        self, method: str, target: bytes, headers: Headers, body: bytes, timeout: float
    ) -> Response:
        """Send a request, and return the answer if it is complete within *timeout* seconds.

        Raises UsageError if HTTP cannot transport the request; :class:`NoAnswer`; and
        :class:`Stale`, but only if the connection was used before. The connection is then closed.
        """
        self._started, self._timeout = self._clock.monotonic(), timeout
        self._start, self.is_reusable = b"", False
        try:
            with self._explained():
                response = self._exchange(method, target, headers, body)
        except BaseException:
            self.close()
            raise
        self.exchanges += 1
        self.idle_since = self._clock.monotonic()
        return response

    def listen(self, seconds: float) -> None:
        """Wait at most *seconds* for what the server does without a request; then it is unusable."""
        with suppress(TimeoutError, BlockingIOError, ssl.SSLWantReadError):
            try:
                self._socket.settimeout(max(seconds, 0.0))
                self._note(self._socket.recv(_PIECE))
            except (TimeoutError, BlockingIOError, ssl.SSLWantReadError):
                raise
            except OSError:
                pass
            self.is_reusable = False

    def close(self) -> None:
        """Close the connection."""
        self.is_reusable = False
        with suppress(OSError):
            self._socket.close()

    def _exchange(self, method: str, target: bytes, headers: Headers, body: bytes) -> Response:
        wrote = self._write(method, target, headers, body)
        head = self._next()
        while isinstance(head, h11.InformationalResponse):
            head = self._next()
        assert isinstance(head, h11.Response)
        content = bytearray()
        while isinstance(event := self._next(), h11.Data) and len(content) <= BODY_LIMIT:
            content += event.data
        elapsed = self.elapsed
        truncated = len(content) > BODY_LIMIT
        # A server that reads no chunks takes the rest of the body for another request, and one that
        # does not know HEAD answers with a body.
        chunked = any(name.lower() == b"transfer-encoding" for name, _ in headers)
        if not (truncated or chunked or method == "HEAD"):
            self._end(wrote)
        if self.exchanges and head.status_code == _GOODBYE and not self.is_reusable:
            raise Stale(elapsed)
        return Response(
            head.status_code,
            tuple(head.headers.raw_items()),
            bytes(content[:BODY_LIMIT]),
            elapsed,
            truncated=truncated,
        )

    def _end(self, wrote: bool) -> None:
        """Note what came after the end of the answer, and whether another exchange may follow."""
        more, _ = self._http.trailing_data
        self._note(more)
        states = {self._http.our_state, self._http.their_state}
        self.is_reusable = wrote and not more and states == {h11.DONE}
        if self.is_reusable:
            self._http.start_next_cycle()
        self.listen(0)
        if self.left_over and self.exchanges:
            # Which of the answers on this connection was the one to this request?
            raise NoAnswer(
                NoAnswerReason.OUT_OF_STEP,
                "more bytes than one answer came on a connection that was used before",
                self.elapsed,
            )

    def _note(self, data: bytes) -> None:
        if not data.startswith(_GOODBYES):
            self.left_over += data

    def _write(self, method: str, target: bytes, headers: Headers, body: bytes) -> bool:
        """Write the request. Return whether the server took all of it."""
        parts: list[bytes | None] = []
        try:
            head = h11.Request(method=method, target=target, headers=list(headers))
            parts.append(self._http.send(head))
            if body:
                parts.append(self._http.send(h11.Data(data=body)))
            parts.append(self._http.send(h11.EndOfMessage()))
        except h11.LocalProtocolError as error:
            raise UsageError(f"HTTP cannot carry this request: {error}.") from None
        data = b"".join(part for part in parts if part)
        try:
            while data:
                self._socket.settimeout(self._left())
                data = data[self._socket.send(data[:_PIECE]) :]
        except TimeoutError:
            raise
        except OSError:
            return False  # a server may answer and close before it has read everything
        return True

    def _next(self) -> object:
        """Return the next event of the answer."""
        while (event := self._http.next_event()) is h11.NEED_DATA:
            self._socket.settimeout(self._left())
            data = self._socket.recv(_PIECE)
            self._start = (self._start + data)[:5]
            if not data and self._http.their_state is h11.SEND_RESPONSE:
                raise _Closed
            self._http.receive_data(data)
        return event

    def _left(self) -> float:
        left = self._timeout - self.elapsed
        if left <= 0:
            raise TimeoutError
        return left

    @contextmanager
    def _explained(self) -> Iterator[None]:
        """Raise Stale or NoAnswer, with the reason, if the exchange fails."""
        try:
            yield
        except TimeoutError:
            reason = NoAnswerReason.TIMEOUT
            detail = f"no complete answer within {self._timeout:g} s"
        except (_Closed, OSError) as error:
            if self.exchanges and not self._start:
                raise Stale(self.elapsed) from None
            reason, detail = self._cut(str(error))
        except h11.RemoteProtocolError as error:
            reason, detail = self._broken(error)
        else:
            return
        raise NoAnswer(reason, detail, self.elapsed)

    def _cut(self, why: str) -> tuple[NoAnswerReason, str]:
        if b"HTTP/".startswith(self._start):
            detail = "the connection was closed before a complete answer"
            return NoAnswerReason.CLOSED, detail
        return NoAnswerReason.INVALID, f"the answer is not HTTP: {why or 'it has no status line'}"

    def _broken(self, error: h11.RemoteProtocolError) -> tuple[NoAnswerReason, str]:
        if b"HTTP/".startswith(self._start):
            if "buffer too long" in str(error):
                detail = "the headers of the answer have no end"
                return NoAnswerReason.ENDLESS_HEADERS, detail
            if "closed connection" in str(error):  # within the body
                return self._cut("")
        return NoAnswerReason.INVALID, f"the answer is not HTTP: {error}"
