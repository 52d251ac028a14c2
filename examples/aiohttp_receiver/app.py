"""A Telnyx receiver in aiohttp: keeps what became of each message, to be read back."""

import json
import os
import socket

from aiohttp import web
from telnyx import AsyncTelnyx

telnyx = AsyncTelnyx(
    api_key=os.environ.get("TELNYX_API_KEY", "not needed to verify"),
    public_key=os.environ["TELNYX_PUBLIC_KEY"],
)
unwrap = telnyx.webhooks.unwrap  # now, for it takes a second to load
statuses: dict[str, str] = {}


async def receive(request: web.Request) -> web.Response:
    """Refuse what Telnyx did not sign; keep the status of messages; acknowledge all else."""
    try:
        body = (await request.read()).decode()
        unwrap(body, headers=dict(request.headers))
    except web.HTTPException:  # the body is too large
        raise
    except Exception:  # mostly ValueError; an endless number for a timestamp is an OverflowError
        return web.Response(status=401)
    match json.loads(body):
        case {
            "data": {
                "event_type": "message.finalized",
                "payload": {"id": str(message), "to": [{"status": str(status)}, *_]},
            }
        }:
            statuses[message] = status  # the same again, if it is delivered again
    return web.Response()


async def read_back(request: web.Request) -> web.Response:
    """What became of all messages, by id."""
    return web.json_response(statuses)


def main() -> None:
    """Serve on PORT, or on a free port if that is 0, and print the address."""
    app = web.Application()
    app.router.add_post("/webhooks", receive)
    app.router.add_get("/messages", read_back)
    listening = socket.create_server(("127.0.0.1", int(os.environ.get("PORT", "8080"))))
    print(f"http://127.0.0.1:{listening.getsockname()[1]}", flush=True)
    web.run_app(app, sock=listening, print=None, access_log=None)


if __name__ == "__main__":
    main()
