"""Lists the routes of an app that accept POST, and tells what their code is about.

This module recognises a framework by the attributes of its apps, and imports no framework. It finds
no routes in the app of an unknown framework.
"""

from __future__ import annotations

import inspect
import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from telnyx_mock.transports.own_code import Words, words_of

_DEPTH = 8

_RECEIVES_TELNYX = re.compile(
    r"telnyx[-_ ]?(?:signature|timestamp|public|web|event|hook|verif|sign)"
    r"|(?:web|hook|event|verif\w*|sign\w*|handle)_?telnyx|ed25519|verify_?key|texml"
)
_TELNYX_WORDS = frozenset((
    "unwrap", "call_control_id", "call_session_id", "call_leg_id", "record_type",
    "client_state", "messaging_profile_id", "fax_id", "callsid", "messagesid", "callstatus",
    "digits", "speechresult",
))  # fmt: skip
_EVENT_NAME = re.compile(r"(?:call|message|fax|conference|number_order|verify)\.[a-z_.]+")
_OF_OTHERS = re.compile(
    r"stripe|hub-signature|github|slack|shopify|twilio|paypal|sendgrid|^authorization$|^x-api-key$"
)
_READS = frozenset((
    "body", "json", "form", "data", "files", "get_json", "get_data", "get_body", "stream", "values",
    "args", "headers", "read", "receive", "environ", "scope", "post",
))  # fmt: skip


@dataclass(frozen=True)
class PostRoute:
    """A *path* at which an app accepts POST, as the app writes it, and the *handlers* that run."""

    path: str
    handlers: tuple[Any, ...]

    @cached_property
    def _words(self) -> Words:
        try:
            return words_of(*self.handlers)
        except Exception:  # an object of the app may answer to anything in its own way
            return Words()

    @cached_property
    def _terms(self) -> tuple[str, ...]:
        """The words without spaces. What has spaces is prose, such as a docstring."""
        return tuple(word for word in self._words if not any(map(str.isspace, word)))

    @property
    def is_for_telnyx(self) -> bool:
        """Whether the code mentions what only a receiver of Telnyx's webhooks needs.

        In doubt, it does: a receiver that refuses every webhook by a fault of its own must not pass
        for another kind of address.
        """
        if not self._words:
            return True
        words = self._words | {self.path.lower()}
        if any(_RECEIVES_TELNYX.search(each) or _EVENT_NAME.fullmatch(each) for each in words):
            return True
        if words & _TELNYX_WORDS:
            return True
        mentioned = (
            "event_type" in words
            or {"data", "payload"} <= words
            or any("telnyx" in each for each in words)
        )
        return mentioned and not any(_OF_OTHERS.search(each) for each in words)

    def names(self, event: str) -> bool:
        """Whether the code names *event*, or a beginning of its name, such as ``conference.``."""
        name = event.lower()
        return any(
            name in word or (word.endswith(".") and name.startswith(word)) for word in self._words
        )

    def mentions(self, word: str) -> bool:
        """Whether *word* is a text or a name in the code."""
        return word.lower() in self._words

    @property
    def texts(self) -> frozenset[str]:
        """The texts in the code, as they are written, and its regular expressions."""
        return self._words.texts

    def may_distinguish(self, event: str) -> bool:
        """Whether the code may handle *event* in a way of its own.

        In doubt, it may: if it names the event, a part of its name other than the first, as in
        ``on_hangup`` or ``.ended``, or if not all of the code was read.
        """
        if not self._words or not self._words.complete or self.names(event):
            return True
        parts = event.lower().split(".")[1:]
        return any(part in term for term in self._terms for part in parts)

    @property
    def reads_nothing(self) -> bool:
        """Whether the code reads nothing of a request."""
        try:
            parameters = inspect.signature(self.handlers[0]).parameters
        except (TypeError, ValueError):
            return False
        return parameters.keys() <= {"request"} and not self._words & _READS

    def fits(self, path: str) -> bool:
        """Whether a request to *path* comes to this route."""
        pattern = re.sub(r"<path:[^>]*>|\{[^}]*:path\}", "\0", self.path)
        pattern = re.escape(re.sub(r"<[^>]*>|\{[^}]*\}", "\1", pattern))
        pattern = pattern.replace(re.escape("\0"), ".+").replace(re.escape("\1"), "[^/]+")
        return any(_matches(each, path) for each in (pattern, self.path))


