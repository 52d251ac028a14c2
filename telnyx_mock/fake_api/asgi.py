"""An ASGI app that lets clients in other processes call the fake API, as they would call Telnyx."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from typing import Any
from urllib.parse import quote

from telnyx_mock.clock import SYSTEM_CLOCK
from telnyx_mock.fake_api.answering import answering
from telnyx_mock.fake_api.answers import ApiAnswer, NoAnswer, WasReset, answer
from telnyx_mock.fake_api.api_errors import body_of_error
from telnyx_mock.fake_api.command import Command
from telnyx_mock.fake_api.generic import stateless
from telnyx_mock.provider_urls import API_HOST

Exchange = Callable[[str, str, Mapping[str, str], bytes], tuple[ApiAnswer | NoAnswer, float]]
"""Takes the method, the URL, the headers and the body of a request. Returns its answer, or why there is none, and after how many seconds."""

_BODY_LIMIT = 20_000_000


def with_state(
    method: str, url: str, headers: Mapping[str, str], body: bytes
) -> tuple[ApiAnswer | NoAnswer, float]:
    """Let the fake API answer that answers in this process now."""
    api = answering()
    api.periods.join()  # how old this thread is says nothing about the command: only ids do
    return api.exchange(method, url, headers, body)


def without_state(
    method: str, url: str, headers: Mapping[str, str], body: bytes
) -> tuple[ApiAnswer | NoAnswer, float]:
    """Answer every operation in its documented shape."""
    return stateless(Command.read(method, url, headers, body, SYSTEM_CLOCK.now())), 0.0


class ApiApp:
    """Answers each request by *exchange*. Without a bearer token, the answer is 401.

    *hang_up* ends the connection of a client, by its address and port, when no answer shall arrive, and
    resets it if its second argument says so.
    """

    def __init__(
        self, exchange: Exchange, hang_up: Callable[[tuple[str, int], bool], None]
    ) -> None:
        self._exchange = exchange
        self._hang_up = hang_up

    async def __call__(
        self,
        scope: Mapping[str, Any],
        receive: Callable[[], Awaitable[Mapping[str, Any]]],
        send: Callable[[dict[str, Any]], Awaitable[None]],
    ) -> None:
        body = bytearray()
        more = True
        while more:
            message = await receive()
            if message["type"] == "http.disconnect":
                return
            body += message.get("body", b"")
            del body[_BODY_LIMIT:]
            more = message.get("more_body", False)
        made, seconds = self._answer(scope, bytes(body))
        if seconds:
            await asyncio.sleep(seconds)
        if isinstance(made, NoAnswer):
            self._hang_up(tuple(scope["client"]), isinstance(made, WasReset))
            while (await receive())["type"] != "http.disconnect":
                continue
            return
        headers = [(name.encode(), value.encode()) for name, value in made.headers]
        if made.status != 204:
            headers.append((b"content-length", str(len(made.body)).encode()))
        await send({"type": "http.response.start", "status": made.status, "headers": headers})
        await send({"type": "http.response.body", "body": made.body})

    def _answer(self, scope: Mapping[str, Any], body: bytes) -> tuple[ApiAnswer | NoAnswer, float]:
        headers = {
            name.decode("latin-1"): value.decode("latin-1") for name, value in scope["headers"]
        }
        url = f"https://{API_HOST}{_with_version(scope)}"
        method = scope["method"]
        scheme, _, token = headers.get("authorization", "").partition(" ")
        if scheme.lower() != "bearer" or not token.strip():
            refused = Command.read(method, url, headers, body, 0)
            return answer(401, body_of_error(401, refused), to=method), 0.0
        return self._exchange(method, url, headers, body)


def _with_version(scope: Mapping[str, Any]) -> str:
    """Return the path and the query of the request. A client may leave out the version."""
    path = scope["raw_path"].decode("latin-1") if "raw_path" in scope else quote(scope["path"])
    query = scope["query_string"].decode("latin-1")
    return f"{path if path.startswith('/v2/') else f'/v2{path}'}{'?' if query else ''}{query}"
