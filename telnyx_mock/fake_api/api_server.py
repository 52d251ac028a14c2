"""Serves the fake API on this machine, for an app in another process: the SDK finds it by its address.

The official SDKs read the address of the API from ``TELNYX_BASE_URL``.
"""

from __future__ import annotations

import asyncio
import socket
import threading
from contextlib import suppress

from uvicorn import Config, Server
from uvicorn.protocols.http.h11_impl import H11Protocol

from telnyx_mock.errors import UsageError
from telnyx_mock.fake_api.asgi import ApiApp, Exchange, with_state

HOST = "127.0.0.1"


class ApiServer:
    """The API on a port of loopback, until :meth:`close`; *port* 0 chooses a free one.

    Requests are answered by *exchange*, which must not wait, in a thread of the server. Raises
    UsageError if the port cannot be used.
    """

    def __init__(self, exchange: Exchange = with_state, port: int = 0) -> None:
        self._socket = _listening(port)
        self._connections: dict[tuple[str, int], asyncio.BaseTransport] = {}
        self._server = Server(
            Config(
                ApiApp(exchange, self._hang_up),
                http=self._protocol(),
                loop="asyncio",
                ws="none",
                lifespan="off",
                interface="asgi3",
                log_config=None,
                access_log=False,
                server_header=False,
                proxy_headers=False,
                timeout_keep_alive=60,
                timeout_graceful_shutdown=1,
            )
        )
        self._thread = threading.Thread(
            target=self._server.run, args=([self._socket],), name="telnyx-mock-api", daemon=True
        )
        self._thread.start()

    @property
    def port(self) -> int:
        """The number of the port."""
        port: int = self._socket.getsockname()[1]
        return port

    @property
    def base_url(self) -> str:
        """The address for ``TELNYX_BASE_URL``."""
        return f"http://{HOST}:{self.port}/v2"

    def close(self) -> None:
        """Stop serving. Answers that are under way have a second."""
        self._server.should_exit = True
        self._thread.join()
        self._socket.close()

    def _hang_up(self, client: tuple[str, int]) -> None:
        if (connection := self._connections.get(client)) is not None:
            with suppress(OSError):
                connection.close()

    def _protocol(self) -> type[H11Protocol]:
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


def _listening(port: int) -> socket.socket:
    try:
        return socket.create_server((HOST, port), backlog=512)
    except OverflowError:
        raise UsageError(
            f"{port} is not the number of a port; choose one from 0 to 65535."
        ) from None
    except OSError as error:
        raise UsageError(
            f"The fake API cannot listen on port {port} of {HOST}: {error.strerror}. Choose another "
            "port; 0 chooses a free one."
        ) from None
