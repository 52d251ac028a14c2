"""A receiver of calls for a process of its own: ``python -m tests.calls.elsewhere NAME`` listens on PORT.

With the word *later*, it handles each webhook after it has answered; with *worker*, a worker does so 1.5 s later.
"""

from __future__ import annotations

import io
import os
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from werkzeug.serving import WSGIRequestHandler, make_server

from telnyx_mock.transports.loopback_server import HOST
from telnyx_mock.transports.server_process import ServerProcess, free_port
from tests.calls import receivers

ROOT = Path(__file__).parents[2]


@contextmanager
def elsewhere(name: str, api: int, *words: str, key: str = "") -> Iterator[str]:
    """The address of the receiver *name*, which sends its commands to the port *api*."""
    port = free_port()
    environment = {
        **os.environ,
        "PYTHONPATH": str(ROOT),
        "PORT": str(port),
        "TELNYX_PUBLIC_KEY": key,
        "TELNYX_BASE_URL": f"http://{HOST}:{api}/v2",
    }
    command = ["python", "-m", "tests.calls.elsewhere", name, *words]
    server = ServerProcess(command, port, environment, cwd=ROOT)
    try:
        yield f"{server.url}/"
    finally:
        server.stop()


class _Quiet(WSGIRequestHandler):
    def log(self, *_: Any) -> None: ...


DELAYS = {"later": 0.01, "worker": 1.5}
"""How many seconds after the answer the app works."""


def _later(app: receivers.Ivr, seconds: float) -> None:
    """Let *app* answer 200 at once, and handle each webhook in a thread."""
    receive = app.receive

    def receive_later(*about: Any) -> int:
        threading.Timer(seconds, receive, about).start()
        return 200

    app.receive = receive_later  # type: ignore[method-assign]


def main(name: str, *words: str) -> None:
    app = getattr(receivers, name)()
    for word in words:
        _later(app, DELAYS[word])
    port = int(os.environ["PORT"])

    def limited(environ: Any, start_response: Any) -> Any:
        """Let the app see the end of the body."""
        body = environ["wsgi.input"].read(int(environ["CONTENT_LENGTH"]))
        return app({**environ, "wsgi.input": io.BytesIO(body)}, start_response)

    make_server(HOST, port, limited, threaded=True, request_handler=_Quiet).serve_forever()


if __name__ == "__main__":
    main(*sys.argv[1:])
