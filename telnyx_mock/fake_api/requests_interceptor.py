"""Catches calls of the library requests, with a mock of responses that is never started.

While the contract judges, the mock also accepts calls to services out of reach; see :func:`telnyx_mock.fake_api.name_guard.stands_in`.

A mock of responses replaces ``HTTPAdapter.send`` and later restores the function that it found, so
two mocks that overlap undo each other. This interceptor acts one step earlier, where a session
chooses its adapter, and asks a mock of the user first. It does not touch an adapter that does not
derive from ``HTTPAdapter``, because such an adapter is a mock of the user. While no fake API is
open, a mock of the user sees calls to Telnyx as it does without this package.

Import this module only when the interceptors are put in place, and only if responses is installed.
"""

from __future__ import annotations

import functools
import inspect
import re
from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qs, urlsplit

import requests
import responses
from requests.adapters import BaseAdapter, HTTPAdapter

from telnyx_mock.clock import SYSTEM_CLOCK
from telnyx_mock.fake_api.answering import answering, is_open
from telnyx_mock.fake_api.answers import NoAnswer, WasReset
from telnyx_mock.fake_api.name_guard import stands_in
from telnyx_mock.fake_api.patch import Patch
from telnyx_mock.fake_api.state import FakeApi
from telnyx_mock.provider_urls import API_HOST


class _Adapter(BaseAdapter):
    """Answers in place of *behind*, the adapter that the session would have used."""

    def __init__(self, api: FakeApi, behind: HTTPAdapter) -> None:
        super().__init__()
        self.api = api
        self.behind = behind

    def send(
        self, request: requests.PreparedRequest, *args: Any, **kwargs: Any
    ) -> requests.Response:
        if _user_answers(request, kwargs):
            return self.behind.send(request, *args, **kwargs)
        for value in request.headers.values():
            if isinstance(value, str):
                value.encode("latin-1")  # as http.client does, which raises UnicodeEncodeError
        mock = responses.RequestsMock(assert_all_requests_are_fired=False)
        respond = functools.partial(self._respond, patience=_read_timeout(kwargs.get("timeout")))
        mock.add_callback(str(request.method), re.compile(""), respond, content_type=None)
        return mock.unbound_on_send()(self.behind, request, *args, **kwargs)

    def close(self) -> None:
        self.behind.close()

    def _respond(
        self, request: requests.PreparedRequest, *, patience: float | None
    ) -> tuple[int, dict[str, str], bytes]:
        body: Any = request.body or b""
        if isinstance(body, str):
            body = body.encode()
        elif not isinstance(body, bytes):
            body = b"".join(body)  # a stream
        method, url = str(request.method), str(request.url)
        answer, seconds = self.api.exchange(method, url, request.headers, body, patience)
        SYSTEM_CLOCK.sleep(seconds)
        if isinstance(answer, WasReset):
            error = "The fake API resets the connection."
            raise requests.exceptions.ConnectionError(error, request=request)
        if isinstance(answer, NoAnswer):
            error = "The fake API gives no answer."
            raise requests.exceptions.ReadTimeout(error, request=request)
        return answer.status, dict(answer.headers), answer.body


def _choosing(original: Callable[..., BaseAdapter]) -> Callable[..., BaseAdapter]:
    @functools.wraps(original)
    def get_adapter(self: requests.Session, url: str, *args: Any, **kwargs: Any) -> BaseAdapter:
        adapter = original(self, url, *args, **kwargs)
        host = urlsplit(url).hostname or ""
        is_command = host == API_HOST
        if not isinstance(adapter, HTTPAdapter):
            return adapter
        if not is_command and not stands_in(answering(), host):
            return adapter
        if not is_open() and _users_mock() is not None:
            return adapter
        return _Adapter(answering(), adapter)

    return get_adapter


def _read_timeout(timeout: Any) -> float | None:
    """Return how many seconds a client waits for an answer; *timeout* may be a pair."""
    seconds = timeout[1] if isinstance(timeout, tuple) else timeout
    return seconds if isinstance(seconds, int | float) else getattr(seconds, "read_timeout", None)


def _users_mock() -> responses.RequestsMock | None:
    """Return the mock that the user has started, or None."""
    if not inspect.isfunction(HTTPAdapter.send):
        return None
    mock = inspect.getclosurevars(HTTPAdapter.send).nonlocals.get("self")
    return mock if isinstance(mock, responses.RequestsMock) else None


def _user_answers(request: requests.PreparedRequest, settings: dict[str, Any]) -> bool:
    """Return whether a mock that the user has started has an answer to *request*."""
    mock = _users_mock()
    if mock is None:
        return False
    # Matchers look at these two attributes, which responses sets before it looks for a match.
    query = parse_qs(urlsplit(str(request.url)).query, keep_blank_values=True)
    asked: Any = request
    asked.params = {name: seen[0] if len(seen) == 1 else seen for name, seen in query.items()}
    asked.req_kwargs = settings
    match = next((known for known in mock.registered() if known.matches(request)[0]), None)
    return match is not None and not match.passthrough


PATCHES = (Patch(requests.Session, "get_adapter", _choosing),)
