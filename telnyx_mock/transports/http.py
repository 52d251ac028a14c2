"""Reach a receiver over HTTP, on this machine or on a host that was agreed to.

One rule: nothing that the other side does can make a call last longer than its deadline, hold
more memory than its limit, or lead anywhere else. httpcore, the engine of httpx, does the
talking, one level down from httpx: an httpx client bounds each read but no answer as a whole, and
is caught by the mocks that a user's own test may hold (respx).
"""

from __future__ import annotations

import copy
import re
import ssl
import time
from collections import deque
from collections.abc import Collection, Iterable, Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import SplitResult, urlsplit

import httpcore

from telnyx_mock.errors import DeliveryError, UsageError
from telnyx_mock.payload.request import Request
from telnyx_mock.transports.allowlist import check_host
from telnyx_mock.transports.endpoint import Endpoint, sent_headers
from telnyx_mock.transports.receiver import NoAnswer
from telnyx_mock.transports.response import BODY_LIMIT, Response
from telnyx_mock.transports.tls import trusting

__all__ = ["HttpReceiver"]

_IDLE = 1.0
"""Seconds after which a connection is not used again: servers close theirs after 2 or more, and a
request that meets that close could be neither resent nor judged."""

_CONNECT_WAITS = (0.1, 0.5)
"""Seconds between the tries to connect. What was sent, in part even, is never sent again."""

_PIECE = 1 << 16
"""Bytes that are written at once, so that the deadline is looked at in between."""

_STATUS = re.compile(rb"HTTP/1\.[01] (\d)")

_BEGINNING, _ANSWER, _MANY = 10, 8192, 1024
"""Bytes: until an answer shows how its status begins, of a whole short one, and of many of those."""


class HttpReceiver:
    """A receiver at *url*. Safe to use from several threads: each call has its own connection.

    Loopback needs no consent; any other host must be in *allowed_hosts*, and a host of Telnyx is
    always refused. Certificates are verified with the file *ca_bundle*, if one is given. Raises
    UsageError for a host or a file that will not do, and for what is no http address.
    """

    in_process = False

    def __init__(
        self, url: str, allowed_hosts: Collection[str] = (), *, ca_bundle: str = ""
    ) -> None:
        parts, host = _read(url)
        check_host(host, allowed_hosts)
        self._tls = trusting(ca_bundle) if parts.scheme == "https" else None
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
        """The same server at another *path*, by the same connections."""
        other = copy.copy(self)
        other._endpoint = Endpoint.of(path, self._endpoint.host)
        parts = urlsplit(self.url)
        other.url = f"{parts.scheme}://{parts.netloc}{path}"
        return other

    def send(self, request: Request, *, timeout: float) -> Response:
        """Send *request*; see :class:`telnyx_mock.transports.receiver.Receiver`.

        Redirects are not followed, cookies not kept, bodies not decoded, proxies of the environment
        not used. Raises UsageError for a request that HTTP cannot carry.
        """
        connection = self._take() or self._connect(timeout)
        started = time.perf_counter()
        connection.stream.begin(started + timeout)
        try:
            with _judged(connection.stream, started, timeout):
                response = self._exchange(connection, request, started)
        except BaseException:
            connection.http.close()
            raise
        if not response.truncated and connection.http.is_available():
            connection.idle_since = time.perf_counter()
            self._idle.append(connection)
        return response

    def settle(self, timeout: float) -> bool:
        """True: what goes on in another process cannot be seen."""
        return True

    def close(self) -> None:
        """Close the connections. They are opened anew if something is sent afterwards."""
        while self._idle:
            self._idle.pop().http.close()

    def _take(self) -> _Connection | None:
        while self._idle:
            connection = self._idle.pop()
            idle = time.perf_counter() - connection.idle_since
            if idle < _IDLE and not connection.http.has_expired():
                return connection
            connection.http.close()
        return None

    def _connect(self, timeout: float) -> _Connection:
        waits = iter(_CONNECT_WAITS)
        while True:
            try:
                return _Connection(self._origin, _Stream(self._reached(timeout)))
            except httpcore.ConnectTimeout:
                why = f"no connection within {timeout:g} s."
            except httpcore.ConnectError as error:
                why = f"{error}. Is anything running there?"
                if isinstance(error.__cause__, ssl.SSLCertVerificationError):
                    why = _distrust(error.__cause__)
                elif (wait := next(waits, None)) is not None:
                    time.sleep(wait)
                    continue
            raise DeliveryError(f"{self.url} could not be reached: {why}")

    def _reached(self, timeout: float) -> httpcore.NetworkStream:
        host, port = self._address
        stream = httpcore.SyncBackend().connect_tcp(host, port, timeout=timeout)
        if self._tls is not None:
            stream = stream.start_tls(self._tls, server_hostname=host, timeout=timeout)
        return stream

    def _exchange(self, connection: _Connection, request: Request, started: float) -> Response:
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
        elapsed = time.perf_counter() - started
        answer.close()
        truncated = len(body) > BODY_LIMIT
        return Response(
            answer.status,
            tuple(answer.headers),
            bytes(body[:BODY_LIMIT]),
            elapsed,
            truncated=truncated,
        )


