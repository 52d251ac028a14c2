"""Servers whose answers do not come, or do not end."""

from __future__ import annotations

import contextlib
import socket
from collections.abc import Callable, Iterator

from tests.hostile.case import Topic, hostile
from tests.hostile.server import Visit, answer, answering, server
from tests.hostile.servers.framing import V

TIMEOUT = {"exit": 1, "finds": ("accepts-sample",), "says": ("timeout",)}
ONE_RULE = "--only accepts-sample"
HEAD = V + b"200 A\r\n"


def add(name: str, does: str, handle: Callable[[Visit], None], **about: object) -> None:
    server(name, does, Topic.ENDLESS, handle, **about)


def dripping(before: bytes, data: bytes) -> Callable[[Visit], None]:
    """Send *before*, and then *data* byte by byte, five a second."""

    def handle(visit: Visit) -> None:
        visit.ask()
        visit.send(before)
        visit.drip(data)

    return handle


def endless(before: bytes, data: bytes, pause: float = 0.0) -> Callable[[Visit], None]:
    """Send *before*, and then *data* again and again."""

    def handle(visit: Visit) -> None:
        visit.ask()
        visit.send(before)
        while True:
            visit.send(data)
            visit.wait(pause)

    return handle


add(
    "never reads",
    "It accepts connections, and neither reads nor answers.",
    lambda visit: visit.wait(60),
    exit=1,
    finds=("accepts-sample",),
    says=("timeout", "Late answers took 60 s in total"),
    seconds=150,
)
add(
    "never answers",
    "It reads requests and never answers.",
    lambda visit: visit.hang(),
    **TIMEOUT,
    options=ONE_RULE,
)
add(
    "drip of a status line",
    "It sends the status line slowly, byte by byte.",
    dripping(b"", HEAD * 9),
    **TIMEOUT,
    options=ONE_RULE,
)
add(
    "drip of headers",
    "It sends headers slowly, byte by byte.",
    dripping(HEAD, b"X-Slow: 1\r\n" * 9),
    **TIMEOUT,
    options=ONE_RULE,
)
add(
    "drip of a body",
    "It sends the body slowly, byte by byte.",
    dripping(HEAD + b"Content-Length: 99\r\n\r\n", b"x" * 99),
    **TIMEOUT,
    options=ONE_RULE,
)
add(
    "drip of chunks",
    "It sends chunks slowly, one byte each.",
    endless(HEAD + b"Transfer-Encoding: chunked\r\n\r\n", b"1\r\nx\r\n", 0.1),
    **TIMEOUT,
    options=ONE_RULE,
)
add(
    "flood of interim answers",
    "It sends 100 Continue without end.",
    endless(b"", b"HTTP/1.1 100 Continue\r\n\r\n" * 100),
    **TIMEOUT,
    options=ONE_RULE,
)
add(
    "interim answers now and then",
    "It sends 102 Processing each second, and never an answer.",
    endless(b"", b"HTTP/1.1 102 Processing\r\n\r\n", 1.0),
    **TIMEOUT,
    options=ONE_RULE,
)
add(
    "endless body",
    "It accepts everything with a body that never ends; that it is long is a warning.",
    endless(HEAD + b"\r\n", b"x" * 65536),
    exit=1,
    finds=("accepts-sample", "refuses-*"),
    seconds=120,
)


def endless_refusal(visit: Visit) -> None:
    for asked in visit.each():
        status = visit.server.judge(asked)
        if status < 400:
            visit.send(answer(status))
            continue
        visit.send(V + b"%d A\r\n\r\n" % status)
        while True:
            visit.send(b"x" * 65536)


add(
    "endless refusal",
    "It is correct, and refuses with a body that never ends.",
    endless_refusal,
    exit=0,
    no_other_error=True,
    seconds=120,
)
add(
    "refusal like a trace",
    "It is correct, and refuses with a megabyte that looks like the beginning of stack traces.",
    answering(
        lambda server, asked: answer(
            status := server.judge(asked), b"at " * 349_000 if status >= 400 else b""
        )
    ),
    exit=0,
    no_other_error=True,
    seconds=120,
)
add(
    "endless trailer",
    "It sends headers without end after the last chunk.",
    endless(HEAD + b"Transfer-Encoding: chunked\r\n\r\n0\r\n", b"X-Trailer: 1\r\n" * 100),
    exit=1,
    finds=("accepts-sample",),
)


def late(visit: Visit) -> None:
    for asked in visit.each():
        status = visit.server.judge(asked)
        visit.wait(2.5)
        visit.send(answer(status))


add(
    "late answers",
    "It is correct, and takes 2.5 s for each answer.",
    late,
    exit=1,
    finds=("answers-in-time",),
    seconds=120,
    options="--only answers-in-time --only accepts-sample",
)


@contextlib.contextmanager
def never_accepted(public_key: str) -> Iterator[str]:
    with socket.create_server(("127.0.0.1", 0), backlog=64) as listener:
        yield f"http://127.0.0.1:{listener.getsockname()[1]}/webhooks"


hostile(
    "never accepts",
    "It listens, and never accepts a connection.",
    Topic.ENDLESS,
    never_accepted,
    **TIMEOUT,
    options=ONE_RULE,
)
