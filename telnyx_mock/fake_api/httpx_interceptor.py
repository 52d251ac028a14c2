"""The door for httpx, and so for the official SDK: a router among those of respx.

respx asks its routers in turn, and the first that answers or lets through ends the round. So this
one stands first and speaks for others with care. A call to Telnyx goes to a user's router that
has an answer for it, otherwise to the fake API. Any other call is left to the user's routers, and
goes through untouched where there are none. It records nothing.

It must be imported only when a door opens, since it loads respx and httpx.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import suppress

import anyio
import httpx
import respx
from respx.mocks import HTTPCoreMocker, HTTPXMocker, Mocker
from respx.models import AllMockedAssertionError, PassThrough

from telnyx_mock.fake_api.answers import TimedOut
from telnyx_mock.fake_api.state import FakeApi
from telnyx_mock.provider import API_HOST

__all__ = ["HttpxInterceptor"]

_NO_ANSWER = (AllMockedAssertionError, PassThrough)
"""What a router raises for a call that it does not know, or lets through."""


class HttpxInterceptor:
    """While open, calls of httpx to ``api.telnyx.com`` are answered by *api*."""

    def __init__(self, api: FakeApi) -> None:
        self._transport = _Router(HTTPCoreMocker, api)
        # Nothing of ours happens at the level of clients, but a user who mocks there with
        # assert_all_mocked must not shut the fake API out.
        self._client = _Router(HTTPXMocker, None)

    def open(self) -> None:
        HTTPCoreMocker.routers.insert(0, self._transport)
        HTTPXMocker.routers.insert(0, self._client)
        HTTPCoreMocker.start()

    def close(self) -> None:
        for router in (self._transport, self._client):
            router.mocker.routers.remove(router)
            router.mocker.stop()  # does nothing while a user's router is left


class _Router(respx.Router):
    """Answers for *api*; where that is None, leaves calls to Telnyx to the level below."""

    def __init__(self, mocker: type[Mocker], api: FakeApi | None) -> None:
        super().__init__()
        self.mocker = mocker
        self.api = api

    def handler(self, request: httpx.Request) -> httpx.Response:
        for router in self._users_routers(request):
            with suppress(*_NO_ANSWER):
                return router.handler(request)
        api = self._answering(request)
        try:
            return _answer(api, request)
        finally:
            time.sleep(api.latency)

    async def async_handler(self, request: httpx.Request) -> httpx.Response:
        for router in self._users_routers(request):
            with suppress(*_NO_ANSWER):
                return await router.async_handler(request)
        api = self._answering(request)
        try:
            return _answer(api, request)
        finally:  # lets others run even at 0, as any answer of Telnyx's does
            await anyio.sleep(api.latency)

    def _users_routers(self, request: httpx.Request) -> Iterator[respx.Router]:
        """The users' routers that name a call to Telnyx. Raises for a call elsewhere."""
        users = [router for router in self.mocker.routers if not isinstance(router, _Router)]
        if request.url.host != API_HOST:
            if users:
                raise AllMockedAssertionError(f"RESPX: {request!r} not mocked!")
            raise PassThrough(f"not to {API_HOST}", request=request, origin=respx.Route())
        return (
            router
            for router in users
            if any(route.pattern.match(request) for route in router.routes)
        )

    def _answering(self, request: httpx.Request) -> FakeApi:
        if self.api is None:
            raise PassThrough("left to the transport", request=request, origin=respx.Route())
        return self.api


def _answer(api: FakeApi, request: httpx.Request) -> httpx.Response:
    try:
        answer = api.respond(request.method, str(request.url), request.headers, request.content)
    except TimedOut:
        raise httpx.ReadTimeout("The fake API gives no answer.", request=request) from None
    return httpx.Response(
        answer.status, headers=list(answer.headers), content=answer.body, request=request
    )
