"""Catches the calls of httpx (and of the official SDK, which uses it) with a router of respx.

respx asks its routers in turn. The first router that answers a call, or passes it through, ends the
search. So the router of this module comes first, and asks the other routers itself. If a router of
the user has an answer to a call to Telnyx, that router answers; otherwise the fake API answers. The
user's routers handle any other call. If the user has no router, the call goes out unchanged. This
router records nothing.

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

_NO_ANSWER = (AllMockedAssertionError, PassThrough)
"""The exceptions that a router raises if it does not know a call, or passes the call through."""


class HttpxInterceptor:
    """While this interceptor is open, *api* answers the calls of httpx to ``api.telnyx.com``."""

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
    """Returns the answers of *api*. If *api* is None, the transport handles calls to Telnyx."""

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
        """Return the user's routers that know *request*.

        Raises AllMockedAssertionError or PassThrough if *request* is not a call to Telnyx.
        """
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
