"""Servers with strange status lines and headers."""

from __future__ import annotations

import gzip

from tests.hostile.case import Topic
from tests.hostile.server import answer, answering, server
from tests.hostile.servers.framing import OK, UNREADABLE, V, add, always, correct, judged

END = b"\r\nContent-Length: 0\r\n\r\n"
NOT_ACCEPTED = {"exit": 1, "finds": ("accepts-sample",)}
ESCAPES = b"\x1b]0;owned\x07\x1b[2J\x1b[31mPASSED\x9b1m\r\x08\x7f" + "\u202eevil\u2066".encode()

add("status 099", "Its status is 099.", always(V + b"099 A" + END), **UNREADABLE)
add(
    "status 999",
    "Its status is 999 for every request.",
    answering(lambda server, asked: answer(999)),
    **NOT_ACCEPTED,
)
add("status abc", "Its status is no number.", always(V + b"abc A" + END), **UNREADABLE)
add("status of four digits", "Its status is 2000.", always(V + b"2000 A" + END), **UNREADABLE)
add("no reason phrase", "It has a status line without a reason.", judged(V, END), **OK)
add(
    "reason phrase in Latin-1",
    "It has a reason phrase that is not ASCII.",
    judged(V, b" \xfcber\xdfl\xe4uft" + END),
    **OK,
)
add(
    "NUL in a header",
    "It has a header with a NUL.",
    always(V + b"200 A\r\nX-Null: a\0b" + END),
    **UNREADABLE,
)
add(
    "header without a colon",
    "It has a line in its headers that is none.",
    always(V + b"200 A\r\nno header" + END),
    **UNREADABLE,
)
add(
    "many headers",
    "It sends 5,000 headers.",
    judged(V, b" A" + b"\r\nX-Many: 1" * 5000 + END),
    **OK,
)
add(
    "large header",
    "It sends a header of 60 kB.",
    judged(V, b" A\r\nX: " + b"x" * 60_000 + END),
    **OK,
)
add(
    "headers without end",
    "It sends a megabyte of headers.",
    always(V + b"200 A" + b"\r\nX-Many: 1" * 100_000 + END),
    exit=1,
    finds=("accepts-sample",),
    says=("headers without end",),
)
for name, place in {
    "redirect to itself": b"/webhooks",
    "redirect to another host": b"http://203.0.113.7/webhooks",
    "redirect to a file": b"file:///etc/passwd",
}.items():
    add(
        name,
        f"It redirects every request to '{place.decode()}'.",
        answering(lambda server, asked, place=place: answer(307, b"", b"Location: " + place)),
        exit=(1, 2),
        not_finds=("refuses-*",),
        says=("307",),
    )
add(
    "cookies",
    "It answers 500 to whoever brings back the cookies that it sets.",
    answering(
        lambda server, asked: answer(
            500 if "cookie" in asked.headers else server.judge(asked), b"", b"Set-Cookie: a=b"
        )
    ),
    **OK,
)

BOMB = gzip.compress(b"\0" * 50_000_000, 9)
add(
    "gzip bomb",
    "Its answer unpacks to a thousand times its size.",
    answering(lambda server, asked: answer(server.judge(asked), BOMB, b"Content-Encoding: gzip")),
    **OK,
)


def raw(name: str, does: str, made: object, **about: object) -> None:
    server(name, does, Topic.RAW_TEXT, made, **about)  # type: ignore[arg-type]


raw(
    "escape sequences in the reason phrase",
    "It is correct, and writes escape sequences into the status line.",
    judged(V, b" " + ESCAPES.replace(b"\r", b"") + END),
    **OK,
)
raw(
    "escape sequences in a header",
    "It is correct, and writes escape sequences into a header.",
    judged(V, b" A\r\nX-Evil: " + ESCAPES.replace(b"\r", b"") + END),
    **OK,
)
raw(
    "escape sequences in the body",
    "It fails at everything, and writes escape sequences and bidi overrides into the body.",
    answering(lambda server, asked: answer(500, ESCAPES)),
    exit=1,
    finds=("accepts-sample",),
    quick=True,
)
raw(
    "escape sequences after the answer",
    "It is correct, and sends escape sequences after each answer.",
    answering(lambda server, asked: correct(server, asked) + ESCAPES),
    **OK,
    finds=("sends-nothing-after-answers",),
)
raw(
    "escape sequences instead of HTTP",
    "It sends escape sequences where the status line should be.",
    always(ESCAPES + b"\r\n\r\n"),
    **UNREADABLE,
)
