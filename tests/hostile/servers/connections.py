"""Servers that close, reset and refuse connections, restart and die."""

from __future__ import annotations

import contextlib
import socket
from collections.abc import Callable, Iterator

from tests.hostile.case import Topic, hostile
from tests.hostile.server import Asked, Server, Visit, answer, answering, server
from tests.hostile.servers.framing import CUT, OK, correct

STEADY = {**OK, "not_finds": ("sends-nothing-after-answers",)}
GONE = {"exit": 2, "says": ("could not be reached",)}


def add(name: str, does: str, handle: Callable[[Visit], None], **about: object) -> None:
    server(name, does, Topic.FLAKY, handle, **about)


def answer_once(visit: Visit, *headers: bytes) -> None:
    visit.send(answer(visit.server.judge(visit.ask()), b"", *headers))


def keeping(requests: int, then: Callable[[Visit], object]) -> Callable[[Visit], None]:
    """Answer so many requests on each connection, and then do something else."""

    def handle(visit: Visit) -> None:
        for _ in range(requests):
            answer_once(visit)
        then(visit)

    return handle


def later(seconds: float, then: Callable[[Visit], object]) -> Callable[[Visit], None]:
    def handle(visit: Visit) -> None:
        visit.wait(seconds)
        then(visit)

    return handle


def close(visit: Visit) -> None:
    """Leave the visit, which closes the connection."""


add(
    "closes between requests",
    "It is correct, and closes each connection after an answer without saying so.",
    keeping(1, close),
    **STEADY,
    quick=True,
)
add(
    "resets between requests",
    "It is correct, and resets each connection a moment after an answer.",
    keeping(1, later(0.02, lambda visit: visit.reset())),
    **STEADY,
)
add(
    "closes after ten requests",
    "It is correct, and closes each connection after ten answers.",
    keeping(10, close),
    **STEADY,
)
add(
    "reads and closes a kept connection",
    "It is correct for the first three requests on a connection, and closes it when the next one comes.",
    keeping(3, lambda visit: visit.ask()),
    **STEADY,
)
add(
    "resets a kept connection",
    "It is correct for the first three requests on a connection, and resets it when the next one comes.",
    keeping(3, lambda visit: (visit.ask(), visit.reset())),
    **STEADY,
)
add(
    "says goodbye",
    "It is correct, and sends 408 on a connection that is idle for 20 ms, as some servers do.",
    keeping(
        2,
        later(
            0.02,
            lambda visit: visit.send(b"HTTP/1.1 408 Request Timeout\r\nConnection: close\r\n\r\n"),
        ),
    ),
    **STEADY,
)
add(
    "closes one direction after the answer",
    "It is correct, and ends its own side of the connection after each answer.",
    keeping(1, lambda visit: (visit.socket.shutdown(socket.SHUT_WR), visit.hang())),
    **STEADY,
)
add(
    "Connection: close",
    "It is correct, and says that it closes the connection.",
    lambda visit: answer_once(visit, b"Connection: close"),
    **STEADY,
)
add(
    "says close and keeps",
    "It is correct, says that it closes the connection, and keeps it.",
    lambda visit: (answer_once(visit, b"Connection: close"), visit.hang())[1],
    **STEADY,
)


def resetting_each(number: int) -> Callable[[Visit], None]:
    def handle(visit: Visit) -> None:
        if visit.number % number:
            answer_once(visit, b"Connection: close")
        else:
            visit.reset()

    return handle


add(
    "every other connection",
    "It is correct, and resets every other connection instead of an answer.",
    resetting_each(2),
    exit=1,
    finds=("accepts-each-time",),
    no_other_error=True,
    says=("connection closed",),
)
add(
    "every seventh connection",
    "It is correct, and resets every seventh connection instead of an answer.",
    resetting_each(7),
    exit=(1, 3),
    finds=("accepts-each-time",),
    no_other_error=True,
)
add(
    "resets every connection",
    "It resets each connection when it is made.",
    lambda visit: visit.reset(),
    **CUT,
)
add("closes every connection", "It closes each connection when it is made.", close, **CUT)


def restarting(every: int, down: float) -> Callable[[Server, Asked], bytes]:
    def answers(server: Server, asked: Asked) -> bytes:
        with server.lock:
            status = server.judge(asked)
            if server.requests % every == 0:
                server.restart_soon(down)
        return answer(status)

    return answers


for every, down in ((40, 0.0), (60, 0.3), (150, 1.5)):
    add(
        f"restarts and is away for {down} s",
        f"It is correct, and restarts after {every} requests.",
        answering(restarting(every, down)),
        **STEADY,
    )


def dying(visit: Visit) -> None:
    for asked in visit.each():
        visit.send(correct(visit.server, asked))
        if visit.server.requests >= 40:
            visit.server.die()


def dying_without_answer(visit: Visit) -> None:
    for asked in visit.each():
        if visit.server.requests >= 40:
            visit.server.die()
        visit.send(correct(visit.server, asked))


def dying_after_an_error(visit: Visit) -> None:
    for asked in visit.each():
        visit.server.judge(asked)
        visit.send(answer(200))
        if visit.server.requests >= 40:
            visit.server.die()


def ending(name: str, does: str, handle: Callable[[Visit], None], **about: object) -> None:
    server(name, does, Topic.EARLY_END, handle, **{**GONE, **about})


ending("dies after an answer", "It is correct, and dies after 40 requests.", dying, quick=True)
ending(
    "dies instead of an answer",
    "It is correct, and dies in its 41st request.",
    dying_without_answer,
)
ending(
    "dies after it accepted forgeries",
    "It accepts everything, and dies after 40 requests.",
    dying_after_an_error,
    finds=("refuses-headers-missing",),
)


@contextlib.contextmanager
def nobody(public_key: str) -> Iterator[str]:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    yield f"http://127.0.0.1:{port}/webhooks"


@contextlib.contextmanager
def plain_behind_https(public_key: str) -> Iterator[str]:
    plain = Server(public_key, lambda visit: visit.send(b"HTTP/1.1 400 Bad\r\n\r\n"))
    try:
        yield plain.url.replace("http:", "https:")
    finally:
        plain.stop()


hostile("port closed", "Nothing listens there.", Topic.EARLY_END, nobody, **GONE)
hostile(
    "no TLS",
    "It speaks plain HTTP at an https address.",
    Topic.EARLY_END,
    plain_behind_https,
    **GONE,
)
