"""An IVR on aiohttp: speaks a menu, gathers a digit, transfers; keeps a log in SQLite."""

import json
import os
import sqlite3
import sys

from aiohttp import web
from telnyx import AsyncTelnyx

telnyx = AsyncTelnyx()
unwrap = telnyx.webhooks.unwrap
DATABASE = os.environ["IVR_DATABASE"]


def db():
    connection = sqlite3.connect(DATABASE)
    connection.execute("CREATE TABLE IF NOT EXISTS log (event TEXT PRIMARY KEY, what TEXT)")
    return connection


async def hook(request):
    try:
        body = (await request.read()).decode()
        unwrap(body, headers=dict(request.headers))
    except Exception:
        return web.Response(status=401)
    data = json.loads(body)["data"]
    with db() as connection:
        new = connection.execute(
            "INSERT OR IGNORE INTO log VALUES (?, ?)", (data["id"], data["event_type"])
        ).rowcount
    if not new:
        return web.Response()
    call = data["payload"].get("call_control_id")
    match data["event_type"]:
        case "call.initiated" if data["payload"]["direction"] == "incoming":
            await telnyx.calls.actions.answer(call)
        case "call.answered":
            await telnyx.calls.actions.gather_using_speak(
                call, payload="Press 1 for sales.", voice="female", maximum_digits=1
            )
        case "call.gather.ended" if data["payload"].get("digits") == "1":
            await telnyx.calls.actions.transfer(call, to="+13125550199")
    return web.Response()


async def log(request):
    with db() as connection:
        return web.json_response(
            connection.execute("SELECT event, what FROM log ORDER BY event").fetchall()
        )


app = web.Application()
app.add_routes([web.post("/ivr", hook), web.get("/log", log)])
if __name__ == "__main__":
    web.run_app(app, host="127.0.0.1", port=int(sys.argv[1]))
