"""Tells whether an object is an ASGI app, a WSGI app or a Lambda handler, and opens it."""

from __future__ import annotations

import functools
import inspect
import sys
from contextlib import suppress
from typing import Any, Literal, TypeAlias

from telnyx_mock.errors import UsageError
from telnyx_mock.transports.asgi import AsgiReceiver
from telnyx_mock.transports.aws_lambda import LambdaReceiver
from telnyx_mock.transports.endpoint import HOST
from telnyx_mock.transports.receiver import Receiver
from telnyx_mock.transports.wsgi import WsgiReceiver

Kind: TypeAlias = Literal["asgi", "wsgi", "lambda", "factory"]

_EXPECTED = (
    "expected an ASGI app (async, called with scope, receive, send), a WSGI app (called with"
    " environ, start_response), an AWS Lambda handler (called with event, context), or a function"
    " without arguments that returns one"
)


_SERVED = {"aiohttp": "aiohttp", "tornado": "Tornado"}
"""The frameworks, by package, whose apps run only in a server of their own."""


def open_app(app: Any, path: str = "/", host: str = HOST, *, name: str = "the app") -> Receiver:
    """Return a receiver for *app*: an ASGI or WSGI app, a Lambda handler, or a factory of one.

    A test client stands for the app that it sends to. An *app* that is a receiver already is
    returned unchanged. Raises UsageError for any other object; the message calls the object *name*.
    """
    if is_receiver(app):
        receiver: Receiver = app
        return receiver
    app = behind_client(app)
    kind = app_kind(app)
    if kind == "factory" and _framework(app) not in _SERVED:
        app, name = behind_client(app()), f"what {name} returned"
        if is_receiver(app):
            return open_app(app)
        kind = app_kind(app)
    subject = name if ":" in name.split()[0] else name[0].upper() + name[1:]
    if _framework(app) in _SERVED:
        raise UsageError(
            f"{subject} is an app of {_SERVED[_framework(app)]}, which runs only in its own server. "
            "Run it, and give its address, as in http://localhost:8080/webhooks."
        )
    if type(app).__module__.startswith("django."):
        _load_views()
    if kind == "asgi":
        return AsgiReceiver(app, path, host)
    if kind == "wsgi":
        return WsgiReceiver(app, path, host)
    if kind == "lambda":
        return LambdaReceiver(app, path, host)
    if type(app).__name__.endswith("Client"):
        raise UsageError(f"{subject} is {described(app)}. Give the app that this client sends to.")
    raise UsageError(f"{subject} is {described(app)}; {_EXPECTED}.")


def _load_views() -> None:
    """Let Django load its views: it does with the first request, whose answer would then be late.

    If that fails, the request fails alike, and shows why.
    """
    with suppress(Exception):
        _ = sys.modules["django.urls"].get_resolver().url_patterns


def behind_client(value: Any) -> Any:
    """Return the app that *value* sends to if it is a test client; else *value*."""
    if not type(value).__name__.endswith("Client"):
        return value
    inner = (getattr(value, name, None) for name in ("app", "application"))  # Starlette, Werkzeug
    return next((app for app in inner if app_kind(app)), value)


def _framework(value: Any) -> str:
    """Return the package of the framework whose app *value* is, or an empty text."""
    bases = type(value).__mro__
    return next(
        (base.__module__.partition(".")[0] for base in bases if base.__name__ == "Application"), ""
    )


def is_receiver(value: Any) -> bool:
    """Return whether *value* has all members of the protocol Receiver."""
    needed = ("url", "in_process", "send", "wait_until_idle", "close")
    return not isinstance(value, type) and all(hasattr(value, name) for name in needed)


def app_kind(value: Any) -> Kind | None:
    """Return the kind of the app *value*, or None if it is no app or its kind is unclear."""
    if not callable(value):
        return None
    counts = _positional(value)
    if counts is None:
        return None
    required, possible = counts
    is_async = _is_async(value)
    if required <= 3 <= possible and (is_async or required == 3) and not isinstance(value, type):
        return "asgi"
    if is_async:
        return None
    if required <= 2 <= possible and required > 0:
        return "lambda" if _is_lambda(value) else "wsgi"
    return "factory" if required == 0 and not _takes_anything(value) else None


def _callable(value: Any) -> Any:
    """Return the function that runs when *value* (an instance or a partial) is called."""
    while isinstance(value, functools.partial):
        value = value.func
    if inspect.isroutine(value) or isinstance(value, type):
        return value
    return type(value).__call__


def _is_async(value: Any) -> bool:
    return inspect.iscoroutinefunction(inspect.unwrap(_callable(value)))


def _is_lambda(value: Any) -> bool:
    """Return whether *value* names its two parameters as Lambda handlers do.

    Only the names of the parameters distinguish a Lambda handler from a WSGI app, and authors
    choose these names freely. The documents, templates and wrappers of AWS use at least one of the
    names ``event`` and ``context``: ``(event, _)``, ``(_event, lambda_context)``.
    """
    names = [parameter.name.strip("_") for parameter in _parameters(value) or ()]
    return names[0] == "event" or names[1:2] in (["context"], ["lambda_context"])


def _parameters(value: Any) -> list[inspect.Parameter] | None:
    try:
        return list(inspect.signature(value).parameters.values())
    except (TypeError, ValueError):
        return None


def _takes_anything(value: Any) -> bool:
    return any(
        parameter.kind in (parameter.VAR_POSITIONAL, parameter.VAR_KEYWORD)
        for parameter in _parameters(value) or ()
    )


def _positional(value: Any) -> tuple[int, int] | None:
    """Return how many positional arguments *value* requires, and how many it accepts."""
    parameters = _parameters(value)
    if parameters is None:
        return None
    required = possible = 0
    for parameter in parameters:
        if parameter.kind in (parameter.POSITIONAL_ONLY, parameter.POSITIONAL_OR_KEYWORD):
            possible += 1
            required += parameter.default is parameter.empty
        elif parameter.kind is parameter.VAR_POSITIONAL:
            possible += 99
        elif parameter.kind is parameter.KEYWORD_ONLY and parameter.default is parameter.empty:
            return None
    return required, possible


def described(value: Any) -> str:
    """Return a few words that describe *value* in a message, such as "an int" or "None"."""
    if value is None:
        return "None"
    if isinstance(value, type):
        return f"the class {value.__qualname__}, not an instance of it"
    if inspect.ismodule(value):
        return f"the module {value.__name__!r}"
    kind = f"{type(value).__module__}.{type(value).__qualname__}".removeprefix("builtins.")
    if _is_async(value):
        kind = f"async {kind}"
    article = "an" if kind[0] in "aeiou" else "a"
    if callable(value) and (parameters := _parameters(value)) is not None:
        shown = ", ".join(str(parameter) for parameter in parameters)
        return f"{article} {kind} called with ({shown})"
    return f"{article} {kind}"
