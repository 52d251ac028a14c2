"""Over HTTP, a call keeps to its time, its memory and its address, whatever the server does."""

from __future__ import annotations

import gzip
import itertools
import socket
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
import respx

from telnyx_mock.clock import SetClock
from telnyx_mock.errors import DeliveryError, UsageError
from telnyx_mock.patience import PATIENCE, Patience
from telnyx_mock.payload.request import Request
from telnyx_mock.transports.http import HttpReceiver
from telnyx_mock.transports.receiver import BODY_LIMIT, NoAnswer, NoAnswerReason
from tests.transports.wire import read

LONG = b"HTTP/1.1 200 OK\r\nContent-Length: 100000000\r\n\r\n"


AT_ONCE = Patience(connect_retries=())
"""Connecting is tried only once."""


class TickingClock(SetClock):
    """A clock that moves by 10 ms each time somebody reads it."""

    def monotonic(self):
        self.advance(0.01)
        return super().monotonic()


def answering(*parts, seen=None):
    """A handler that reads one request after the other, and answers each with *parts*."""

    def handle(connection):
        while True:
            request = read(connection)
            if seen is not None:
                seen.append((connection.getpeername()[1], *request))
            for part in parts:
                connection.sendall(part)

    return handle


@pytest.fixture
def open_(serve):
    opened = []

    def open_(handle, path="", **options):
        opened.append(HttpReceiver(serve(handle) + path, **options))
        return opened[-1]

    yield open_
    for receiver in opened:
        receiver.close()


OK = b"HTTP/1.1 200 OK\r\nX-Odd:  Value \r\nContent-Length: 2\r\n\r\nok"


def test_bytes_of_request_and_answer_stay_as_they_are(open_, request_):
    seen = []
    receiver = open_(answering(OK, seen=seen), "/ho%20ok?a=b")
    sent = Request((*request_.headers, (b"X-Two", b"\xff")), request_.body, query=b"c=d")
    response = receiver.send(sent, timeout=5)
    assert (response.status, response.body, response.truncated) == (200, b"ok", False)
    assert response.headers == ((b"X-Odd", b"Value"), (b"Content-Length", b"2"))
    assert 0 < response.elapsed < 60
    ((_, head, body),) = seen
    first, *headers = head.split(b"\r\n")
    assert first == b"POST /ho%20ok?a=b&c=d HTTP/1.1"
    assert headers == [
        b"host: " + receiver.url.split("/")[2].encode(),
        b"Content-Type: application/json",
        b"X-Two: 1",
        b"X-Two: \xff",
        b"content-length: 8",
        b"accept-encoding: identity",
    ]
    assert body == request_.body


def test_a_request_can_be_sent_in_chunks(open_, request_):
    seen = []

    def handle(connection):
        data = b""
        while not data.endswith(b"0\r\n\r\n"):
            data += connection.recv(65536)
        seen.append(data)
        connection.sendall(OK)

    sent = request_.with_headers((b"Transfer-Encoding", b"chunked"))
    assert open_(handle).send(sent, timeout=5).status == 200
    head, _, body = seen[0].partition(b"\r\n\r\n")
    assert b"content-length" not in head.lower()
    assert body == b"8\r\n" + request_.body + b"\r\n0\r\n\r\n"


def test_a_connection_is_used_again_unless_it_was_idle_for_long(open_, request_):
    seen, clock = [], SetClock(0)
    receiver = open_(answering(OK, seen=seen), clock=clock)
    for _ in range(3):
        receiver.send(request_, timeout=5)
    assert len({port for port, *_ in seen}) == 1
    clock.advance(PATIENCE.idle_connection)
    receiver.send(request_, timeout=5)
    assert len({port for port, *_ in seen}) == 2


def test_a_connection_that_the_server_closed_is_not_used_again(open_, request_):
    closed = threading.Semaphore(0)

    def handle(connection):
        read(connection)
        connection.sendall(OK)
        connection.shutdown(socket.SHUT_RDWR)
        closed.release()

    receiver = open_(handle)
    for _ in range(3):
        assert receiver.send(request_, timeout=5).status == 200
        assert closed.acquire(timeout=5)


def test_several_threads_send_at_once(open_, request_):
    together = threading.Barrier(4)

    def handle(connection):
        read(connection)
        together.wait(5)
        connection.sendall(OK)

    receiver = open_(handle)
    with ThreadPoolExecutor(4) as pool:
        sent = pool.map(lambda _: receiver.send(request_, timeout=5).status, range(4))
    assert list(sent) == [200] * 4


