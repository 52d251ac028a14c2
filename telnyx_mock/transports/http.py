"""Sends requests to a receiver over HTTP, on this machine or on a host that the user allows.

Whatever the server does, a call ends at its deadline, respects its memory limit, and reaches no
other host. This module uses h11, the parser of httpx, for three reasons: httpx has a time limit for
each read but none for a whole answer, gives bytes that follow one answer to the next request, and
mocks in the user's tests (respx) catch its calls.
"""

from __future__ import annotations

import copy
import socket
import ssl
from collections import deque
from collections.abc import Collection
from contextlib import suppress
from dataclasses import dataclass, field, replace

from telnyx_mock.clock import SYSTEM_CLOCK, Clock
from telnyx_mock.errors import DeliveryError
from telnyx_mock.patience import PATIENCE, Patience
from telnyx_mock.payload.request import Request
from telnyx_mock.transports.allowlist import check_host
from telnyx_mock.transports.endpoint import Endpoint, sent_headers
from telnyx_mock.transports.http_address import HttpAddress
from telnyx_mock.transports.http_connection import Connection, Stale
from telnyx_mock.transports.receiver import NoAnswer, Response
from telnyx_mock.transports.tls import trusting


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
        self._address = HttpAddress.read(url)
        check_host(self._address.host, allowed_hosts)
        self._tls = trusting(ca_bundle) if self._address.scheme == "https" else None
        self._patience = patience
        self._clock = clock
        self.url = url
        self._endpoint = Endpoint.of(self._address.path, self._address.shown)
        self._pool = _Pool()

    def at(self, path: str) -> HttpReceiver:
        """Return a receiver for the same server at another *path*. Both share their connections."""
        other = copy.copy(self)
        other._endpoint = Endpoint.of(path, self._endpoint.host)
        other.url = self._address.at(path)
        return other

    def send(self, request: Request, *, timeout: float) -> Response:
        """Send *request*; see :class:`telnyx_mock.transports.receiver.Receiver`.

        This method follows no redirect, keeps no cookie, decodes no body, and uses no proxy. If the
        server closed the connection before any byte of the answer, but after an earlier exchange, the
        request is sent once more on a new connection. Raises UsageError if HTTP cannot transport the
        request.
        """
        connection, resent = self._take(), False
        try:
            if connection is not None:
                try:
                    return self._exchange(connection, request, timeout)
                except Stale as stale:
                    resent, timeout = True, max(timeout - stale.elapsed, 0.001)
            response = self._exchange(self._connect(timeout), request, timeout)
        except NoAnswer as problem:
            problem.resent = resent
            raise
        return replace(response, resent=resent)

    def wait_until_idle(self, timeout: float) -> bool:
        """Return True, because this process cannot see the work of another process."""
        return True

    def close(self) -> None:
        """Close the connections. A later request opens new ones."""
        while (connection := self._pool.pop()) is not None:
            connection.close()

    def _take(self) -> Connection | None:
        """Return an idle connection on which nothing happened since its last exchange."""
        while (connection := self._pool.pop()) is not None:
            idle = self._clock.monotonic() - connection.idle_since
            if idle < self._patience.idle_connection:
                # Once for each connection: a second answer may come a moment after the first.
                first = connection.exchanges == 1
                connection.listen(self._patience.left_over - idle if first else 0)
                self._pool.note(connection)
                if connection.is_reusable and self._pool.keeps:
                    return connection
            connection.close()
        return None

    def _connect(self, timeout: float) -> Connection:
        patience = self._patience
        waits = iter(patience.restart_retries if self._pool.reached else patience.connect_retries)
        while True:
            try:
                connection = Connection(self._open_socket(timeout), self._clock)
                self._pool.reached = True
                return connection
            except ssl.SSLCertVerificationError as error:
                why = _distrust(error)
            except TimeoutError:
                why = f"no connection within {timeout:g} s."
            except OSError as error:
                why = f"{error}. Is anything running there?"
                if (wait := next(waits, None)) is not None:
                    self._clock.sleep(wait)
                    continue
            raise DeliveryError(f"{self.url} could not be reached: {why}")

    def _open_socket(self, timeout: float) -> socket.socket:
        opened = self._connect_socket(timeout)
        try:
            opened.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            if self._tls is None:
                return opened
            name = self._address.host.rstrip(".")
            return self._tls.wrap_socket(opened, server_hostname=name)
        except BaseException:
            opened.close()
            raise

    def _connect_socket(self, timeout: float) -> socket.socket:
        *others, last = ((host, self._address.port) for host in self._address.hosts)
        for address in others:
            with suppress(OSError):
                return socket.create_connection(address, timeout)
        return socket.create_connection(last, timeout)

    def _exchange(self, connection: Connection, request: Request, timeout: float) -> Response:
        target, query = self._endpoint.raw_path, self._endpoint.query_of(request)
        headers = sent_headers(request, self._endpoint.host)
        if request.header(b"accept-encoding") is None:
            headers += ((b"accept-encoding", b"identity"),)
        try:
            response = connection.exchange(
                request.method,
                target + (b"?" + query if query else b""),
                headers,
                request.body,
                timeout,
            )
        finally:
            self._pool.note(connection)
        if connection.is_reusable and self._pool.keeps:
            self._pool.idle.append(connection)
        else:
            connection.close()
        return replace(response, left_over=self._pool.left_over)


@dataclass(slots=True)
class _Pool:
    """The *idle* connections to one server, and what is known of the server.

    A server was *reached* once it accepted a connection. The pool *keeps* connections until bytes
    came after an answer: after that, each request has a connection of its own, so that no request
    gets the answer to another. *left_over* are such bytes; each later response tells of them.
    """

    idle: deque[Connection] = field(default_factory=deque)
    reached: bool = False
    keeps: bool = True
    left_over: bytes = b""

    def pop(self) -> Connection | None:
        with suppress(IndexError):  # another thread may have taken the last one
            return self.idle.pop()
        return None

    def note(self, connection: Connection) -> None:
        """Note what came on *connection* after an answer."""
        if connection.left_over:
            self.keeps, self.left_over = False, connection.left_over


def _distrust(error: ssl.SSLCertVerificationError) -> str:
    """Return why a certificate is not trusted, and what the user can do."""
    if "mismatch" in error.verify_message:
        return (
            f"its certificate is for another name ({error.verify_message}); use the name in the "
            "certificate as the host of the address."
        )
    return f"{error.verify_message}; give the certificate of its issuer with --ca-bundle."
