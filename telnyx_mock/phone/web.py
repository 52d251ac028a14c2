"""The web app of the page: the page, what has happened since, and what a person does.

A page of another site must not drive it. So each request must name this machine as its host, which
stops a foreign name that leads here; each request but that for the page needs the page's token in a
header, which no other site can send without leave; and nothing gives leave.
"""

from __future__ import annotations

import asyncio
import json
import secrets
from collections.abc import Awaitable, Callable, Mapping
from concurrent.futures import Future
from contextlib import suppress
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any
from urllib.parse import parse_qs

from telnyx_mock.errors import UsageError
from telnyx_mock.phone.page import FILES, page
from telnyx_mock.phone.saved_test import saved_test
from telnyx_mock.phone.shown import opened_line, shown_chat, shown_line, shown_telephone
from telnyx_mock.phone.switchboard import Switchboard

TOKEN = "x-telnyx-mock-token"  # noqa: S105  (the name of the header)

_HOSTS = ("127.0.0.1", "localhost")

_BODY_LIMIT = 100_000

_LONGEST_WAIT = 20.0
"""How many seconds a page waits for news before it asks again."""

_HEADERS = (
    (
        "content-security-policy",
        "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src data:; "
        "base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
    ),
    ("cross-origin-opener-policy", "same-origin"),
    ("cross-origin-resource-policy", "same-origin"),
    ("x-content-type-options", "nosniff"),
    ("referrer-policy", "no-referrer"),
    ("cache-control", "no-store"),
)

