"""Finds information leaks in an answer: a secret of the app, or a view of its code."""

from __future__ import annotations

import functools
import os
import re
from collections.abc import Iterator

from telnyx_mock.contract.engine.without_key import is_forged
from telnyx_mock.delivery import Delivery
from telnyx_mock.hidden import beginning
from telnyx_mock.transports.environment import API_KEY

SECRET = f"the secret {API_KEY}"
"""The name of the leak if an answer shows the API key. All other leaks show code."""

LEAST = 16
"""The fewest characters of a secret (real keys have 60): a shorter text may occur by chance."""

_TRACES = {
    "a Python traceback": rb"Traceback \(most recent call last\)",
    "the debug page of Django": rb"seeing this error because you have\s+<code>DEBUG = True",
    "the debugger of Werkzeug": rb"Werkzeug Debugger",
    "a Node.js stack trace": rb"\bat [^\n<]{1,300}?\.[cm]?[jt]s:\d+:\d+",
    "a Java stack trace": rb"\bat [\w.$]+\([\w$]+\.(?:java|kt):\d+\)",
    "a .NET stack trace": rb"\bat [^\n<]{1,300}? in [^\n<]{1,300}?:line \d+",
    "a PHP stack trace": rb"Stack trace:\s+#0 ",
    "a Ruby backtrace": rb"\.rb:\d+:in ['`]",
    "a Go stack trace": rb"goroutine \d+ \[running\]",
}
_KINDS = {f"kind{number}": words for number, words in enumerate(_TRACES)}
_ANY = re.compile(
    b"|".join(b"(?P<%s>%s)" % (kind.encode(), _TRACES[words]) for kind, words in _KINDS.items())
)

_EDGE = 1 << 15
"""How many bytes of both ends of an answer are searched: a whole one may take seconds."""

ANSWER = 500
"""The number of characters of an answer that a finding shows."""


def api_key() -> str:
    """The API key of the receiver; empty if it is unknown, or too short to look for."""
    key = os.environ.get(API_KEY, "")
    return key if len(key) >= LEAST else ""


def leaks(delivery: Delivery) -> Iterator[str]:
    """Return what the answer to *delivery* leaks, in words.

    A stack trace counts only in the answer to a forgery, because a stranger can send forgeries. The
    harness adds a traceback for an app in process; that traceback is not part of the answer.
    """
    response = delivery.response
    if response is None:
        return
    key = api_key().encode("utf-8", "surrogateescape")
    if key and (key in response.body or any(key in value for _, value in response.headers)):
        yield SECRET
    if response.body and is_forged(delivery.request):
        yield from _shown(_edges(response.body))


@functools.lru_cache(maxsize=16)  # most refusals of a receiver are the same
def _shown(body: bytes) -> tuple[str, ...]:
    """Return the view of the receiver's code that *body* gives, if any, in words."""
    found = _ANY.search(body)
    return () if found is None else (_KINDS[str(found.lastgroup)],)


def _edges(body: bytes) -> bytes:
    """Return both ends of *body*: debug pages begin or end with what they are."""
    return body if len(body) <= 2 * _EDGE else body[:_EDGE] + b"\n" + body[-_EDGE:]


def excerpt(body: bytes) -> str:
    """Return the beginning of the *body* of an answer, without secrets, as a finding shows it."""
    return beginning(body, ANSWER).strip()
