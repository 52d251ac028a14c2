"""Clients that have an interceptor, called alike: each posts, and returns the answer."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

import httpx
import requests


def post_async(url: str, **content: Any) -> httpx.Response:
    async def post() -> httpx.Response:
        async with httpx.AsyncClient() as client:
            return await client.post(url, **content)

    return asyncio.run(post())


CLIENTS: dict[str, Callable[..., Any]] = {
    "httpx": httpx.post,
    "httpx on an event loop": post_async,
    "requests": requests.post,
}
RESETS = (httpx.ReadError, requests.exceptions.ConnectionError)
TIMEOUTS = (httpx.ReadTimeout, requests.exceptions.ReadTimeout)
