"""Serves an ASGI app of our own to this machine alone, in a thread."""

from __future__ import annotations

import socket
import threading
from typing import Any

from uvicorn import Config, Server
from uvicorn.protocols.http.h11_impl import H11Protocol

from telnyx_mock.errors import UsageError

HOST = "127.0.0.1"


class LoopbackServer:
    """Serves *app* on a port of loopback, until :meth:`close`; *port* 0 chooses a free one.

    *what* is the subject of the error: raises UsageError if the port cannot be used. *protocol* speaks
    HTTP on each connection.
    """

    def __init__(
        self, app: Any, port: int, what: str, protocol: type[H11Protocol] = H11Protocol
    ) -> None:
        self._socket = _listening(port, what)
        self._server = Server(
            Config(
                app,
                http=protocol,
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
            target=self._server.run, args=([self._socket],), name="telnyx-mock server", daemon=True
        )
        self._thread.start()

    @property
    def port(self) -> int:
        """The number of the port."""
        port: int = self._socket.getsockname()[1]
        return port

    def close(self) -> None:
        """Stop serving. Answers that are under way have a second."""
        self._server.should_exit = True
        self._thread.join()
        self._socket.close()


def _listening(port: int, what: str) -> socket.socket:
    try:
        server = socket.create_server((HOST, port), backlog=512)
    except OverflowError:
        raise UsageError(
            f"{port} is not the number of a port; choose one from 0 to 65535."
        ) from None
    except OSError as error:
        raise UsageError(
            f"{what} cannot listen on port {port} of {HOST}: {error.strerror}. Choose another port; 0 "
            "chooses a free one."
        ) from None
    # asyncio sets this for sockets that name TCP, as these do not. Without it, an answer waits 40 ms for the
    # acknowledgement of its headers. Connections inherit it.
    server.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return server
