"""A receiver behind a real socket, in a thread of this process, that tests treat as an app."""

from __future__ import annotations

import os

from telnyx_mock.payload.request import Request
from telnyx_mock.transports.http import HttpReceiver
from telnyx_mock.transports.receiver import Response
from tests.hostile.server import Asked, Server, Visit, answer


class BehindSocket:
    """A correct receiver. Subclasses change the bytes of its answers."""

    in_process = False

    def __init__(self) -> None:
        self._server = Server(os.environ["TELNYX_PUBLIC_KEY"], self._visit)
        self._http = HttpReceiver(self._server.url)
        self.url = self._http.url

    def send(self, request: Request, *, timeout: float) -> Response:
        return self._http.send(request, timeout=timeout)

    def wait_until_idle(self, timeout: float) -> bool:
        return True

    def close(self) -> None:
        self._http.close()
        self._server.stop()

    def answer(self, asked: Asked, status: int) -> bytes:
        """The bytes with which it answers; a correct receiver has decided on the *status*."""
        return answer(status)

    def _visit(self, visit: Visit) -> None:
        for asked in visit.each():
            visit.send(self.answer(asked, self._server.judge(asked)))
