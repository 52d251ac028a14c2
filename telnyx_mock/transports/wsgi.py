"""Sends requests to a WSGI app in this process and in the calling thread, as PEP 3333 says."""

from __future__ import annotations

import io
import re
import sys
from collections.abc import Callable, Iterable
from dataclasses import replace
from typing import Any

from telnyx_mock.clock import SYSTEM_CLOCK, Clock
from telnyx_mock.patience import PATIENCE, Patience
from telnyx_mock.payload.request import Headers, Request
from telnyx_mock.transports import app_errors
from telnyx_mock.transports.app_receiver import AppReceiver, require_in_time
from telnyx_mock.transports.blocking import Blocks, not_longer_than
from telnyx_mock.transports.crash_text import cut, shortened, traceback_of
from telnyx_mock.transports.endpoint import HOST, wire_headers
from telnyx_mock.transports.receiver import BODY_LIMIT, Response
from telnyx_mock.transports.signals import is_signal, showing_interrupts


class WsgiReceiver(AppReceiver):
    """A WSGI *app*. Requests go to *path* on *host*, by https; *path* may have a query.

    An app that blocks is interrupted after ``Patience.blocked`` seconds, if it runs in the main thread. Before, and
    in another thread, its answer counts as late when the app returns.
    """

    def __init__(
        self,
        app: Any,
        path: str = "/",
        host: str = HOST,
        *,
        patience: Patience = PATIENCE,
        clock: Clock = SYSTEM_CLOCK,
    ) -> None:
        super().__init__(app, path, host, clock=clock)
        self._patience = patience

    def send(self, request: Request, *, timeout: float) -> Response:
        """Send *request*; see :class:`telnyx_mock.transports.receiver.Receiver`.

        An exception in the app becomes an answer with status 500. Its ``crash`` is the traceback,
        followed by the text that the app wrote to ``wsgi.errors``.
        """
        self._require_open()
        app_errors.watch()
        errors = io.StringIO()
        environ = self._environ(request, errors)
        caught = app_errors.Caught()
        token = app_errors.CAUGHT.set(caught)
        try:
            with showing_interrupts(), not_longer_than(max(timeout, self._patience.blocked)):
                response = _Exchange(timeout, self._clock).run(self.app, environ)
        except Blocks as blocked:
            raise blocked.no_answer() from None
        finally:
            app_errors.CAUGHT.reset(token)
            written = errors.getvalue()
            if written:
                sys.stderr.write(written)
        require_in_time(response.elapsed, timeout)
        if response.status < 400:
            return response
        crash = None
        if response.status >= 500:
            crash = _crash(response.crash or "\n".join(caught.unhandled), written)
        return replace(response, crash=crash, logged="\n".join(caught.logged) or None)

    def _environ(self, request: Request, errors: io.StringIO) -> dict[str, Any]:
        target = self._endpoint
        environ: dict[str, Any] = {
            "REQUEST_METHOD": request.method,
            "SCRIPT_NAME": "",
            "PATH_INFO": target.path.decode("latin-1"),
            "QUERY_STRING": target.query_of(request).decode("latin-1"),
            "SERVER_NAME": target.host,
            "SERVER_PORT": "443",
            "SERVER_PROTOCOL": "HTTP/1.1",
            "REMOTE_ADDR": "127.0.0.1",
            "wsgi.version": (1, 0),
            "wsgi.url_scheme": "https",
            "wsgi.input": io.BytesIO(request.body),
            "wsgi.errors": errors,
            "wsgi.multithread": True,
            "wsgi.multiprocess": False,
            "wsgi.run_once": False,
        }
        for name, value in wire_headers(request, target.host):
            if b"_" in name:  # could pass for another header; gunicorn, waitress, nginx drop it
                continue
            key = name.decode("latin-1").upper().replace("-", "_")
            text = value.decode("latin-1")
            if key in ("CONTENT_TYPE", "CONTENT_LENGTH"):
                environ[key] = text
            elif f"HTTP_{key}" in environ:
                environ[f"HTTP_{key}"] += f", {text}"
            else:
                environ[f"HTTP_{key}"] = text
        if "HTTP_TRANSFER_ENCODING" in environ:  # how servers say that the input ends by itself
            environ["wsgi.input_terminated"] = True
        return environ


class _Exchange:
    """One call of the app, and the answer of the app."""

    def __init__(self, timeout: float, clock: Clock) -> None:
        self._timeout = timeout
        self._clock = clock
        self._status: int | None = None
        self._headers: Headers = ()
        self._body = bytearray()
        self._started = clock.monotonic()

    def run(self, app: Any, environ: dict[str, Any]) -> Response:
        """Call *app* and read its answer, up to the limits of size and time."""
        chunks: Iterable[bytes] = ()
        try:
            try:
                chunks = app(environ, self._start_response)
                if chunks is None:
                    raise TypeError("WSGI expects an iterable of bytes, got None")
                for chunk in chunks:
                    self._write(chunk)
                    if self._is_over():
                        break
                if self._status is None:
                    raise RuntimeError("The app returned without calling start_response")
                elapsed = self._clock.monotonic() - self._started
            finally:
                _close(chunks)
        except BaseException as error:
            if is_signal(error):
                raise
            elapsed = self._clock.monotonic() - self._started
            return Response(500, (), b"", elapsed, crash=traceback_of(error, skip=1))
        body = bytes(self._body[:BODY_LIMIT])
        truncated = len(self._body) > BODY_LIMIT
        return Response(self._status, self._headers, body, elapsed, truncated=truncated)

    def _is_over(self) -> bool:
        late = self._clock.monotonic() - self._started > self._timeout
        return late or len(self._body) > BODY_LIMIT

    def _start_response(
        self, status: str, headers: list[tuple[str, str]], exc_info: Any = None
    ) -> Callable[[bytes], None]:
        if exc_info is not None and self._body:
            raise exc_info[1].with_traceback(exc_info[2])
        if exc_info is None and self._status is not None:
            raise RuntimeError("The app called start_response twice")
        if not isinstance(status, str) or not re.match(r"[1-9]\d\d( |$)", status):
            raise TypeError(f"WSGI expects a status such as '200 OK', got {cut(repr(status))}")
        self._headers = tuple(
            (name.encode("latin-1"), value.encode("latin-1")) for name, value in headers
        )
        self._status = int(status[:3])
        return self._write

    def _write(self, chunk: bytes) -> None:
        if not isinstance(chunk, bytes):
            raise TypeError(f"WSGI expects a body of bytes, got {type(chunk).__name__}")
        if chunk and self._status is None:
            raise RuntimeError("The app sent a body before it called start_response")
        if len(self._body) <= BODY_LIMIT:
            self._body += chunk


def _crash(found: str, written: str) -> str | None:
    """Return the traceback *found*, followed by the text that the app has *written* to its log."""
    written = shortened(written)
    if "Traceback (most recent call last)" in written:  # Flask logs the same one there
        return written
    return "\n".join(part for part in (found, written) if part) if found else None


def _close(chunks: object) -> None:
    close = getattr(chunks, "close", None)
    if close is None:
        return
    try:
        close()
    except BaseException as error:
        if is_signal(error):
            raise
        app_errors.note_background_error(error)