def post_routes(app: Any) -> tuple[PostRoute, ...]:
    """Return the routes of *app* that accept POST, by their paths; empty if unknown.

    Reads Flask's URL map, the routes of Starlette and FastAPI, and Django's URL patterns. Django's
    patterns name no methods, so all patterns are listed. *app* may be a middleware or a receiver
    whose attribute ``app`` is the app.
    """
    try:
        found = {route.path: route for route in _routes(app, _DEPTH)}
    except Exception:  # a hint must never be what fails
        return ()
    return tuple(found[path] for path in sorted(found))


def post_paths(app: Any) -> tuple[str, ...]:
    """Return the paths of *app* that accept POST; empty if unknown."""
    return tuple(route.path for route in post_routes(app))


def _matches(pattern: str, path: str) -> bool:
    try:
        return re.fullmatch(pattern.rstrip("/") + "/?", path) is not None
    except re.error:
        return False


def _routes(app: Any, depth: int) -> Iterator[PostRoute]:
    if depth == 0:
        return
    if hasattr(app, "url_map"):
        before = [each for group in app.before_request_funcs.values() for each in group]
        for rule in app.url_map.iter_rules():
            if "POST" in (rule.methods or ()):
                view = app.view_functions[rule.endpoint]
                yield PostRoute(rule.rule, (view, *before, app.wsgi_app))
    elif hasattr(app, "routes") or hasattr(app, "effective_route_contexts"):
        before = [
            (each.cls, each.args, each.kwargs) for each in getattr(app, "user_middleware", ())
        ]
        yield from _starlette(app, depth, tuple(before))
    elif type(app).__module__.startswith("django."):
        for route in _django(sys.modules["django.urls"].get_resolver().url_patterns, "/"):
            yield PostRoute(route.path, (*route.handlers, *_django_middleware()))
    elif hasattr(app, "app"):
        for route in _routes(app.app, depth - 1):
            is_ours = type(app).__module__.startswith("telnyx_mock.")
            yield route if is_ours else PostRoute(route.path, (*route.handlers, app))


def _starlette(holder: Any, depth: int, before: tuple[Any, ...]) -> Iterator[PostRoute]:
    if depth == 0:
        return
    contexts = getattr(holder, "effective_route_contexts", None)
    for route in contexts() if contexts else holder.routes:
        path = getattr(route, "path", None) or ""
        if getattr(route, "routes", None) or hasattr(route, "effective_route_contexts"):
            for inner in _starlette(route, depth - 1, before):
                yield PostRoute(path + inner.path, inner.handlers)
        elif hasattr(route, "methods") and (route.methods is None or "POST" in route.methods):
            needed = tuple(getattr(route, "dependencies", None) or ())
            yield PostRoute(path, (getattr(route, "endpoint", None), *needed, *before))


def _django_middleware() -> Iterator[Any]:
    for name in sys.modules["django.conf"].settings.MIDDLEWARE:
        module, _, member = name.rpartition(".")
        yield getattr(sys.modules.get(module), member, None)


def _django(patterns: Any, prefix: str) -> Iterator[PostRoute]:
    for pattern in patterns:
        path = prefix + str(pattern.pattern).removeprefix("^").removesuffix("$")
        if hasattr(pattern, "url_patterns"):
            yield from _django(pattern.url_patterns, path)
        else:
            yield PostRoute(path, (pattern.callback,))
