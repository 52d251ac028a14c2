"""Servers whose answers do not begin or end where HTTP says."""

from __future__ import annotations

from collections.abc import Callable

from tests.hostile.case import Topic
from tests.hostile.server import Asked, Server, Visit, answer, answering, server

OK = {"exit": 0, "no_other_error": True}
UNREADABLE = {"exit": 1, "finds": ("accepts-sample",), "says": ("not HTTP",)}
CUT = {"exit": 1, "finds": ("accepts-sample",), "says": ("connection closed",)}
LEFT_OVER = {**OK, "finds": ("sends-nothing-after-answers",)}


def correct(server: Server, asked: Asked) -> bytes:
    """The answer of a correct receiver."""
    return answer(server.judge(asked))


def judged(before: bytes, after: bytes) -> Callable[[Visit], None]:
    """Answer each request with the right status between two pieces, and keep the connection."""
    return answering(lambda server, asked: before + b"%d" % server.judge(asked) + after)


def once(before: bytes, after: bytes) -> Callable[[Visit], None]:
    """Answer one request with the right status between two pieces, and close the connection."""

    def handle(visit: Visit) -> None:
        visit.send(before + b"%d" % visit.server.judge(visit.ask()) + after)

    return handle


def always(data: bytes) -> Callable[[Visit], None]:
    """Answer one request with *data*, and close the connection."""

    def handle(visit: Visit) -> None:
        visit.ask()
        visit.send(data)

    return handle


def at_once(data: bytes) -> Callable[[Visit], None]:
    """Speak first, before any request."""

    def handle(visit: Visit) -> None:
        visit.send(data)
        visit.ask()

    return handle


def add(name: str, does: str, handle: Callable[[Visit], None], **about: object) -> None:
    server(name, does, Topic.ANSWERS, handle, **about)


V = b"HTTP/1.1 "

add(
    "correct server",
    "It answers as a correct receiver does, and keeps its connections.",
    answering(correct),
    **OK,
    quick=True,
)
add(
    "body with 204",
    "It answers 204 with a body of two bytes.",
    answering(
        lambda server, asked: answer({200: 204}.get(status := server.judge(asked), status), b"ok")
    ),
    **LEFT_OVER,
)
add(
    "length too small",
    "It sends more bytes of a body than its Content-Length says.",
    judged(V, b" A\r\nContent-Length: 2\r\n\r\nok and more"),
    **LEFT_OVER,
)
add(
    "second answer at once",
    "It sends a second answer, which accepts, right after each answer.",
    answering(lambda server, asked: correct(server, asked) + answer(200)),
    **LEFT_OVER,
    not_finds=("refuses-*",),
)


def one_ahead(visit: Visit) -> None:
    for number, asked in enumerate(visit.each()):
        visit.send(correct(visit.server, asked))
        if not number:
            visit.wait(0.02)
            visit.send(answer(200))


add(
    "one answer ahead",
    "It accepts the second request on each connection a moment before it comes.",
    one_ahead,
    **LEFT_OVER,
    not_finds=("refuses-*",),
)
add(
    "length too large",
    "It closes the connection before the body is as long as it said.",
    once(V, b" A\r\nContent-Length: 100\r\n\r\nok"),
    **CUT,
    quick=True,
)
add(
    "length too large, kept open",
    "It waits for more after a body that is shorter than it said.",
    judged(V, b" A\r\nContent-Length: 100\r\n\r\nok"),
    exit=1,
    finds=("accepts-sample",),
    says=("timeout",),
    options="--only accepts-sample",
)
add(
    "status line alone",
    "It closes the connection after the status line.",
    once(V, b" A\r\n"),
    **CUT,
)
add("half a status line", "It closes the connection within the status line.", always(b"HTT"), **CUT)
add("nothing", "It reads the request and closes the connection.", lambda visit: visit.ask(), **CUT)

