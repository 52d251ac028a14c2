"""Sends requests to a receiver over HTTP, on this machine or on a host that the user allows.

Whatever the server does, a call ends at its deadline, respects its memory limit, and reaches no
other host. This module uses httpcore, the engine of httpx, for two reasons: httpx has a time limit
for each read but none for a whole answer, and mocks in the user's tests (respx) catch the calls of
httpx.
"""

from __future__ import annotations

import copy
import ssl
from collections import deque
from collections.abc import Collection, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any
from urllib.parse import SplitResult, urlsplit

import httpcore

from telnyx_mock.clock import SYSTEM_CLOCK, Clock
from telnyx_mock.errors import DeliveryError, UsageError
from telnyx_mock.patience import PATIENCE, Patience
from telnyx_mock.payload.request import Request
from telnyx_mock.transports.allowlist import check_host
from telnyx_mock.transports.endpoint import Endpoint, sent_headers
from telnyx_mock.transports.receiver import BODY_LIMIT, NoAnswer, NoAnswerReason, Response
from telnyx_mock.transports.tls import trusting

_PIECE = 1 << 16
"""How many bytes are written at once. The deadline is checked before each write."""


class HttpReceiver:
    """A server at *url*. Several threads may send at once; each call has its own connection.

    This machine is always allowed. A host of Telnyx is never allowed. Any other host must be in
    *allowed_hosts*. *ca_bundle* is a PEM file; if it is given, only the certificates in this file
    are trusted. *patience* says how often to try to connect, and how long to keep a connection.
    *clock* waits and measures time. Raises UsageError for a wrong address, host or file.
    """

    in_process = False

    def __init__(
        self,
        url: str,
        allowed_hosts: Collection[str] = (),
        *,
        ca_bundle: str = "",
        patience: Patience = PATIENCE,
        clock: Clock = SYSTEM_CLOCK,
    ) -> None:
        parts, host = _read(url)
        check_host(host, allowed_hosts)
        self._tls = trusting(ca_bundle) if parts.scheme == "https" else None
        self._patience = patience
        self._clock = clock
        self.url = url
        port = parts.port
        self._address = (host, port or (443 if parts.scheme == "https" else 80))
        shown = f"[{host}]" if ":" in host else host
        query = f"?{parts.query}" if parts.query else ""
        self._endpoint = Endpoint.of(
            (parts.path or "/") + query, shown if port is None else f"{shown}:{port}"
        )
        self._origin = httpcore.Origin(
            parts.scheme.encode(), self._address[0].encode(), self._address[1]
        )
        self._idle: deque[_Connection] = deque()

    def at(self, path: str) -> HttpReceiver:
        """Return a receiver for the same server at another *path*. Both share their connections."""
        other = copy.copy(self)
        other._endpoint = Endpoint.of(path, self._endpoint.host)
        parts = urlsplit(self.url)
        other.url = f"{parts.scheme}://{parts.netloc}{path}"
        return other

    def send(self, request: Request, *, timeout: float) -> Response:
        """Send *request*; see :class:`telnyx_mock.transports.receiver.Receiver`.

        This method follows no redirect, keeps no cookie, decodes no body, and uses no proxy. Raises
        UsageError if HTTP cannot transport the request.
        """
        connection = self._take() or self._connect(timeout)
        connection.stream.begin(timeout)
        try:
            with _explained(connection.stream, timeout):
                response = self._exchange(connection, request)
        except BaseException:
            connection.http.close()
            raise
        # A server that reads no chunks would take the rest of the body for the next request.
        chunked = request.header(b"transfer-encoding") is not None
        if not (response.truncated or chunked) and connection.http.is_available():
            connection.idle_since = self._clock.monotonic()
            self._idle.append(connection)
        else:
            connection.http.close()
        return response

    def wait_until_idle(self, timeout: float) -> bool:
        """Return True, because this process cannot see the work of another process."""
        return True

    def close(self) -> None:
        """Close the connections. A later request opens new ones."""
        while self._idle:
            self._idle.pop().http.close()

    def _take(self) -> _Connection | None:
        while self._idle:
            connection = self._idle.pop()
            idle = self._clock.monotonic() - connection.idle_since
            if idle < self._patience.idle_connection and not connection.http.has_expired():
                return connection
            connection.http.close()
        return None

    def _connect(self, timeout: float) -> _Connection:
        waits = iter(self._patience.connect_retries)
        while True:
            try:
                stream = _Stream(self._open_stream(timeout), self._clock)
                return _Connection(stream, httpcore.HTTP11Connection(self._origin, stream))
            except httpcore.ConnectTimeout:
                why = f"no connection within {timeout:g} s."
            except httpcore.ConnectError as error:
                why = f"{error}. Is anything running there?"
                if isinstance(error.__cause__, ssl.SSLCertVerificationError):
                    why = _distrust(error.__cause__)
                elif (wait := next(waits, None)) is not None:
                    self._clock.sleep(wait)
                    continue
            raise DeliveryError(f"{self.url} could not be reached: {why}")

    def _open_stream(self, timeout: float) -> httpcore.NetworkStream:
        host, port = self._address
        stream = httpcore.SyncBackend().connect_tcp(host, port, timeout=timeout)
        if self._tls is not None:
            stream = stream.start_tls(self._tls, server_hostname=host, timeout=timeout)
        return stream

    def _exchange(self, connection: _Connection, request: Request) -> Response:
        target, query = self._endpoint.raw_path, self._endpoint.query_of(request)
        headers = sent_headers(request, self._endpoint.host)
        if request.header(b"accept-encoding") is None:
            headers += ((b"accept-encoding", b"identity"),)
        answer = connection.http.handle_request(
            httpcore.Request(
                request.method,
                httpcore.URL(
                    scheme=self._origin.scheme,
                    host=self._origin.host,
                    port=self._origin.port,
                    target=target + (b"?" + query if query else b""),
                ),
                headers=headers,
                content=request.body or None,
            )
        )
        body = bytearray()
        chunks = answer.stream
        assert isinstance(chunks, Iterable)
        for chunk in chunks:
            body += chunk
            if len(body) > BODY_LIMIT:
                break
        elapsed = connection.stream.elapsed
        answer.close()
        truncated = len(body) > BODY_LIMIT
        return Response(
            answer.status,
            tuple(answer.headers),
            bytes(body[:BODY_LIMIT]),
            elapsed,
            truncated=truncated,
        )


