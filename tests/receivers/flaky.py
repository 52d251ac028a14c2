"""Makes any receiver answer 5xx at random, before or after its work; the dice have a seed."""

from __future__ import annotations

import random
from collections.abc import Callable
from typing import Any

from telnyx_mock.transports.app_kind import app_kind

STATUSES = (500, 502, 503)
SHARE = 0.05


def flaky(make: Callable[[], Any], seed: int, share: float = SHARE) -> Callable[[], Any]:
    """Return a factory of the app that *make* makes, which answers 5xx to this *share* of requests.

    Half of them do not get to the app, as if a proxy had failed. The app handles the others.
    """
    dice = random.Random(seed)

    def made() -> Any:
        app = make()
        return (_wsgi if app_kind(app) == "wsgi" else _asgi)(app, dice, share)

    return made


def _asgi(app: Any, dice: random.Random, share: float) -> Any:
    async def wrapped(scope: dict[str, Any], receive: Any, send: Any) -> None:
        if scope["type"] != "http":
            await app(scope, receive, send)
            return
        drawn, status = dice.random(), dice.choice(STATUSES)
        if drawn < share / 2:
            while (await receive()).get("more_body"):
                pass
            await send({"type": "http.response.start", "status": status, "headers": []})
            await send({"type": "http.response.body", "body": b""})
            return

        async def send_instead(message: dict[str, Any]) -> None:
            if drawn < share and message["type"] == "http.response.start":
                message = {**message, "status": status}
            await send(message)

        await app(scope, receive, send_instead)

    return wrapped


def _wsgi(app: Any, dice: random.Random, share: float) -> Any:
    def wrapped(environ: dict[str, Any], start_response: Any) -> Any:
        drawn, status = dice.random(), dice.choice(STATUSES)
        if drawn < share / 2:
            start_response(f"{status} At Random", [])
            return [b""]

        def start_instead(usual: str, *more: Any) -> Any:
            return start_response(f"{status} At Random" if drawn < share else usual, *more)

        return app(environ, start_instead)

    return wrapped