for name, value in {
    "negative length": b"-5",
    "signed length": b"+2",
    "hexadecimal length": b"0x2",
    "empty length": b"",
    "length in words": b"two",
    "two lengths in one header": b"2, 3",
}.items():
    add(
        name,
        f"Its Content-Length is '{value.decode()}'.",
        once(V, b" A\r\nContent-Length: %s\r\n\r\nok" % value),
        **UNREADABLE,
    )
add(
    "two lengths",
    "It has two headers Content-Length with different values.",
    once(V, b" A\r\nContent-Length: 2\r\nContent-Length: 20\r\n\r\nok"),
    **UNREADABLE,
)
add(
    "the same length twice",
    "It has two headers Content-Length with the same value.",
    judged(V, b" A\r\nContent-Length: 2\r\nContent-Length: 2\r\n\r\nok"),
    **OK,
)
add(
    "length of 25 digits",
    "Its Content-Length is larger than any number of a machine, and it closes the connection.",
    once(V, b" A\r\nContent-Length: 1" + b"0" * 24 + b"\r\n\r\nok"),
    exit=1,
    finds=("accepts-sample",),
)

CHUNKED = b" A\r\nTransfer-Encoding: chunked\r\n\r\n"
add(
    "chunks",
    "It sends the body in chunks, as it may.",
    judged(V, CHUNKED + b"2\r\nok\r\n0\r\n\r\n"),
    **OK,
)
add(
    "junk chunks",
    "The length of its chunk is no number.",
    once(V, CHUNKED + b"zz\r\n"),
    **UNREADABLE,
)
add(
    "chunk of 2 to the 72",
    "The length of its chunk is larger than any memory.",
    once(V, CHUNKED + b"fffffffffffffffff0\r\nok"),
    **CUT,
)
add(
    "chunk without its end",
    "Its chunk is longer than it said.",
    once(V, CHUNKED + b"2\r\nokokok\r\n0\r\n\r\n"),
    **UNREADABLE,
)
add(
    "no last chunk",
    "It closes the connection before the last chunk.",
    once(V, CHUNKED + b"2\r\nok\r\n"),
    **CUT,
)
add(
    "chunked twice",
    "It says that the body is chunked twice.",
    once(V, b" A\r\nTransfer-Encoding: chunked, chunked\r\n\r\n0\r\n\r\n"),
    **UNREADABLE,
)
add(
    "transfer by gzip",
    "It uses a Transfer-Encoding that nobody asked for.",
    once(V, b" A\r\nTransfer-Encoding: gzip\r\n\r\nok"),
    **UNREADABLE,
)
add(
    "chunks and a length",
    "It has both a Content-Length and chunks. The chunks count.",
    judged(V, b" A\r\nContent-Length: 99\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"),
    **OK,
)
add(
    "HTTP/1.0",
    "It speaks HTTP/1.0, and ends its body by closing the connection.",
    once(b"HTTP/1.0 ", b" A\r\n\r\nok"),
    **OK,
)
add("HTTP/0.9", "It sends a page without a status line.", always(b"<html>ok</html>"), **UNREADABLE)
add(
    "HTTP/2",
    "It answers with frames of HTTP/2.",
    always(b"\0\0\x12\4\0\0\0\0\0\0\3\0\0\0\x80\0\4\0\1\0\0\0\5\0\xff\xff\xff"),
    **UNREADABLE,
)
add(
    "TLS",
    "It answers with an alert of TLS, as a port for HTTPS does.",
    always(b"\x15\x03\x01\x00\x02\x02\x16"),
    **UNREADABLE,
)
add(
    "SSH",
    "It sends the banner of SSH before any request.",
    at_once(b"SSH-2.0-OpenSSH_9.6\r\n"),
    **UNREADABLE,
)
add(
    "interim answers",
    "It sends 100 and 103 before each answer, as it may.",
    judged(
        b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Hints\r\nLink: </a>\r\n\r\n" + V,
        b" A\r\nContent-Length: 0\r\n\r\n",
    ),
    **OK,
)
add(
    "upgrade",
    "It switches to another protocol, although nobody asked.",
    always(b"HTTP/1.1 101 Switching\r\nUpgrade: websocket\r\nConnection: upgrade\r\n\r\n"),
    **UNREADABLE,
)
