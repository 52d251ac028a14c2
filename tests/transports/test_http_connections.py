"""What happens to a connection between two requests is told apart from the request's own failure."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable, Iterator

import pytest

from telnyx_mock.delivery.delivery import Attempt, Delivery
from telnyx_mock.errors import DeliveryError
from telnyx_mock.patience import Patience
from telnyx_mock.payload.request import Request
from telnyx_mock.transports.http import HttpReceiver
from telnyx_mock.transports.receiver import NoAnswer, NoAnswerReason
from tests.transports.wire import read

OK = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"
OTHER = b"HTTP/1.1 202 Other\r\nContent-Length: 0\r\n\r\n"

Open = Callable[..., HttpReceiver]


@pytest.fixture
def open_(serve: Callable[..., str]) -> Iterator[Open]:
    opened = []

    def open_(handle: Callable[[socket.socket], None]) -> HttpReceiver:
        opened.append(HttpReceiver(serve(handle)))
        return opened[-1]

    yield open_
    for receiver in opened:
        receiver.close()


def reset(connection: socket.socket) -> None:
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")


@pytest.mark.parametrize("how", [lambda _: None, reset], ids=["closed", "reset"])
def test_a_stale_connection_is_replaced_once_and_the_answer_says_so(
    open_: Open, request_: Request, how: Callable[[socket.socket], None]
) -> None:
    requests = []

    def handle(connection: socket.socket) -> None:
        requests.append(read(connection))
        connection.sendall(OK)
        requests.append(read(connection))  # it takes the second request, and answers nothing
        how(connection)

    receiver = open_(handle)
    assert not receiver.send(request_, timeout=5).resent
    second = receiver.send(request_, timeout=5)
    assert (second.status, second.resent) == (200, True)
    assert len(requests) == 3


def test_a_fresh_connection_is_not_replaced(open_: Open, request_: Request) -> None:
    requests = []
    receiver = open_(lambda connection: requests.append(read(connection)))
    with pytest.raises(NoAnswer) as caught:
        receiver.send(request_, timeout=5)
    assert (caught.value.reason, caught.value.resent) == (NoAnswerReason.CLOSED, False)
    assert len(requests) == 1


def test_a_connection_is_not_replaced_once_an_answer_began(open_: Open, request_: Request) -> None:
    requests = []

    def handle(connection: socket.socket) -> None:
        for answer in (OK, b"H"):
            requests.append(read(connection))
            connection.sendall(answer)

    receiver = open_(handle)
    receiver.send(request_, timeout=5)
    with pytest.raises(NoAnswer, match="closed before a complete answer"):
        receiver.send(request_, timeout=5)
    assert len(requests) == 2


def test_a_failure_on_the_new_connection_is_the_requests_own(
    open_: Open, request_: Request
) -> None:
    first = threading.Event()

    def handle(connection: socket.socket) -> None:
        read(connection)
        if not first.is_set():
            first.set()
            connection.sendall(OK)
            read(connection)

    receiver = open_(handle)
    receiver.send(request_, timeout=5)
    with pytest.raises(NoAnswer, match="closed before a complete answer") as caught:
        receiver.send(request_, timeout=5)
    assert caught.value.resent


@pytest.mark.parametrize("left_over", [b"\r\n", b"x", OTHER], ids=["end of line", "x", "answer"])
def test_what_follows_an_answer_is_credited_to_no_request(
    open_: Open, request_: Request, left_over: bytes
) -> None:
    connections = []

    def handle(connection: socket.socket) -> None:
        connections.append(connection)
        while True:
            read(connection)
            connection.sendall(OK + left_over)

    receiver = open_(handle)
    answers = [receiver.send(request_, timeout=5) for _ in range(3)]
    assert [answer.status for answer in answers] == [200, 200, 200]
    assert answers[-1].left_over == left_over
    assert len(connections) == 3


def test_a_second_answer_that_comes_later_is_credited_to_no_request(
    open_: Open, request_: Request
) -> None:
    def handle(connection: socket.socket) -> None:
        while True:
            read(connection)
            connection.sendall(OK)
            threading.Event().wait(0.01)
            connection.sendall(OTHER)

    receiver = open_(handle)
    answers = [receiver.send(request_, timeout=5) for _ in range(3)]
    assert [answer.status for answer in answers] == [200, 200, 200]
    assert answers[-1].left_over == OTHER


def test_of_two_answers_on_a_used_connection_none_is_believed(
    open_: Open, request_: Request
) -> None:
    def handle(connection: socket.socket) -> None:
        for answer in (OK, OK, OK + OTHER, OK):
            read(connection)
            connection.sendall(answer)

    receiver = open_(handle)
    receiver.send(request_, timeout=5)
    receiver.send(request_, timeout=5)
    with pytest.raises(NoAnswer) as caught:
        receiver.send(request_, timeout=5)
    assert caught.value.reason is NoAnswerReason.OUT_OF_STEP
    assert receiver.send(request_, timeout=5).left_over == OTHER


def test_a_server_may_say_goodbye_to_an_idle_connection(open_: Open, request_: Request) -> None:
    def handle(connection: socket.socket) -> None:
        read(connection)
        connection.sendall(OK + b"HTTP/1.1 408 Request Timeout\r\nConnection: close\r\n\r\n")

    receiver = open_(handle)
    answers = [receiver.send(request_, timeout=5) for _ in range(2)]
    assert [(answer.status, answer.left_over) for answer in answers] == [(200, b"")] * 2


def test_a_goodbye_that_meets_a_request_is_no_answer_to_it(open_: Open, request_: Request) -> None:
    def handle(connection: socket.socket) -> None:
        read(connection)
        connection.sendall(OK)
        read(connection)
        connection.sendall(b"HTTP/1.1 408 Late\r\nConnection: close\r\nContent-Length: 0\r\n\r\n")

    receiver = open_(handle)
    assert receiver.send(request_, timeout=5).status == 200
    second = receiver.send(request_, timeout=5)
    assert (second.status, second.resent) == (200, True)


def test_what_follows_an_answer_to_head_is_not_judged(open_: Open) -> None:
    def handle(connection: socket.socket) -> None:
        read(connection)
        connection.sendall(OK)

    receiver = open_(handle)
    answers = [receiver.send(Request((), b"", method="HEAD"), timeout=5) for _ in range(2)]
    assert [(answer.status, answer.left_over) for answer in answers] == [(200, b"")] * 2


class Restarting:
    """A clock that starts a server again at *port* when somebody waits for the second time."""

    def __init__(self, port: int) -> None:
        self.port = port
        self.waits: list[float] = []
        self.server: socket.socket | None = None

    def monotonic(self) -> float:
        return 0.0

    def now(self) -> float:
        return 0.0

    def sleep(self, seconds: float) -> None:
        self.waits.append(seconds)
        if len(self.waits) == 2:
            self.server = socket.create_server(("127.0.0.1", self.port))
            threading.Thread(target=self._answer, args=(self.server,)).start()

    def _answer(self, server: socket.socket) -> None:
        connection, _ = server.accept()
        with connection:
            read(connection)
            connection.sendall(OK)


def test_a_server_that_was_there_before_may_restart(request_: Request) -> None:
    patience = Patience(connect_retries=(), restart_retries=(0.5, 1.0, 2.0))
    with socket.create_server(("127.0.0.1", 0)) as first:
        clock = Restarting(first.getsockname()[1])
        receiver = HttpReceiver(f"http://127.0.0.1:{clock.port}/", patience=patience, clock=clock)
        answering = threading.Thread(target=clock._answer, args=(first,))
        answering.start()
        assert receiver.send(request_, timeout=5).status == 200
        answering.join()
    assert receiver.send(request_, timeout=5).status == 200
    assert clock.waits == [0.5, 1.0]
    assert clock.server is not None
    clock.server.close()
    with pytest.raises(DeliveryError, match="could not be reached"):
        receiver.send(request_, timeout=5)
    assert clock.waits == [0.5, 1.0, 0.5, 1.0, 2.0]
    receiver.close()


def test_a_delivery_says_whether_its_request_went_out_twice(request_: Request) -> None:
    once, twice = (Attempt(request_, "", None, 0.0, resent=resent) for resent in (False, True))
    assert not Delivery((once,)).resent
    assert Delivery((once, twice)).resent