@dataclass(slots=True, eq=False)
class _Connection:
    """One connection, and the time at which it became idle."""

    stream: _Stream
    http: httpcore.HTTP11Connection
    idle_since: float = 0.0


class _Stream(httpcore.NetworkStream):
    """A socket with one deadline for a whole exchange.

    ``start`` holds the first bytes of the answer.
    """

    def __init__(self, stream: httpcore.NetworkStream, clock: Clock) -> None:
        self._stream = stream
        self._clock = clock
        self._started = self._timeout = 0.0
        self.start = b""

    @property
    def elapsed(self) -> float:
        """Seconds since the exchange began."""
        return self._clock.monotonic() - self._started

    def begin(self, timeout: float) -> None:
        """Begin an exchange that ends within *timeout* seconds."""
        self._started, self._timeout = self._clock.monotonic(), timeout
        self.start = b""

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        data = self._stream.read(max_bytes, self._left())
        self.start = (self.start + data)[:5]
        return data

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        for at in range(0, len(buffer), _PIECE):
            self._stream.write(buffer[at : at + _PIECE], self._left())

    def close(self) -> None:
        self._stream.close()

    def get_extra_info(self, info: str) -> Any:
        return self._stream.get_extra_info(info)

    def _left(self) -> float:
        left = self._timeout - self.elapsed
        if left <= 0:
            raise httpcore.ReadTimeout
        return left


@contextmanager
def _explained(stream: _Stream, timeout: float) -> Iterator[None]:
    """Raise NoAnswer, with the reason, if an exchange on *stream* fails."""
    try:
        yield
    except httpcore.LocalProtocolError as error:
        raise UsageError(f"HTTP cannot carry this request: {error}.") from None
    except httpcore.TimeoutException:
        reason, detail = NoAnswerReason.TIMEOUT, f"no complete answer within {timeout:g} s"
    except (httpcore.NetworkError, httpcore.RemoteProtocolError) as error:
        is_http = b"HTTP/".startswith(stream.start)
        is_cut = not isinstance(error, httpcore.RemoteProtocolError) or any(
            word in str(error) for word in ("closed connection", "disconnected")
        )
        if is_http and "buffer too long" in str(error):
            reason, detail = NoAnswerReason.ENDLESS_HEADERS, "the headers of the answer have no end"
        elif is_http and is_cut:
            reason = NoAnswerReason.CLOSED
            detail = "the connection was closed before a complete answer"
        else:
            reason, detail = NoAnswerReason.INVALID, f"the answer is not HTTP: {error}"
    else:
        return
    raise NoAnswer(reason, detail, stream.elapsed)


def _distrust(error: ssl.SSLCertVerificationError) -> str:
    """Return why a certificate is not trusted, and what the user can do."""
    if "mismatch" in error.verify_message:
        return (
            f"its certificate is for another name ({error.verify_message}); use the name in the "
            "certificate as the host of the address."
        )
    return f"{error.verify_message}; give the certificate of its issuer with --ca-bundle."


def _read(url: str) -> tuple[SplitResult, str]:
    """Return the parts of *url*, and its host as name resolution expects it."""
    try:
        parts = urlsplit(url)
        host = parts.hostname or ""
        if ":" not in host:
            host = host.encode("idna").decode("ascii")
        _ = parts.port
    except ValueError as error:  # a UnicodeError, too
        raise UsageError(f"{url!r} is not an address: {error}.") from None
    if parts.scheme not in ("http", "https") or not host:
        raise UsageError(
            f"{url!r} is not an address; expected one such as http://localhost:8000/hook."
        )
    if parts.username is not None or parts.password is not None:
        raise UsageError("An address must not hold a user name or password; leave them out.")
    return parts, host
