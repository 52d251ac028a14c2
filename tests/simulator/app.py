"""A small WSGI app for tests: a function sees each webhook, and sends commands."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import httpx

from telnyx_mock.provider_urls import API_HOST

CLIENT = httpx.Client()

Handler = Callable[["App", str, dict[str, Any]], int | None]


class App:
    """Lets *handle* see each webhook, by the name of its event and its payload.

    *handle* may return a status. ``seen`` are the paths and events, ``statuses`` what the API answered, and
    ``last`` is the whole body of the last webhook, which came with this ``query``.
    """

    def __init__(self, handle: Handler) -> None:
        self.handle = handle
        self.seen: list[tuple[str, str]] = []
        self.statuses: list[int] = []
        self.last: dict[str, Any] = {}
        self.query = ""

    def __call__(self, environ: Any, start_response: Any) -> list[bytes]:
        body = json.loads(environ["wsgi.input"].read())
        self.last, self.query = body, environ["QUERY_STRING"]
        data = body.get("data", body)  # conference.floor.changed has no data around it
        self.seen.append((environ["PATH_INFO"], data["event_type"]))
        status = self.handle(self, data["event_type"], data["payload"]) or 200
        start_response(f"{status} Whatever", [])
        return [b""]

    def do(self, command: str, call: dict[str, Any], **given: Any) -> None:
        """Send a command for a call, whose payload is given."""
        self.post(f"/v2/calls/{call['call_control_id']}/actions/{command}", **given)

    def get(self, path: str) -> Any:
        """Return the data in the answer to a request for *path*."""
        return CLIENT.get(f"https://{API_HOST}{path}").json()["data"]

    def post(self, path: str, **given: Any) -> Any:
        """Send a command, and return the data in the answer."""
        answer = CLIENT.post(f"https://{API_HOST}{path}", json=given)
        self.statuses.append(answer.status_code)
        return answer.json().get("data")