class _Connection:
    """One connection, and since when it has been idle."""

    def __init__(self, origin: httpcore.Origin, stream: _Stream) -> None:
        self.stream = stream
        self.http = httpcore.HTTP11Connection(origin, stream)
        self.idle_since = 0.0


class _Stream(httpcore.NetworkStream):
    """A socket that keeps to one deadline for a whole exchange, and notes how the answer began."""

    def __init__(self, stream: httpcore.NetworkStream) -> None:
        self._stream = stream
        self._deadline = 0.0
        self.start = self._end = b""
        self._read = 0

    @property
    def is_interim(self) -> bool:
        """Whether many interim answers came, such as 100 Continue, and seemingly no other."""
        statuses = [_STATUS.findall(part)[-1:] for part in (self.start, self._end)]
        return self._read > _MANY and statuses == [[b"1"], [b"1"]]

    def begin(self, deadline: float) -> None:
        self._deadline = deadline
        self.start = self._end = b""
        self._read = 0

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        data = self._stream.read(max_bytes, self._left())
        if len(self.start) < _BEGINNING:
            self.start += data[: _BEGINNING - len(self.start)]
        self._end = data[-_ANSWER:]
        self._read += len(data)
        return data

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        for at in range(0, len(buffer), _PIECE):
            self._stream.write(buffer[at : at + _PIECE], self._left())

    def close(self) -> None:
        self._stream.close()

    def get_extra_info(self, info: str) -> Any:
        return self._stream.get_extra_info(info)

    def _left(self) -> float:
        left = self._deadline - time.perf_counter()
        if left <= 0:
            raise httpcore.ReadTimeout
        return left


@contextmanager
def _judged(stream: _Stream, started: float, timeout: float) -> Iterator[None]:
    """Turn what goes wrong between the first byte out and the last one in into a verdict."""
    try:
        yield
    except httpcore.LocalProtocolError as error:
        raise UsageError(f"HTTP cannot carry this request: {error}.") from None
    except httpcore.TimeoutException:
        reason, detail = NoAnswer.TIMEOUT, f"no complete answer within {timeout:g} s"
        if stream.is_interim:
            reason, detail = NoAnswer.INTERIM, f"interim answers and no other within {timeout:g} s"
    except (httpcore.NetworkError, httpcore.RemoteProtocolError) as error:
        is_http = b"HTTP/".startswith(stream.start[:5])
        is_cut = not isinstance(error, httpcore.RemoteProtocolError) or any(
            word in str(error) for word in ("closed connection", "disconnected")
        )
        if is_http and "buffer too long" in str(error):
            reason, detail = NoAnswer.HEADERS, "the headers of the answer have no end"
        elif is_http and is_cut:
            reason, detail = NoAnswer.CLOSED, "the connection was closed before a complete answer"
        else:
            reason, detail = NoAnswer.INVALID, f"the answer is no HTTP: {error}"
    else:
        return
    raise NoAnswer(reason, detail, time.perf_counter() - started)


def _distrust(error: ssl.SSLCertVerificationError) -> str:
    """Why a certificate is not trusted, and what to do."""
    if "mismatch" in error.verify_message:
        return (
            f"its certificate is for another name ({error.verify_message}); give the address by "
            "the name that is in the certificate."
        )
    return f"{error.verify_message}; name who signs it with --ca-bundle."


def _read(url: str) -> tuple[SplitResult, str]:
    """The parts of *url*, and its host as it goes to name resolution."""
    try:
        parts = urlsplit(url)
        host = parts.hostname or ""
        if ":" not in host:
            host = host.encode("idna").decode("ascii")
        _ = parts.port
    except ValueError as error:  # a UnicodeError, too
        raise UsageError(f"{url!r} is no address: {error}.") from None
    if parts.scheme not in ("http", "https") or not host:
        raise UsageError(f"{url!r} is no address; expected one such as http://localhost:8000/hook.")
    if parts.username is not None or parts.password is not None:
        raise UsageError("An address must not hold a user name or password; leave them out.")
    return parts, host
