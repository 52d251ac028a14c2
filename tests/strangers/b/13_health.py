"""Health and status page of the telephony gateway (for the load balancer and the on-call dashboard).

GET /healthz     always cheap, used by the load balancer
GET /readyz      checks that the Telnyx API can be reached, cached for 30 seconds
"""
import asyncio
import os
import platform
import time

import httpx
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse
from starlette.routing import Route

PATH = "/healthz"
STARTED = time.time()
VERSION = os.environ.get("APP_VERSION", "dev")
CACHE_SECONDS = 30

_cache = {"at": 0.0, "ok": False, "detail": "not checked yet"}
_check_lock = asyncio.Lock()


def uptime() -> int:
    return int(time.time() - STARTED)


async def healthz(request: Request):
    return JSONResponse({"status": "ok", "version": VERSION, "uptime": uptime()},
                        headers={"Cache-Control": "no-store"})


async def check_api() -> dict:
    async with _check_lock:
        if time.monotonic() - _cache["at"] < CACHE_SECONDS and _cache["at"]:
            return _cache
        try:
            async with httpx.AsyncClient(timeout=3) as http:
                answer = await http.get(
                    "https://api.telnyx.com/v2/balance",
                    headers={"Authorization": f"Bearer {os.environ.get('TELNYX_API_KEY', '')}"},
                )
            ok = answer.status_code == 200
            detail = "reachable" if ok else f"status {answer.status_code}"
        except (httpx.HTTPError, ValueError) as exc:
            ok, detail = False, type(exc).__name__
        _cache.update(at=time.monotonic(), ok=ok, detail=detail)
        return _cache


async def readyz(request: Request):
    state = await check_api()
    return JSONResponse({"ready": state["ok"], "telnyx": state["detail"]}, status_code=200 if state["ok"] else 503)


async def index(request: Request):
    return HTMLResponse(
        "<!doctype html><title>gateway</title><h1>Telephony gateway</h1>"
        f"<p>up {uptime()} s on Python {platform.python_version()}</p>"
    )


app = Starlette(
    routes=[
        Route("/", index),
        Route(PATH, healthz, methods=["GET", "HEAD"]),
        Route("/readyz", readyz),
    ]
)
