"""Serves the fake API on this machine, for an app in another process: the SDK finds it by its address.

The official SDKs read the address of the API from ``TELNYX_BASE_URL``.
"""

from __future__ import annotations

import asyncio
import socket
import struct
from contextlib import suppress

from uvicorn.protocols.http.h11_impl import H11Protocol

from telnyx_mock.fake_api.answering import start_serving, stop_serving
from telnyx_mock.fake_api.asgi import ApiApp, Exchange, with_state
from telnyx_mock.transports.loopback_server import HOST, LoopbackServer


class ApiServer(LoopbackServer):
    """The API on a port of loopback, until :meth:`close`; *port* 0 chooses a free one.

    Requests are answered by *exchange*, which must not wait, in a thread of the server. Raises
    UsageError if the port cannot be used.
    """

    def __init__(self, exchange: Exchange = with_state, port: int = 0) -> None:
        self._connections: dict[tuple[str, int], asyncio.BaseTransport] = {}
        app = ApiApp(exchange, self._hang_up)
        super().__init__(app, port, "The fake API", self._noting_connections())
        self._has_state = exchange is with_state
        if self._has_state:
            start_serving(self.base_url)

    @property
    def base_url(self) -> str:
        """The address for ``TELNYX_BASE_URL``."""
        return f"http://{HOST}:{self.port}/v2"

    def close(self) -> None:
        """Stop serving. Answers that are under way have a second."""
        if self._has_state:
            self._has_state = False
            stop_serving(self.base_url)
        super().close()

    def _hang_up(self, client: tuple[str, int], resets: bool) -> None:
        if (connection := self._connections.get(client)) is not None:
            with suppress(OSError):
                if resets:  # which a socket does if it is closed without lingering
                    linger = struct.pack("ii", 1, 0)
                    raw = connection.get_extra_info("socket")
                    raw.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
                connection.close()

    def _noting_connections(self) -> type[H11Protocol]:
        """Return a protocol that notes its connections: ASGI has no word for an answer that never arrives."""
        connections = self._connections

        class Protocol(H11Protocol):
            def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
                connections[transport.get_extra_info("peername")] = transport
                super().connection_made(transport)

            def connection_lost(self, exc: Exception | None) -> None:
                connections.pop(self.transport.get_extra_info("peername"), None)
                super().connection_lost(exc)

        return Protocol
