"""Lets an app in Django use the database as under Django's own test client, inside a transaction.

At each request, Django closes old connections, which in a test are those of the test. And it runs the
database work of an ASGI app in a thread of its own, whose connection does not see the transaction of
the test: what such an app writes would stay for all other tests.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.core.signals import request_finished, request_started
from django.db import close_old_connections, connections
from django.db.backends.base.base import BaseDatabaseWrapper

from telnyx_mock.payload.request import Request
from telnyx_mock.transports.receiver import Receiver, Response, Wrapped

OUTSIDE = (
    "The app uses the database in another thread, outside the transaction of this test, because "
    "Django runs an ASGI app so. Let telnyx_receiver return get_wsgi_application(), or mark the test: "
    "@pytest.mark.django_db(transaction=True)"
)

_SENDING: set[int] = set()
"""The threads that send requests now."""

_BEFORE: list[Callable[[Any], None]] = []
"""What opens a connection at other times."""

_LOCK = threading.Lock()


@dataclass(frozen=True, slots=True)
class InDjangoTest(Wrapped):
    """The receiver of an *app* in this process, in a test of a project in Django."""

    def send(self, request: Request, *, timeout: float) -> Response:
        with _requests_leave_connections(), _transaction_is_kept():
            return self.app.send(request, timeout=timeout)

    async def asend(
        self, request: Request, *, timeout: float, answered: Callable[[], None]
    ) -> Response:
        with _requests_leave_connections():
            return await Wrapped.asend(self, request, timeout=timeout, answered=answered)


def in_django_test(receiver: Receiver) -> Receiver:
    """Return *receiver*, prepared for a project in Django if its app runs in this process.

    Others may import Django, too: without settings, there is no project.
    """
    return InDjangoTest(receiver) if receiver.in_process and settings.configured else receiver


@contextmanager
def _requests_leave_connections() -> Iterator[None]:
    """Let requests close no connection, as Django's test client does."""
    for signal in (request_started, request_finished):
        signal.disconnect(close_old_connections)
    try:
        yield
    finally:
        for signal in (request_started, request_finished):
            signal.connect(close_old_connections)


@contextmanager
def _transaction_is_kept() -> Iterator[None]:
    """Refuse the database to other threads while this one is inside the transaction of a test."""
    if not settings.configured or not any(
        each.in_atomic_block for each in connections.all(initialized_only=True)
    ):  # some packages import Django in a project without it
        yield
        return
    thread = threading.get_ident()
    with _LOCK:
        _SENDING.add(thread)
        if len(_SENDING) == 1:
            _BEFORE[:] = [BaseDatabaseWrapper.ensure_connection]
            BaseDatabaseWrapper.ensure_connection = _ensure_connection
    try:
        yield
    finally:
        with _LOCK:
            _SENDING.discard(thread)
            if not _SENDING:
                BaseDatabaseWrapper.ensure_connection = _BEFORE[0]


def _ensure_connection(self: Any) -> None:
    if threading.get_ident() not in _SENDING:
        raise RuntimeError(OUTSIDE)
    _BEFORE[0](self)
