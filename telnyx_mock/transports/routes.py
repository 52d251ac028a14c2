"""Lists the paths of an app that accept POST, as a hint when every answer was 404.

This module recognises a framework by the attributes of its apps, and imports no framework. It finds
no paths in the app of an unknown framework.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from typing import Any

_DEPTH = 8


def post_routes(app: Any) -> tuple[str, ...]:
    """Return the paths of *app* that accept POST, as the app writes them; empty if unknown.

    Reads Flask's URL map, the routes of Starlette and FastAPI, and Django's URL patterns. Django's
    patterns name no methods, so all patterns are listed. *app* may be a middleware or a receiver
    whose attribute ``app`` is the app.
    """
    try:
        return tuple(sorted(set(_paths(app, _DEPTH))))
    except Exception:  # a hint must never be what fails
        return ()


def _paths(app: Any, depth: int) -> Iterator[str]:
    if depth == 0:
        return
    if hasattr(app, "url_map"):
        for rule in app.url_map.iter_rules():
            if "POST" in (rule.methods or ()):
                yield rule.rule
    elif hasattr(app, "routes") or hasattr(app, "effective_route_contexts"):
        yield from _starlette(app, depth)
    elif type(app).__module__.startswith("django."):
        yield from _django(sys.modules["django.urls"].get_resolver().url_patterns, "/")
    elif hasattr(app, "app"):
        yield from _paths(app.app, depth - 1)


def _starlette(holder: Any, depth: int) -> Iterator[str]:
    if depth == 0:
        return
    contexts = getattr(holder, "effective_route_contexts", None)
    for route in contexts() if contexts else holder.routes:
        path = getattr(route, "path", None) or ""
        if getattr(route, "routes", None) or hasattr(route, "effective_route_contexts"):
            for inner in _starlette(route, depth - 1):
                yield path + inner
        elif hasattr(route, "methods") and (route.methods is None or "POST" in route.methods):
            yield path


def _django(patterns: Any, prefix: str) -> Iterator[str]:
    for pattern in patterns:
        path = prefix + str(pattern.pattern).removeprefix("^").removesuffix("$")
        if hasattr(pattern, "url_patterns"):
            yield from _django(pattern.url_patterns, path)
        else:
            yield path
