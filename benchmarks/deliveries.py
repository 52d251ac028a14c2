"""Measures a delivery to an app in this process, compared with a direct call and with httpx.

Run it with ``python benchmarks/deliveries.py`` from the root of the repository. Each sender signs
the same webhook anew for each delivery and sends it to the same app; they take turns in one
process. ``benchmarks/contract.py`` measures the deliveries of the whole contract.
"""

from __future__ import annotations

import asyncio
import base64
import importlib.util
import io
import json
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
from nacl.signing import SigningKey

from telnyx_mock.emulator import Emulator
from telnyx_mock.payload.webhook import webhook
from telnyx_mock.signing.keys import KeyPair
from telnyx_mock.transports.asgi import AsgiReceiver
from telnyx_mock.transports.environment import receiver_environment
from telnyx_mock.transports.wsgi import WsgiReceiver

ROUNDS = 20
TIMES = 100
PATH = "/webhooks"
URL = f"https://localhost{PATH}"
EXAMPLES = Path(__file__).resolve().parents[1] / "examples"
SEED = bytes(range(32))

KEY, BARE_KEY = KeyPair(SEED), SigningKey(SEED)
WEBHOOK = webhook("call.initiated", direction="outgoing").fresh()

BARE, HTTPX = "called directly", "httpx's transport"
WEBHOOKS, NAMES = "Emulator.send(webhook)", "Emulator.send(name)"
TESTS = "a test of its own: bind, send, unbind"


def signed() -> tuple[list[tuple[bytes, bytes]], bytes]:
    """Return the headers and the body of the webhook, written and signed without telnyx-mock."""
    body = json.dumps(WEBHOOK.body, separators=(",", ":"), ensure_ascii=False).encode()
    stamp = str(int(time.time())).encode()
    signature = base64.b64encode(BARE_KEY.sign(stamp + b"|" + body).signature)
    headers = [
        (b"content-type", b"application/json"),
        (b"telnyx-timestamp", stamp),
        (b"telnyx-signature-ed25519", signature),
    ]
    return headers, body


def example(name: str) -> Any:
    """Return the app of an example."""
    file = EXAMPLES / name / "app.py"
    spec = importlib.util.spec_from_file_location(f"benchmark_{name}", file)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module.app


def by_emulator(receiver: Any) -> dict[str, Callable[[], None]]:
    """Return the senders that use an emulator, as users do."""
    emulator = Emulator(key=KEY)

    def send(what: Any, **overrides: Any) -> None:
        emulator.bind(receiver)
        for _ in range(TIMES):
            emulator.send(what, **overrides).assert_accepted()
        emulator.unbind()

    def tests() -> None:
        for _ in range(TIMES):
            emulator.bind(receiver)
            emulator.send(WEBHOOK).assert_accepted()
            emulator.unbind()

    return {
        WEBHOOKS: lambda: send(WEBHOOK),
        NAMES: lambda: send("call.initiated", direction="outgoing"),
        TESTS: tests,
    }


def asgi_senders(app: Any) -> dict[str, Callable[[], None]]:
    """Return senders to an ASGI app. Senders without an emulator use one running loop."""

    async def direct() -> None:
        for _ in range(TIMES):
            headers, body = signed()
            headers += [(b"host", b"localhost"), (b"content-length", str(len(body)).encode())]
            scope = {
                "type": "http",
                "asgi": {"version": "3.0", "spec_version": "2.3"},
                "http_version": "1.1",
                "method": "POST",
                "scheme": "https",
                "path": PATH,
                "raw_path": PATH.encode(),
                "query_string": b"",
                "root_path": "",
                "headers": headers,
                "client": ("127.0.0.1", 49152),
                "server": ("localhost", 443),
                "state": {},
            }
            statuses = []

            async def receive(body: bytes = body) -> dict[str, Any]:
                return {"type": "http.request", "body": body, "more_body": False}

            async def send(message: dict[str, Any], statuses: list[int] = statuses) -> None:
                if message["type"] == "http.response.start":
                    statuses.append(message["status"])

            await app(scope, receive, send)
            assert statuses == [200]

    async def through_httpx() -> None:
        async with httpx.AsyncClient(transport=httpx.ASGITransport(app)) as client:
            for _ in range(TIMES):
                headers, body = signed()
                answer = await client.post(URL, content=body, headers=headers)
                assert answer.status_code == 200

    return {
        BARE: lambda: asyncio.run(direct()),
        HTTPX: lambda: asyncio.run(through_httpx()),
        **by_emulator(AsgiReceiver(app, PATH)),
    }


def wsgi_senders(app: Any) -> dict[str, Callable[[], None]]:
    """Return senders to a WSGI app."""

    def direct() -> None:
        for _ in range(TIMES):
            headers, body = signed()
            environ: dict[str, Any] = {
                "REQUEST_METHOD": "POST",
                "SCRIPT_NAME": "",
                "PATH_INFO": PATH,
                "QUERY_STRING": "",
                "SERVER_NAME": "localhost",
                "SERVER_PORT": "443",
                "SERVER_PROTOCOL": "HTTP/1.1",
                "CONTENT_LENGTH": str(len(body)),
                "wsgi.version": (1, 0),
                "wsgi.url_scheme": "https",
                "wsgi.input": io.BytesIO(body),
                "wsgi.errors": sys.stderr,
                "wsgi.multithread": True,
                "wsgi.multiprocess": False,
                "wsgi.run_once": False,
            }
            for name, value in headers:
                environ[f"HTTP_{name.decode().upper().replace('-', '_')}"] = value.decode()
            environ["CONTENT_TYPE"] = environ.pop("HTTP_CONTENT_TYPE")
            statuses: list[str] = []
            answer = app(environ, lambda status, headers, _=None: statuses.append(status))  # noqa: B023 - called at once
            b"".join(answer)
            answer.close()
            assert statuses == ["200 OK"]

    def through_httpx() -> None:
        with httpx.Client(transport=httpx.WSGITransport(app)) as client:
            for _ in range(TIMES):
                headers, body = signed()
                answer = client.post(URL, content=body, headers=headers)
                assert answer.status_code == 200

    return {BARE: direct, HTTPX: through_httpx, **by_emulator(WsgiReceiver(app, PATH))}


def cost(send: Callable[[], None]) -> float:
    """Return the CPU time of one delivery in microseconds."""
    start = time.process_time()
    send()
    return (time.process_time() - start) / TIMES * 1e6


def deliveries() -> None:
    with receiver_environment(KEY.public_key):
        apps = {
            "raw ASGI": asgi_senders(example("asgi_receiver")),
            "FastAPI": asgi_senders(example("fastapi_receiver")),
            "Flask": wsgi_senders(example("flask_receiver")),
        }
        for name, senders in apps.items():
            for sender in senders.values():
                sender()  # the first use is not measured
            best = {label: float("inf") for label in senders}
            for _ in range(ROUNDS):
                for label, sender in senders.items():
                    best[label] = min(best[label], cost(sender))
            print(f"{name:10} {TESTS}: {best[TESTS] / best[WEBHOOKS]:.2f} times a bare send")
            for label, micros in best.items():
                of_bare, of_httpx = micros / best[BARE], micros / best[HTTPX]
                print(
                    f"{name:10} {label:38} {micros:7.0f} µs  {of_bare:5.2f} times direct"
                    f"  {of_httpx:5.2f} times httpx"
                )


if __name__ == "__main__":
    deliveries()
