"""Makes an app of each kind that does something hostile for each genuine webhook."""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping
from typing import Any

from tests.hostile.case import Topic, app
from tests.receivers.correct import Receiver, WsgiReceiver

Do = Callable[[], object]


def steps_of(do: Do) -> type[Receiver]:
    """Return a correct receiver that calls *do* for each genuine webhook."""

    class Steps(Receiver):
        def act(self, event: Mapping[str, Any]) -> int:
            do()
            return 200

    return Steps


def asgi(do: Do) -> Callable[[], Any]:
    return steps_of(do)


def wsgi(do: Do) -> Callable[[], Any]:
    steps = steps_of(do)

    class Wsgi(WsgiReceiver):
        def make_steps(self) -> Receiver:
            return steps()

    return Wsgi


def flask(do: Do) -> Callable[[], Any]:
    def make() -> Any:
        from flask import Flask, request

        made, steps = Flask("hostile"), steps_of(do)()

        @made.post("/")
        def receive() -> tuple[str, int]:
            headers = {name.lower(): value for name, value in request.headers.items()}
            return "", steps.handle(headers, request.get_data())

        return made

    return make


def fastapi(do: Do) -> Callable[[], Any]:
    def make() -> Any:
        import fastapi
        from starlette.concurrency import run_in_threadpool

        made, steps = fastapi.FastAPI(), steps_of(do)()

        async def receive(request: fastapi.Request) -> fastapi.Response:
            body = await request.body()
            status = await run_in_threadpool(steps.handle, dict(request.headers), body)
            return fastapi.Response(status_code=status)

        receive.__annotations__ = {"request": fastapi.Request, "return": fastapi.Response}
        made.post("/")(receive)
        return made

    return make


def aws_lambda(do: Do) -> Callable[[], Any]:
    def make() -> Any:
        steps = steps_of(do)()

        def handler(event: Any, context: Any) -> dict[str, int]:
            body = event.get("body", "")
            from base64 import b64decode

            content = b64decode(body) if event.get("isBase64Encoded") else body.encode()
            return {"statusCode": steps.handle(event["headers"], content)}

        return handler

    return make


KINDS: Mapping[str, Callable[[Do], Callable[[], Any]]] = {
    "Asgi": asgi,
    "Wsgi": wsgi,
    "Flask": flask,
    "FastApi": fastapi,
    "Lambda": aws_lambda,
}


def hostile_app(
    module: str, kind: str, name: str, does: str, topic: Topic, do: Do, **about: Any
) -> None:
    """Register an app of *kind* that calls *do* for each genuine webhook; see :func:`app`."""

    def make() -> Any:
        return KINDS[kind](do)()

    make.__name__ = make.__qualname__ = f"{name}{kind}"
    make.__module__, make.__doc__ = module, does
    setattr(sys.modules[module], make.__name__, make)
    app(topic, **about)(make)