def test_it_follows_no_redirect_and_keeps_no_cookie(open_, request_):
    seen = []
    answer = (
        b"HTTP/1.1 307 Go\r\nLocation: /elsewhere\r\nSet-Cookie: a=b\r\nContent-Length: 0\r\n\r\n"
    )
    receiver = open_(answering(answer, seen=seen))
    assert receiver.send(request_, timeout=5).status == 307
    assert receiver.send(request_, timeout=5).header(b"location") == b"/elsewhere"
    assert len(seen) == 2
    assert all(b"cookie" not in head for _, head, _ in seen)


def test_an_encoded_body_is_not_decoded(open_, request_):
    packed = gzip.compress(b"x" * 10_000_000)
    head = b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: %d\r\n\r\n" % len(packed)
    assert open_(answering(head + packed)).send(request_, timeout=5).body == packed


def test_a_status_that_does_not_exist_is_reported_as_it_is(open_, request_):
    answer = b"HTTP/1.1 999 What\r\nContent-Length: 0\r\n\r\n"
    assert open_(answering(answer)).send(request_, timeout=5).status == 999


def test_an_interim_answer_is_ignored(open_, request_):
    receiver = open_(answering(b"HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n", OK))
    assert receiver.send(request_, timeout=5).status == 200


def test_an_answer_may_come_before_the_request_is_read(open_):
    def handle(connection):
        connection.recv(10)
        connection.sendall(b"HTTP/1.1 413 Big\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
        connection.shutdown(socket.SHUT_WR)
        while connection.recv(1 << 20):
            pass

    assert open_(handle).send(Request((), b"x" * 5_000_000), timeout=5).status == 413


def test_an_endless_body_is_stopped_at_the_limit(open_, request_):
    receiver = open_(answering(LONG, *[b"x" * (1 << 16)] * 100))
    response = receiver.send(request_, timeout=5)
    assert (len(response.body), response.truncated) == (BODY_LIMIT, True)


@pytest.mark.parametrize(
    "parts",
    [
        pytest.param((), id="nothing"),
        pytest.param(itertools.chain([b"HTTP/1.1 200 OK\r\n"], [b"X: y\r\n"] * 50), id="head"),
        pytest.param(itertools.chain([LONG], [b"x"] * 50), id="body"),
        pytest.param(itertools.repeat(b"HTTP/1.1 100 Continue\r\n\r\n" * 50), id="interim"),
    ],
)
def test_a_slow_drip_ends_at_the_deadline(open_, request_, parts):
    def handle(connection):
        read(connection)
        for part in parts:
            connection.sendall(part)
        connection.recv(1)  # until the receiver hangs up

    with pytest.raises(NoAnswer, match=r"within 0\.1 s") as caught:
        open_(handle, clock=TickingClock(0)).send(request_, timeout=0.1)
    assert caught.value.reason is NoAnswerReason.TIMEOUT


def test_a_server_that_does_not_read_ends_at_the_deadline(open_):
    done = threading.Event()
    receiver = open_(lambda _: done.wait(10))
    with pytest.raises(NoAnswer) as caught:
        receiver.send(Request((), b"x" * 20_000_000), timeout=0.1)
    done.set()
    assert caught.value.reason is NoAnswerReason.TIMEOUT
    assert caught.value.elapsed >= 0.1


def closing(data, reset=False):
    def handle(connection):
        read(connection)
        connection.sendall(data)
        if reset:
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")

    return handle


@pytest.mark.parametrize("reset", [False, True], ids=["closed", "reset"])
@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"HTT",
        b"HTTP/1.1 200 OK\r\nCont",
        b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n1",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n9\r\n1",
    ],
)
def test_a_connection_that_ends_early_is_closed(open_, request_, data, reset):
    with pytest.raises(NoAnswer) as caught:
        open_(closing(data, reset)).send(request_, timeout=5)
    assert caught.value.reason is NoAnswerReason.CLOSED
    assert caught.value.elapsed < 5


@pytest.mark.parametrize(
    "data",
    [
        b"garbage",
        b"garbage\r\n\r\n",
        b"SSH-2.0-OpenSSH_9.6\r\n",
        b"\x15\x03\x01\x00\x02\x02\x16",
        b"HTTP/1.1 abc\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nno colon\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: x\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
    ],
    ids=lambda data: data[:40].decode("latin-1"),
)
def test_garbage_is_not_http(open_, request_, data):
    with pytest.raises(NoAnswer, match="not HTTP") as caught:
        open_(closing(data)).send(request_, timeout=5)
    assert caught.value.reason is NoAnswerReason.INVALID


def test_headers_without_end_are_recognised(open_, request_):
    answer = b"HTTP/1.1 200 OK\r\n" + b"X-Long: " + b"x" * 200_000
    with pytest.raises(NoAnswer, match="headers of the answer have no end") as caught:
        open_(closing(answer)).send(request_, timeout=5)
    assert caught.value.reason is NoAnswerReason.ENDLESS_HEADERS


