"""A Telnyx receiver in aiohttp: keeps the status of each message, and shows it."""

import json
import os
import socket

from aiohttp import web
from telnyx import AsyncTelnyx

telnyx = AsyncTelnyx(
    api_key=os.environ.get("TELNYX_API_KEY", "not needed to verify"),
    public_key=os.environ["TELNYX_PUBLIC_KEY"],
)
unwrap = telnyx.webhooks.unwrap  # load it at start-up: this takes a second
statuses: dict[str, str] = {}


async def receive(request: web.Request) -> web.Response:
    """Refuse forged requests; keep the status of messages; acknowledge the rest."""
    try:
        body = (await request.read()).decode()
        unwrap(body, headers=dict(request.headers))
    except web.HTTPException:  # the body is too large
        raise
    except Exception:  # ValueError, or OverflowError for a timestamp of 400 digits
        return web.Response(status=401)
    match json.loads(body):
        case {
            "data": {
                "event_type": "message.finalized",
                "payload": {"id": str(message), "to": [{"status": str(status)}, *_]},
            }
        }:
            statuses[message] = status  # a duplicate sets the same status
    return web.Response()


async def read_back(request: web.Request) -> web.Response:
    """Return the status of every message, by its id."""
    return web.json_response(statuses)


def main() -> None:
    """Serve on PORT, or on a free port if PORT is 0, and print the address."""
    app = web.Application()
    app.router.add_post("/webhooks", receive)
    app.router.add_get("/messages", read_back)
    listening = socket.create_server(("127.0.0.1", int(os.environ.get("PORT", "8080"))))
    print(f"http://127.0.0.1:{listening.getsockname()[1]}", flush=True)
    web.run_app(app, sock=listening, print=None, access_log=None)


if __name__ == "__main__":
    main()
