"""A server over a real socket that does with each connection whatever a function says.

It reads requests correctly and judges them as a correct receiver would, so that a case only says where
it departs from that.
"""

from __future__ import annotations

import contextlib
import random
import socket
import struct
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from tests.hostile.case import Case, Topic, hostile
from tests.receivers.correct import Keyed

BACKLOG = 64
PATIENT = 30.0
"""Seconds after which the server gives up a connection that neither side uses."""


class Gone(OSError):
    """The other side closed the connection."""


@dataclass(frozen=True, slots=True)
class Asked:
    """One request: its first line, its headers in small letters, its body."""

    line: bytes
    headers: dict[str, str]
    body: bytes


class Server:
    """A server on a free port of loopback, and what its connections have in common.

    *requests* and *refusals* count what it read and what a correct receiver would refuse of it.
    *connections* counts those that it accepted. *dice* are the same in each run.
    """

    def __init__(self, public_key: str, handle: Callable[[Visit], None], seed: int = 1) -> None:
        self.receiver = Keyed([public_key])
        self.dice = random.Random(seed)
        self.lock = threading.RLock()
        self.requests = self.refusals = self.connections = 0
        self.stopped = threading.Event()
        self._handle = handle
        self._threads: list[threading.Thread] = []
        self._open: set[socket.socket] = set()
        self._listener = socket.create_server(("127.0.0.1", 0), backlog=BACKLOG)
        self.port: int = self._listener.getsockname()[1]
        self._accept_in_thread()

    @property
    def url(self) -> str:
        """Where the server is."""
        return f"http://127.0.0.1:{self.port}/webhooks"

    def judge(self, asked: Asked) -> int:
        """Return the status with which a correct receiver answers, and count the request."""
        with self.lock:
            status = self.receiver.handle(asked.headers, asked.body)
            self.requests += 1
            self.refusals += status >= 400
        return status

    def die(self, *, reset: bool = True) -> None:
        """Stop listening, and end all connections, as a process that is killed does."""
        with self.lock:
            _close(self._listener)
            for connection in [*self._open]:
                _close(connection, reset=reset)

    def restart_soon(self, down: float) -> None:
        """Die after the answers that are under way, and be there again after *down* seconds."""
        thread = threading.Thread(target=self._restart, args=(down,))
        self._threads.append(thread)
        thread.start()

    def _restart(self, down: float) -> None:
        if self.stopped.wait(0.05):
            return
        self.die(reset=False)
        if not self.stopped.wait(down):
            self._listener = socket.create_server(("127.0.0.1", self.port), backlog=BACKLOG)
            self._accept_in_thread()

    def stop(self) -> None:
        """End all connections and threads."""
        self.stopped.set()
        self.die()
        for thread in [*self._threads]:
            thread.join(10)

    def _accept_in_thread(self) -> None:
        thread = threading.Thread(target=self._accept, args=(self._listener,))
        self._threads.append(thread)
        thread.start()

    def _accept(self, listener: socket.socket) -> None:
        with contextlib.suppress(OSError):
            while True:
                connection, _ = listener.accept()
                connection.settimeout(PATIENT)
                connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                with self.lock:
                    self.connections += 1
                    visit = Visit(self, connection, self.connections)
                    self._open.add(connection)
                thread = threading.Thread(target=self._serve, args=(visit,))
                self._threads.append(thread)
                thread.start()

    def _serve(self, visit: Visit) -> None:
        try:
            with contextlib.suppress(OSError):
                self._handle(visit)
        finally:
            _close(visit.socket)
            with self.lock:
                self._open.discard(visit.socket)


@dataclass(slots=True)
class Visit:
    """One connection to *server*, the *number*th that it accepted."""

    server: Server
    socket: socket.socket
    number: int
    _read: bytes = b""

    def ask(self) -> Asked:
        """Read one whole request. Raises Gone if the connection ends before."""
        head = self._until(b"\r\n\r\n")
        line, *rows = head.split(b"\r\n")
        pairs = (row.partition(b":") for row in rows)
        headers = {
            name.strip().decode("latin-1").lower(): value.strip().decode("latin-1")
            for name, _, value in pairs
        }
        if "chunked" in headers.get("transfer-encoding", ""):
            return Asked(line, headers, self._chunks())
        return Asked(line, headers, self._exactly(int(headers.get("content-length") or 0)))

    def each(self) -> Iterator[Asked]:
        """Read one request after the other, until the other side closes the connection."""
        while True:
            yield self.ask()

    def send(self, *parts: bytes) -> None:
        """Write *parts*, each by itself."""
        for part in parts:
            self.socket.sendall(part)

    def drip(self, data: bytes, pause: float = 0.2) -> None:
        """Write *data* byte by byte, with a *pause* in seconds after each."""
        for at in range(len(data)):
            self.socket.sendall(data[at : at + 1])
            self.wait(pause)

    def wait(self, seconds: float) -> None:
        """Wait for *seconds*. Raises Gone if the server is stopped meanwhile."""
        if self.server.stopped.wait(seconds):
            raise Gone

    def hang(self) -> None:
        """Do nothing until the other side closes the connection."""
        while self.socket.recv(65536):
            pass

    def reset(self) -> None:
        """End the connection with a reset."""
        _close(self.socket, reset=True)

    def _more(self) -> None:
        data = self.socket.recv(65536)
        if not data:
            raise Gone
        self._read += data

    def _until(self, end: bytes) -> bytes:
        while end not in self._read:
            self._more()
        found, _, self._read = self._read.partition(end)
        return found

    def _exactly(self, length: int) -> bytes:
        while len(self._read) < length:
            self._more()
        found, self._read = self._read[:length], self._read[length:]
        return found

    def _chunks(self) -> bytes:
        body = b""
        while length := int(self._until(b"\r\n").partition(b";")[0], 16):
            body += self._exactly(length)
            self._exactly(2)
        self._until(b"\r\n")
        return body


def answer(status: int, body: bytes = b"", *headers: bytes, reason: bytes = b"Answer") -> bytes:
    """Return a whole answer. *headers* are lines."""
    lines = (b"HTTP/1.1 %d %s" % (status, reason), b"Content-Length: %d" % len(body), *headers)
    return b"\r\n".join((*lines, b"", body))


def server(
    name: str, does: str, topic: Topic, handle: Callable[[Visit], None], **about: Any
) -> Case:
    """Register a server whose connections *handle* serves.

    *about* are ``options``, ``quick`` and the expected verdict.
    """

    @contextlib.contextmanager
    def serve(public_key: str) -> Iterator[str]:
        started = Server(public_key, handle)
        try:
            yield started.url
        finally:
            started.stop()

    return hostile(name, does, topic, serve, **about)


def answering(answers: Callable[[Server, Asked], bytes]) -> Callable[[Visit], None]:
    """Return a function that answers each request on a connection with the bytes of *answers*."""

    def handle(visit: Visit) -> None:
        for asked in visit.each():
            visit.send(answers(visit.server, asked))

    return handle


def _close(connection: socket.socket, *, reset: bool = False) -> None:
    with contextlib.suppress(OSError):
        if reset:
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        # This wakes a thread that waits for the socket; a shutdown of both would send no reset.
        connection.shutdown(socket.SHUT_RD if reset else socket.SHUT_RDWR)
    connection.close()
