"""WSGI apps that break the protocol: a run says what they do wrong, and not where we noticed."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from tests.hostile.case import Topic, app
from tests.receivers.correct import WsgiReceiver

FEW = "--only accepts-sample --only serves-*"
FAILS: dict[str, Any] = {"exit": 1, "finds": ("accepts-sample",), "options": FEW}


@app(Topic.ANSWERS, says=("(TypeError: WSGI expects a body of bytes, got str)",), **FAILS)
class TextBody(WsgiReceiver):
    """Its body is a text instead of bytes."""

    def __call__(self, environ: Any, start_response: Any) -> Any:
        super().__call__(environ, start_response)
        return ["text"]


@app(Topic.ANSWERS, says=("(TypeError: WSGI expects an iterable of bytes, got None)",), **FAILS)
class NoBody(WsgiReceiver):
    """It returns None."""

    def __call__(self, environ: Any, start_response: Any) -> Any:
        super().__call__(environ, start_response)


@app(
    Topic.ANSWERS,
    says=("(RuntimeError: The app returned without calling start_response)",),
    quick=True,
    **FAILS,
)
class NoStart(WsgiReceiver):
    """It never calls start_response."""

    def __call__(self, environ: Any, start_response: Any) -> Iterable[bytes]:
        return []


@app(Topic.ANSWERS, says=("'four hundred \\x1b[2J'", "broken_wsgi.py:"), **FAILS)
class WordsForStatus(WsgiReceiver):
    """Its status is words and an escape sequence."""

    def __call__(self, environ: Any, start_response: Any) -> Iterable[bytes]:
        start_response("four hundred \x1b[2J", [])
        return []
