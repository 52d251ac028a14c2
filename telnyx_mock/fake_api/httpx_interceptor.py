"""Catches calls of httpx, and so of the official SDK, by a router among those of respx.

respx asks its routers in turn, and the first that answers or passes a call through ends the round. So
this router comes first, and asks the others itself. A call to Telnyx goes to a router of the user that
has an answer for it, and otherwise to the fake API. Any other call is left to the user's routers;
without any it goes out untouched. This router records nothing.

Import this module only when the interceptors open: it loads respx and httpx.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress

import anyio
import httpx
import respx
from respx.mocks import HTTPCoreMocker, HTTPXMocker, Mocker
from respx.models import AllMockedAssertionError, PassThrough

from telnyx_mock.clock import SYSTEM_CLOCK
from telnyx_mock.fake_api.answers import TimedOut
from telnyx_mock.fake_api.state import FakeApi
from telnyx_mock.provider_urls import API_HOST

__all__ = ["HttpxInterceptor"]

_NO_ANSWER = (AllMockedAssertionError, PassThrough)
"""What a router raises for a call that it does not know, or passes through."""


class HttpxInterceptor:
    """While open, *api* answers calls of httpx to ``api.telnyx.com``."""

    def __init__(self, api: FakeApi) -> None:
        self._transport = _Router(HTTPCoreMocker, api)
        # The fake API answers one level lower, but mocks of the user at the level of clients
        # (with assert_all_mocked) must let its calls get there.
        self._client = _Router(HTTPXMocker, None)

    def open(self) -> None:
        HTTPCoreMocker.routers.insert(0, self._transport)
        HTTPXMocker.routers.insert(0, self._client)
        HTTPCoreMocker.start()

    def close(self) -> None:
        for router in (self._transport, self._client):
            router.mocker.routers.remove(router)
            router.mocker.stop()  # has no effect while a router of the user is left


class _Router(respx.Router):
    """Answers for *api*. If that is None, it passes calls to Telnyx to the level below."""

    def __init__(self, mocker: type[Mocker], api: FakeApi | None) -> None:
        super().__init__()
        self.mocker = mocker
        self.api = api

    def handler(self, request: httpx.Request) -> httpx.Response:
        for router in self._user_routers(request):
            with suppress(*_NO_ANSWER):
                return router.handler(request)
        api = self._answering(request)
        try:
            return _answer(api, request)
        finally:
            SYSTEM_CLOCK.sleep(api.latency)

    async def async_handler(self, request: httpx.Request) -> httpx.Response:
        for router in self._user_routers(request):
            with suppress(*_NO_ANSWER):
                return await router.async_handler(request)
        api = self._answering(request)
        try:
            return _answer(api, request)
        finally:  # other tasks run even at 0 s, as they do during a real call
            await anyio.sleep(api.latency)

    def _user_routers(self, request: httpx.Request) -> Iterator[respx.Router]:
        """The user's routers that know *request*, a call to Telnyx. Raises for any other call."""
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
