"""Catches the calls of httpx (and of the official SDK, which uses it) in httpcore's connection pools.

Mocks of the user come first. A mock that works above the pools (a transport, pytest-httpx) never
gets here. respx works in the pools or in the client: if one of its routers has an answer to a call
to Telnyx, that router answers; otherwise the fake API answers. respx asks its routers in turn, and
the first router that answers a call, or passes it through, ends the search. So while a test runs, a
router of this module comes first, and asks the other routers itself. It records nothing.

While the contract judges, calls to services out of reach are accepted too; see
:func:`telnyx_mock.fake_api.name_guard.stands_in`.

While no fake API is open, the user's routers see calls to Telnyx as they do without this package,
and are as strict; only what would leave the process is answered here.

Import this module only when the interceptors are put in place: it loads respx and httpx.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterator
from contextlib import suppress
from typing import Any

import anyio
import httpcore
import httpx
import respx
from respx.mocks import HTTPCoreMocker, HTTPXMocker, Mocker
from respx.models import AllMockedAssertionError, PassThrough

from telnyx_mock.clock import SYSTEM_CLOCK
from telnyx_mock.fake_api.answering import answering, is_open
from telnyx_mock.fake_api.answers import ApiAnswer, NoAnswer, WasReset
from telnyx_mock.fake_api.name_guard import stands_in
from telnyx_mock.fake_api.patch import Patch
from telnyx_mock.fake_api.state import FakeApi
from telnyx_mock.provider_urls import API_HOST

_NO_ANSWER = (AllMockedAssertionError, PassThrough)
"""The exceptions that a router raises if it does not know a call, or passes the call through."""

_HOST = API_HOST.encode()
_CONVERTER: Any = HTTPCoreMocker
"""Turns requests and answers of httpcore into those of httpx, and back."""


def come_before_the_user() -> None:
    """Ask the user's routers of respx from now on, instead of letting respx ask them."""
    for router in (_POOL, _CLIENT):
        if router not in router.mocker.routers:
            router.mocker.routers.insert(0, router)


def leave_to_the_user() -> None:
    """Let respx ask the user's routers again."""
    for router in (_POOL, _CLIENT):
        if router in router.mocker.routers:
            router.mocker.routers.remove(router)
            router.mocker.stop()  # has no effect while a router of the user is left


class _Router(respx.Router):
    """Asks the user's routers, and then the fake API.

    A client leaves calls to the pool if no router of the user has an answer.
    """

    def __init__(self, mocker: type[Mocker], *, is_client: bool = False) -> None:
        super().__init__()
        self.mocker = mocker
        self._is_client = is_client

    def handler(self, request: httpx.Request) -> httpx.Response:
        for router in self._knowing(request):
            with suppress(*_NO_ANSWER):
                return router.handler(request)
        api = self._answering(request)
        answer, seconds = _exchange(api, request)
        SYSTEM_CLOCK.sleep(seconds)
        return _response(answer, request)

    async def async_handler(self, request: httpx.Request) -> httpx.Response:
        for router in self._knowing(request):
            with suppress(*_NO_ANSWER):
                return await router.async_handler(request)
        api = self._answering(request)
        answer, seconds = _exchange(api, request)
        await anyio.sleep(seconds)  # other tasks run even at 0 s, as they do during a real call
        return _response(answer, request)

    def users(self) -> list[respx.Router]:
        """Return the routers that the user has started."""
        return [router for router in self.mocker.routers if not isinstance(router, _Router)]

    def _knowing(self, request: httpx.Request) -> Iterator[respx.Router]:
        """Return the user's routers that know *request*.

        Raises AllMockedAssertionError or PassThrough if *request* is not a call to Telnyx.
        """
        users = self.users()
        if request.url.host != API_HOST:
            if not self._is_client and _stands_in(request.url.host):
                return iter(())
            if users:
                raise AllMockedAssertionError(f"RESPX: {request!r} not mocked!")
            raise PassThrough(f"not to {API_HOST}", request=request, origin=respx.Route())
        return (
            router
            for router in users
            if any(route.pattern.match(request) for route in router.routes)
        )

    def _answering(self, request: httpx.Request) -> FakeApi:
        if self._is_client:
            raise PassThrough("left to the pool", request=request, origin=respx.Route())
        return answering()


def _exchange(api: FakeApi, request: httpx.Request) -> tuple[ApiAnswer | NoAnswer, float]:
    return api.exchange(
        request.method,
        str(request.url),
        request.headers,
        request.content,
        request.extensions.get("timeout", {}).get("read"),
    )


def _response(answer: ApiAnswer | NoAnswer, request: httpx.Request) -> httpx.Response:
    if isinstance(answer, WasReset):
        raise httpx.ReadError("The fake API resets the connection.", request=request)
    if isinstance(answer, NoAnswer):
        raise httpx.ReadTimeout("The fake API gives no answer.", request=request)
    return httpx.Response(
        answer.status, headers=list(answer.headers), content=answer.body, request=request
    )


_POOL = _Router(HTTPCoreMocker)
# Mocks of the user at the level of clients (with assert_all_mocked) must let calls get to the pool.
_CLIENT = _Router(HTTPXMocker, is_client=True)


def _stands_in(host: str) -> bool:
    """Whether the fake API accepts calls to *host*: a router of the user would come first."""
    return not _POOL.users() and stands_in(answering(), host)


def _is_ours(request: httpcore.Request) -> bool:
    """Whether the fake API answers *request*, unless a router of the user does."""
    host = request.url.host.lower()
    if host != _HOST:
        return _stands_in(host.decode("ascii", "replace"))
    return is_open() or not _POOL.users()


# respx reads the names of the parameters, and whether a function is async.


def _catching(original: Callable[..., Any]) -> Callable[..., Any]:
    def handle_request(self: Any, request: httpcore.Request) -> httpcore.Response:
        if not _is_ours(request):
            passed: httpcore.Response = original(self, request)
            return passed
        seen = _CONVERTER.to_httpx_request(request=request)
        seen.read()
        made: httpcore.Response = _CONVERTER.from_sync_httpx_response(_POOL.handler(seen), self)
        return made

    return handle_request


def _catching_async(original: Callable[..., Awaitable[Any]]) -> Callable[..., Awaitable[Any]]:
    async def handle_async_request(self: Any, request: httpcore.Request) -> httpcore.Response:
        if not _is_ours(request):
            passed: httpcore.Response = await original(self, request)
            return passed
        seen = _CONVERTER.to_httpx_request(request=request)
        await seen.aread()
        answered = await _POOL.async_handler(seen)
        made: httpcore.Response = _CONVERTER.from_sync_httpx_response(answered, self)
        return made

    return handle_async_request


PATCHES = (
    Patch(httpcore.ConnectionPool, "handle_request", _catching),
    Patch(httpcore.AsyncConnectionPool, "handle_async_request", _catching_async),
)
