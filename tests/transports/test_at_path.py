"""A receiver at another path reaches the same app or the same server."""

from __future__ import annotations

import threading
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any

import pytest

from telnyx_mock.errors import DeliveryError, UsageError
from telnyx_mock.payload.request import Request
from telnyx_mock.transports.asgi import AsgiReceiver
from telnyx_mock.transports.aws_lambda import LambdaReceiver
from telnyx_mock.transports.http import HttpReceiver
from telnyx_mock.transports.receiver import Receiver, at_path
from telnyx_mock.transports.wsgi import WsgiReceiver


def wsgi(environ: dict[str, Any], start_response: Any) -> list[bytes]:
    start_response("200 OK", [])
    return [f"{environ['PATH_INFO']}?{environ['QUERY_STRING']}".encode()]


def handler(event: dict[str, Any], context: object) -> dict[str, Any]:
    return {"statusCode": 200, "body": f"{event['rawPath']}?{event['rawQueryString']}"}


@pytest.mark.parametrize(
    "receiver", [WsgiReceiver(wsgi, "/first"), LambdaReceiver(handler, "/first")]
)
def test_an_app_without_lifespan_has_another_path(
    receiver: WsgiReceiver | LambdaReceiver, request_: Request
) -> None:
    other = at_path(receiver, "/second?a=b")
    assert other.url == "https://localhost/second?a=b"
    assert other.send(request_, timeout=1).body == b"/second?a=b"
    assert receiver.send(request_, timeout=1).body == b"/first?"


@pytest.mark.parametrize("closed", [0, 1])
@pytest.mark.parametrize("kind", [WsgiReceiver, LambdaReceiver, AsgiReceiver])
def test_closing_at_one_path_closes_the_other(
    kind: Callable[..., Receiver], closed: int, request_: Request
) -> None:
    first = kind(None, "/first")
    both = [first, at_path(first, "/second")]
    both[closed].close()
    for one in both:
        with pytest.raises(UsageError, match="is closed; nothing more can be sent"):
            one.send(request_, timeout=1)
        one.close()


def test_background_work_is_waited_for_at_either_path(
    asgi: Callable[..., AsgiReceiver], request_: Request
) -> None:
    done = []

    async def app(scope: dict[str, Any], receive: Any, send: Any) -> None:
        if scope["type"] != "http":
            raise NotImplementedError
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body"})
        done.append(scope["path"])

    first = asgi(app, "/first")
    second = at_path(first, "/second")
    second.send(request_, timeout=1)
    assert first.wait_until_idle(1)
    assert done == ["/second"]


def test_an_app_that_does_not_start_fails_at_either_path(
    asgi: Callable[..., AsgiReceiver], request_: Request
) -> None:
    started = []

    async def app(scope: dict[str, Any], receive: Any, send: Any) -> None:
        started.append(await receive())
        await send({"type": "lifespan.startup.failed", "message": "no database"})

    first = asgi(app)
    for each in (at_path(first, "/second"), first):
        with pytest.raises(DeliveryError, match="no database"):
            each.send(request_, timeout=1)
    assert len(started) == 1


def test_both_paths_of_a_server_share_a_connection(request_: Request) -> None:
    class Echo(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        ports: list[int] = []

        def do_POST(self) -> None:
            self.rfile.read(int(self.headers["content-length"]))
            self.ports.append(self.client_address[1])
            self.send_response(200)
            self.send_header("content-length", str(len(self.path)))
            self.end_headers()
            self.wfile.write(self.path.encode())

        def log_message(self, *_: object) -> None: ...

    with HTTPServer(("127.0.0.1", 0), Echo) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.02,))
        thread.start()
        first = HttpReceiver(f"http://127.0.0.1:{server.server_port}/first")
        second = at_path(first, "/second")
        bodies = [each.send(request_, timeout=1).body for each in (first, second, first)]
        assert second.url == f"http://127.0.0.1:{server.server_port}/second"
        first.close()
        server.shutdown()
        thread.join()
    assert bodies == [b"/first", b"/second", b"/first"]
    assert len(set(Echo.ports)) == 1


def test_a_path_begins_with_its_slash() -> None:
    with pytest.raises(UsageError, match="must start with '/'"):
        at_path(WsgiReceiver(wsgi), "second")