Receive = Callable[[], Awaitable[Mapping[str, Any]]]
Send = Callable[[dict[str, Any]], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class Refused(Exception):
    """A request that is not answered as it wishes."""

    status: int
    why: str


@dataclass(frozen=True, slots=True)
class Asked:
    """A request of the page: its query, and the JSON object of its body."""

    query: Mapping[str, str]
    body: Mapping[str, Any]

    def number(self, name: str) -> int:
        """Return the whole number *name*."""
        with suppress(ValueError):
            return int(str(self.query.get(name, self.body.get(name))))
        raise Refused(400, f"{name} is not a number.")

    def text(self, name: str) -> str:
        """Return the text *name* of the body."""
        value = self.body.get(name, "")
        if not isinstance(value, str):
            raise Refused(400, f"{name} is not a text.")
        return value


class PhoneApp:
    """The ASGI app of the page for *switchboard*, whose app is called *target*.

    *token* is what the page shows that it is ours; a new one by default.
    """

    def __init__(self, switchboard: Switchboard, target: str, token: str = "") -> None:
        self.token = token or secrets.token_urlsafe(32)
        self._board = switchboard
        self._target = target
        self._routes: Mapping[tuple[str, str], Callable[[Asked], Awaitable[Any]]] = {
            ("GET", "/api/news"): self._news,
            ("GET", "/api/line"): self._line,
            ("GET", "/api/test"): self._test,
            ("POST", "/api/call"): self._call,
            ("POST", "/api/converse"): self._converse,
            ("POST", "/api/act"): self._act,
            ("POST", "/api/again"): self._again,
            ("POST", "/api/fail"): self._fail,
            ("POST", "/api/duplicate"): self._duplicate,
        }

    async def __call__(self, scope: Mapping[str, Any], receive: Receive, send: Send) -> None:
        try:
            status, kind, content = await self._answer(scope, receive)
        except Refused as refused:
            status, kind = refused.status, "application/json"
            content = json.dumps({"problem": refused.why}).encode()
        headers = [*_HEADERS, ("content-type", kind), ("content-length", str(len(content)))]
        encoded = [(name.encode(), value.encode()) for name, value in headers]
        await send({"type": "http.response.start", "status": status, "headers": encoded})
        await send({"type": "http.response.body", "body": content})

    async def _answer(self, scope: Mapping[str, Any], receive: Receive) -> tuple[int, str, bytes]:
        headers = {
            name.decode("latin-1"): value.decode("latin-1") for name, value in scope["headers"]
        }
        method, path = scope["method"], scope["path"]
        _assert_of_this_machine(scope, headers)
        if method == "GET" and path == "/":
            return 200, "text/html; charset=utf-8", page(self._target, self.token)
        if method == "GET" and path in FILES:
            kind, content = FILES[path]()
            return 200, kind, content
        route = self._routes.get((method, path))
        if route is None:
            known = any(path == each for _, each in self._routes) or path in (*FILES, "/")
            status = HTTPStatus.METHOD_NOT_ALLOWED if known else HTTPStatus.NOT_FOUND
            raise Refused(status, status.phrase)
        given = headers.get(TOKEN, "")
        if not secrets.compare_digest(given.encode(), self.token.encode()):
            raise Refused(403, "This page is of an earlier start: load it again.")
        query = {
            name: values[-1]
            for name, values in parse_qs(scope["query_string"].decode("latin-1")).items()
        }
        body = await _body(receive) if method == "POST" else {}
        try:
            made = await route(Asked(query, body))
        except UsageError as problem:
            made = {"problem": problem.problem}
        return 200, "application/json", json.dumps(made).encode()

    async def _news(self, asked: Asked) -> dict[str, Any]:
        """Return what has happened after a version, once something has."""
        after = asked.number("after")
        log = self._board.log
        loop = asyncio.get_running_loop()
        changed = asyncio.Event()

        def wake() -> None:
            with suppress(RuntimeError):  # the server has stopped
                loop.call_soon_threadsafe(changed.set)

        log.when_changed(after, wake)
        with suppress(asyncio.TimeoutError):
            await asyncio.wait_for(changed.wait(), _LONGEST_WAIT)
        if log.is_closed:
            raise Refused(503, "telnyx-mock phone has stopped.")
        version = log.version  # before the rest is read, so that nothing is lost
        return {
            "version": version,
            "busy": self._board.is_busy,
            "failing": self._board.failing,
            "duplicates": self._board.duplicates,
            "telephones": [shown_telephone(each) for each in list(self._board.telephones)],
            "chats": [shown_chat(each) for each in list(self._board.chats)],
            "lines": [shown_line(line) for line in log.since(after)],
        }

    async def _line(self, asked: Asked) -> dict[str, Any]:
        line = self._board.log.line(asked.number("number"))
        if line is None:
            raise Refused(404, "This line is forgotten.")
        return {"sections": opened_line(line)}

    async def _test(self, asked: Asked) -> dict[str, Any]:
        return {
            "text": saved_test(list(self._board.story), self._board.telephones, self._board.chats)
        }

    async def _call(self, asked: Asked) -> dict[str, Any]:
        numbers = asked.text("from").strip(), asked.text("to").strip()
        return await _done(self._board.ring(*numbers))

    async def _converse(self, asked: Asked) -> dict[str, Any]:
        numbers = asked.text("from").strip(), asked.text("to").strip()
        return await _done(self._board.converse(*numbers))

    async def _act(self, asked: Asked) -> dict[str, Any]:
        name, text = asked.text("act"), asked.text("text")
        return await _done(self._board.act(asked.number("at"), name, text))

    async def _again(self, asked: Asked) -> dict[str, Any]:
        return await _done(self._board.again(asked.number("number")))

    async def _fail(self, asked: Asked) -> dict[str, Any]:
        return await _done(self._board.fail_once(asked.number("status")))

    async def _duplicate(self, asked: Asked) -> dict[str, Any]:
        return await _done(self._board.duplicate(on=asked.body.get("on") is True))


async def _done(future: Future[str]) -> dict[str, Any]:
    return {"problem": await asyncio.wrap_future(future)}


async def _body(receive: Receive) -> Mapping[str, Any]:
    content, more = bytearray(), True
    while more:
        message = await receive()
        content += message.get("body", b"")
        more = message.get("more_body", False)
        if len(content) > _BODY_LIMIT:
            raise Refused(413, "This is too much.")
    try:
        body = json.loads(content)
    except (ValueError, RecursionError):
        body = None
    if not isinstance(body, dict):
        raise Refused(400, "The body is no JSON object.")
    return body


def _assert_of_this_machine(scope: Mapping[str, Any], headers: Mapping[str, str]) -> None:
    """Raise Refused if the request is for another host, or comes from a page of another site."""
    port = scope["server"][1]
    hosts = {f"{host}:{port}" for host in _HOSTS} | ({*_HOSTS} if port == 80 else set())
    host = headers.get("host", "")
    origin = headers.get("origin")
    is_foreign = origin is not None and origin != f"http://{host}"
    site = headers.get("sec-fetch-site", "none")
    if host not in hosts or is_foreign or site not in ("none", "same-origin"):
        raise Refused(403, "Only the page of this machine may ask.")
    if scope["method"] == "POST" and origin is None:
        raise Refused(403, "A browser names the page that asks.")
