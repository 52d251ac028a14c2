"""Finds the framework and the verifier of an open app, and places in its code. It runs none of it."""

from __future__ import annotations

import functools
import inspect
from collections.abc import Iterable, Iterator
from types import FunctionType, ModuleType
from typing import Any

from telnyx_mock.contract.app_facts import (
    NOTHING_KNOWN,
    AppFacts,
    Framework,
    Mention,
    Place,
    Verifier,
)
from telnyx_mock.contract.engine.code_places import handler_place, places_in
from telnyx_mock.contract.engine.other_address import own_routes
from telnyx_mock.payload.request import Headers
from telnyx_mock.transports.asgi import AsgiReceiver
from telnyx_mock.transports.aws_lambda import LambdaReceiver
from telnyx_mock.transports.own_code import functions_of, is_library
from telnyx_mock.transports.receiver import Receiver
from telnyx_mock.transports.wsgi import WsgiReceiver

_DEPTH = 8

_BY_PACKAGE = {
    "flask": Framework.FLASK,
    "fastapi": Framework.FASTAPI,
    "starlette": Framework.STARLETTE,
    "django": Framework.DJANGO,
}
_BY_HEADER = (
    (b"x-powered-by", b"express", Framework.EXPRESS),
    (b"server", b"aiohttp/", Framework.AIOHTTP),
    (b"server", b"werkzeug/", Framework.FLASK),
)
"""What servers say of themselves, in small letters."""

_VERIFIERS = {
    "telnyx": Verifier.SDK,
    "nacl": Verifier.PYNACL,
    "cryptography": Verifier.CRYPTOGRAPHY,
}
_BY_RECEIVER = {
    AsgiReceiver: Framework.ASGI,
    WsgiReceiver: Framework.WSGI,
    LambdaReceiver: Framework.LAMBDA,
}
_OF_VIEWS = ("view_class", "cls")
"""Where functions that Flask, Django and its REST framework make of a class keep the class."""

_OF_SDK = (Mention.UNWRAP, Mention.CONSTRUCT_EVENT)


def app_facts(receiver: Receiver, headers: Headers) -> AppFacts:
    """Return what is known of the app of *receiver*, one of whose answers had these *headers*."""
    try:
        return _facts(receiver) if receiver.in_process else AppFacts(_of_server(headers))
    except Exception:  # an object of the app may answer to anything in its own way
        return NOTHING_KNOWN


def _facts(receiver: Receiver) -> AppFacts:
    app, framework = _opened(receiver)
    roots = [each for route in own_routes(receiver) for each in route.handlers] or [app]
    functions = functions_of(*roots)
    handler = _function(roots[0])
    found = {place for function in functions for place in places_in(function)}
    file = handler.__code__.co_filename if handler else ""
    places = sorted(
        found, key=lambda each: (each.file != file, each.file, each.line, each.columns or ())
    )
    first = (handler_place(handler),) if handler else ()
    return AppFacts(framework, _verifier(functions, places), (*first, *places))


def _opened(receiver: Receiver) -> tuple[Any, Framework]:
    """Return the app in *receiver*, and the framework of the innermost app that it wraps."""
    app, framework = None, Framework.UNKNOWN
    value: Any = receiver
    for _ in range(_DEPTH):
        ours = type(value).__module__.startswith("telnyx_mock.")
        if app is None and not ours:
            app = value
        framework = _of_type(type(value)) or framework
        inner = value.app if ours else _static(value, "app")
        if inner is None:
            break
        value = inner
    return app, framework


def _of_type(kind: type) -> Framework | None:
    packages = [each.__module__.partition(".")[0] for each in kind.__mro__]
    return _BY_RECEIVER.get(kind) or next(
        (_BY_PACKAGE[package] for package in packages if package in _BY_PACKAGE), None
    )


def _of_server(headers: Headers) -> Framework:
    """Return the framework that the *headers* of an answer name."""
    for name, value in headers:
        for header, beginning, framework in _BY_HEADER:
            if name.lower() == header and beginning in value.lower():
                return framework
    return Framework.UNKNOWN


def _verifier(functions: Iterable[FunctionType], places: Iterable[Place]) -> Verifier:
    """Return the package that verifies, of those which the modules of *functions* import."""
    packages: set[str] = set()
    for function in functions:
        packages.update(_imported(function))
    if "telnyx" in packages and any(place.mention in _OF_SDK for place in places):
        return Verifier.SDK
    known = [_VERIFIERS[name] for name in ("nacl", "cryptography", "telnyx") if name in packages]
    return known[0] if known else Verifier.UNKNOWN


def _imported(function: FunctionType) -> Iterator[str]:
    """Yield the packages that *function* imports, and those whose objects its module has."""
    names = {name.partition(".")[0] for name in function.__code__.co_names}
    yield from names & _VERIFIERS.keys()
    for value in function.__globals__.values():
        kind = type(value)  # isinstance would ask a lazy object for its class
        if issubclass(kind, ModuleType):
            yield value.__name__.partition(".")[0]
        else:
            owner = value if issubclass(kind, type | FunctionType) else kind
            yield str(owner.__module__).partition(".")[0]


def _function(value: Any) -> FunctionType | None:
    """Return the function of the app that runs when *value* handles a request; None if unknown."""
    for _ in range(_DEPTH):
        if isinstance(value, functools.partial):
            value = value.func
        elif inspect.ismethod(value):
            value = value.__func__
        elif wrapped := _static(value, "__wrapped__"):
            value = wrapped
        elif kind := next(filter(None, (_static(value, each) for each in _OF_VIEWS)), None):
            value = _static(kind, "post") or _static(kind, "dispatch")
        elif isinstance(value, type):
            value = _static(value, "post")  # an endpoint of Starlette
        elif isinstance(value, FunctionType):
            return None if is_library(value.__code__.co_filename) else value
        else:
            value = _static(type(value), "__call__")
    return None


def _static(value: Any, name: str) -> Any:
    """Return the attribute *name* of *value*, or None; no code of the app runs."""
    return inspect.getattr_static(value, name, None)
