"""A small app with a menu, whose words are hostile, and the page of a telephone for it."""

from __future__ import annotations

import asyncio
import json
import re
import threading
from collections.abc import Callable
from typing import Any

import httpx

from telnyx_mock.emulator import Emulator
from telnyx_mock.phone.switchboard import Switchboard
from telnyx_mock.phone.web import PhoneApp
from telnyx_mock.provider_urls import API_HOST
from telnyx_mock.transports.app_kind import open_app

CALLER, OWN, AGENT = "+13125550142", "+13125550199", "+13125550171"
HOST = "127.0.0.1:12112"
HOSTILE = "<img src=x onerror=\"document.title='owned'\"> Press 1.\u202e"
CLIENT = httpx.Client()


class Menu:
    """A WSGI app: it answers, asks for a key, and transfers the call. *trouble* comes first."""

    def __init__(self, trouble: Callable[[str], int | None] | None = None) -> None:
        self.trouble = trouble or (lambda event: None)
        self.ids: list[str] = []

    def __call__(self, environ: Any, start_response: Any) -> list[bytes]:
        data = json.loads(environ["wsgi.input"].read())["data"]
        self.ids.append(data["id"])
        status = self.trouble(data["event_type"])
        if status is None:
            self.proceed(data["event_type"], data["payload"])
        start_response(f"{status or 200} Whatever", [])
        return [HOSTILE.encode()]

    def proceed(self, event: str, payload: Any) -> None:
        match event:
            case "call.initiated" if payload["direction"] == "incoming":
                self.do("answer", payload)
            case "call.answered" if payload["to"] == OWN:
                self.do("gather_using_speak", payload, payload=HOSTILE, voice="female")
            case "message.received":
                both = {"from": payload["to"][0]["phone_number"], "to": CALLER}
                CLIENT.post(f"https://{API_HOST}/v2/messages", json={**both, "text": HOSTILE})
            case "call.gather.ended" if payload["status"] == "valid":
                self.do("transfer", payload, to=AGENT)

    def do(self, command: str, call: Any, **given: Any) -> None:
        path = f"/v2/calls/{call['call_control_id']}/actions/{command}"
        CLIENT.post(f"https://{API_HOST}{path}", json=given)


class _Transport(httpx.BaseTransport):
    """Lets a client without ``async`` ask an ASGI app."""

    def __init__(self, inner: httpx.ASGITransport) -> None:
        self._inner = inner

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        async def ask() -> httpx.Response:
            answer = await self._inner.handle_async_request(request)
            content = await answer.aread()
            return httpx.Response(answer.status_code, headers=answer.headers, content=content)

        return asyncio.run(ask())


class Page:
    """What the page of *app* does, without a browser."""

    def __init__(self, app: Any, target: str = "menu:app") -> None:
        self.emulator = Emulator(open_app(app))
        self.board = Switchboard(self.emulator)
        self.app = PhoneApp(self.board, target)
        self.client = httpx.Client(
            transport=_Transport(httpx.ASGITransport(self.app)),
            base_url=f"http://{HOST}",
            headers={"origin": f"http://{HOST}", "x-telnyx-mock-token": self.app.token},
        )
        self._thread = threading.Thread(target=self.board.serve)
        self._thread.start()

    def close(self) -> None:
        self.board.stop()
        self._thread.join()
        self.emulator.receiver.close()
        self.emulator.unbind()

    def get(self, path: str, **query: object) -> Any:
        return self.client.get(path, params={**query}).raise_for_status().json()

    def post(self, path: str, **body: object) -> Any:
        """Return the problem that the page would show."""
        return self.client.post(path, json=body).raise_for_status().json()["problem"]

    def call(self) -> None:
        assert self.post("/api/call", **{"from": CALLER, "to": OWN}) == ""

    def act(self, telephone: int, act: str, text: str = "") -> Any:
        return self.post("/api/act", at=telephone, act=act, text=text)

    def news(self, after: int = -1) -> Any:
        return self.get("/api/news", after=after)

    def lines(self, *kinds: str) -> list[Any]:
        return [line for line in self.news()["lines"] if not kinds or line["kind"] in kinds]

    def opened(self, line: Any) -> dict[str, str]:
        sections = self.get("/api/line", number=line["number"])["sections"]
        return {each["title"]: each["text"] for each in sections}


def embedded_token(html: str) -> str:
    """Return the token in the page."""
    found = re.search(r'name="token" content="([^"]+)"', html)
    assert found is not None
    return found[1]