def test_an_interim_answer_before_a_late_one_is_a_timeout(open_, request_):
    def handle(connection):
        read(connection)
        connection.sendall(b"HTTP/1.1 100 Continue\r\n\r\n")
        connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n" + b"x")
        connection.recv(1)

    with pytest.raises(NoAnswer) as caught:
        open_(handle).send(request_, timeout=0.1)
    assert caught.value.reason is NoAnswerReason.TIMEOUT


def test_large_headers_within_reason_are_kept(open_, request_):
    answer = b"HTTP/1.1 200 OK\r\nX-Long: " + b"x" * 60_000 + b"\r\nContent-Length: 0\r\n\r\n"
    assert len(open_(answering(answer)).send(request_, timeout=5).header(b"x-long")) == 60_000


def test_a_broken_delivery_does_not_disturb_the_next(open_, request_):
    answers = iter([LONG + b"x", OK])

    def handle(connection):
        read(connection)
        connection.sendall(next(answers))

    receiver = open_(handle)
    with pytest.raises(NoAnswer):
        receiver.send(request_, timeout=5)
    assert receiver.send(request_, timeout=5).body == b"ok"


def test_a_refused_connection_is_a_delivery_error(request_):
    with socket.create_server(("127.0.0.1", 0)) as server:
        url = f"http://127.0.0.1:{server.getsockname()[1]}/hook"
    with pytest.raises(DeliveryError) as caught:
        HttpReceiver(url, patience=AT_ONCE).send(request_, timeout=5)
    assert str(caught.value).startswith(f"{url} could not be reached: ")
    assert "refused" in str(caught.value)


def test_a_name_that_does_not_resolve_is_a_delivery_error(request_, monkeypatch):
    def fail(*_, **__):
        raise socket.gaierror(-2, "Name or service not known")

    monkeypatch.setattr(socket, "getaddrinfo", fail)
    with pytest.raises(DeliveryError, match=r"could not be reached: .*Name or service not known"):
        HttpReceiver("http://a.test/", ["a.test"], patience=AT_ONCE).send(request_, timeout=5)


def test_a_server_without_tls_is_a_delivery_error(serve, request_):
    url = serve(lambda connection: connection.sendall(b"HTTP/1.1 400 Bad\r\n\r\n"))
    receiver = HttpReceiver(url.replace("http:", "https:"), patience=AT_ONCE)
    with pytest.raises(DeliveryError, match=r"could not be reached: .*SSL"):
        receiver.send(request_, timeout=5)


def test_mocks_and_proxies_of_a_test_catch_no_delivery(open_, request_, monkeypatch):
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:1")
    receiver = open_(answering(OK))
    with respx.mock:
        assert receiver.send(request_, timeout=5).status == 200


def test_a_request_that_http_cannot_carry_is_a_usage_error(open_, request_):
    receiver = open_(answering(OK))
    with pytest.raises(UsageError, match="HTTP cannot carry"):
        receiver.send(request_.with_headers((b"x", b"a\nb")), timeout=5)
    assert receiver.send(request_, timeout=5).status == 200


@pytest.mark.parametrize(
    ("url", "said"),
    [
        ("http://", "expected one such as"),
        ("ftp://localhost/", "expected one such as"),
        ("http://localhost:x/", "is not an address"),
        ("http://localhost:99999/", "is not an address"),
        ("http://[::1/", "is not an address"),
        ("http://a" + "b" * 70 + ".test/", "is not an address"),
        ("http://me:secret@localhost/", "must not hold a user name"),
        ("http://localhost@evil.test/", "must not hold a user name"),
        ("http://evil.test/", "--allow-host evil.test"),
        ("http://localhost.evil.test/", "--allow-host localhost.evil.test"),
        ("http://localhost\\@evil.test/", "must not hold a user name"),
        ("https://api.telnyx.com/v2", "belongs to Telnyx"),
        ("https://api.\uff54elnyx.com/v2", "belongs to Telnyx"),
    ],
)
def test_a_wrong_or_forbidden_address_is_a_usage_error(url, said):
    with pytest.raises(UsageError, match=said) as caught:
        HttpReceiver(url)
    assert "secret" not in str(caught.value)


def test_ipv6_and_default_ports():
    assert HttpReceiver("http://[::1]:8000/a").url == "http://[::1]:8000/a"
    assert HttpReceiver("http://localhost").url == "http://localhost"
    assert not HttpReceiver("http://localhost").in_process
    assert HttpReceiver("http://localhost").wait_until_idle(0)
