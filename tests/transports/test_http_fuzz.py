"""Whatever an address or an answer says: only our own errors come out, and no other host is reached."""

from __future__ import annotations

import contextlib
import queue
import socket
import threading
from collections.abc import Iterator

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from telnyx_mock.errors import TelnyxMockError, UsageError
from telnyx_mock.patience import Patience
from telnyx_mock.payload.request import Request
from telnyx_mock.transports.allowlist import is_telnyx
from telnyx_mock.transports.http import HttpReceiver
from telnyx_mock.transports.http_address import HttpAddress
from telnyx_mock.transports.receiver import NoAnswer, Response
from tests.transports.wire import read

AT_ONCE = Patience(connect_retries=(), restart_retries=(), left_over=0.0)
REQUEST = Request(((b"Content-Type", b"application/json"),), b"{}")
LOOPBACK = {"127.0.0.1", "::1"}

SPELLINGS = [
    *("localhost", "LOCALHOST.", "127.0.0.1", "[::1]", "[::1", "::1]", "evil.test", "127.0.0.1.evil.test"),
    *("api.telnyx.com", "telnyx.com.", "0", "2130706433", "0x7f.1", "\uff4c\uff4fcalhost", "[v1.x]", "[::ffff:1.2.3.4]"),
    *("@", ":", "/", "//", "\\", "?", "#", "%", ".", "..", " ", "\t", "\r\n", "\0", "\u2028", "\u202e", "\x1b[31m"),
    *("http:", "https:", "HTTP:", "file:", "http://", "https://", "80", ":80", ":0", ":99999", ":x", "user:pass@"),
]  # fmt: skip
ADDRESSES = st.one_of(
    st.lists(st.sampled_from(SPELLINGS) | st.text(max_size=3), max_size=8).map("".join),
    st.lists(st.sampled_from(SPELLINGS), max_size=5).map(lambda parts: "http://" + "".join(parts)),
)


@pytest.fixture
def reached(monkeypatch: pytest.MonkeyPatch) -> set[str]:
    """The names and addresses that anybody looked up or connected to."""
    seen: set[str] = set()

    def connect(address: tuple[str, int], *_: object, **__: object) -> socket.socket:
        seen.add(address[0])
        raise ConnectionRefusedError

    monkeypatch.setattr(socket, "create_connection", connect)
    return seen


@settings(max_examples=300, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(ADDRESSES)
def test_only_this_machine_is_reached_whatever_the_address_says(
    reached: set[str], url: str
) -> None:
    with contextlib.suppress(TelnyxMockError):
        HttpReceiver(url, patience=AT_ONCE).send(REQUEST, timeout=1)
    assert all(host in LOOPBACK or host.startswith("127.") for host in reached)


@settings(max_examples=300, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(ADDRESSES, st.sampled_from(["evil.test", "api.telnyx.com"]))
def test_no_host_is_reached_but_the_allowed_one(reached: set[str], url: str, allowed: str) -> None:
    reached.clear()
    with contextlib.suppress(TelnyxMockError):
        HttpReceiver(url, [allowed], patience=AT_ONCE).send(REQUEST, timeout=1)
    others = {host for host in reached if host not in LOOPBACK and not host.startswith("127.")}
    assert {host.rstrip(".").lower() for host in others} <= {"evil.test"}
    assert not any(map(is_telnyx, reached))


@pytest.mark.parametrize("url", ["http://localhost:8000/", "http://LocalHost.:8000/"])
def test_localhost_is_not_looked_up(url: str, reached: set[str]) -> None:
    with pytest.raises(TelnyxMockError, match="could not be reached"):
        HttpReceiver(url, patience=AT_ONCE).send(REQUEST, timeout=1)
    assert reached == LOOPBACK


@pytest.mark.parametrize(
    "rest", ["x:80", "evil.test", ".evil.test:80", "]", "[::1]", ":80:80", ":8 "]
)
def test_after_a_host_in_brackets_only_a_port_may_follow(rest: str) -> None:
    with pytest.raises(UsageError, match="is not an address"):
        HttpAddress.read(f"http://[::1]{rest}/hook")
    with pytest.raises(UsageError, match="must not hold a user name"):
        HttpAddress.read("http://[::1]@evil.test/")


@pytest.mark.parametrize("url", ["http://me:secret@[::1/", "http://me:secret@a:b/", "me:secret@b"])
def test_no_message_has_the_password_of_a_broken_address(url: str) -> None:
    with pytest.raises(UsageError) as caught:
        HttpAddress.read(url)
    assert "secret" not in str(caught.value)


class Scripted:
    """A server that answers each connection with the bytes that it is given, and then closes it."""

    def __init__(self) -> None:
        self.answers: queue.Queue[tuple[bytes, ...]] = queue.Queue()
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self._listener.getsockname()[1]}/"
        self._thread = threading.Thread(target=self._run)
        self._thread.start()

    def _run(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                connection, _ = self._listener.accept()
                with connection, contextlib.suppress(OSError):
                    connection.settimeout(2)
                    for part in self.answers.get():
                        read(connection)
                        connection.sendall(part)

    def stop(self) -> None:
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        self._thread.join(10)


@pytest.fixture(scope="module")
def scripted() -> Iterator[Scripted]:
    server = Scripted()
    yield server
    server.stop()


PIECES = [
    *(b"HTTP/1.1 ", b"HTTP/1.0 ", b"HTTP/0.9", b"HTTP/2 ", b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", b"ICY "),
    *(b"200", b"204", b"304", b"100", b"101", b"099", b"999", b"1000", b"-1", b"abc", b" OK", b" \xff\x00", b"\x1b]0;x\x07"),
    *(b"\r\n", b"\n", b"\r\n\r\n", b"\0", b" ", b":", b": ", b",", b";", b"\xff", b"x" * 200_000, b"X: y\r\n" * 5000),
    *(b"Content-Length", b"Transfer-Encoding", b"Connection", b"Upgrade", b"Content-Encoding", b"Location", b"X"),
    *(b"0", b"2", b"-2", b"+2", b"2, 2", b"2, 3", b"99999999999999999999", b"chunked", b"gzip", b"chunked, chunked"),
    *(b"close", b"keep-alive", b"websocket", b"file:///etc/passwd", b"ok", b"5\r\nhello\r\n0\r\n\r\n", b"fffffffffffffffff\r\n"),
    *(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok", b"HTTP/1.1 100 Continue\r\n\r\n", b"\x16\x03\x01\x02\x00\x01"),
]  # fmt: skip
ANSWERS = st.one_of(
    st.lists(st.sampled_from(PIECES) | st.binary(max_size=5), max_size=12).map(b"".join),
    st.lists(st.sampled_from(PIECES), max_size=8).map(
        lambda parts: b"HTTP/1.1 200 OK\r\n" + b"".join(parts)
    ),
)


@settings(max_examples=300)
@given(st.lists(ANSWERS, min_size=1, max_size=2))
def test_whatever_comes_back_is_an_answer_or_none(scripted: Scripted, answers: list[bytes]) -> None:
    receiver = HttpReceiver(scripted.url, patience=AT_ONCE)
    for answer in answers:
        scripted.answers.put((answer,))
        outcome: Response | NoAnswer
        try:
            outcome = receiver.send(REQUEST, timeout=5)
        except NoAnswer as problem:
            outcome = problem
        assert outcome.elapsed < 5
        if isinstance(outcome, Response):
            assert 200 <= outcome.status <= 999
    receiver.close()
    while not scripted.answers.empty():
        scripted.answers.get()
