"""Which paths of an app take POST, for a run in which every answer was 404."""

from __future__ import annotations

import flask
from fastapi import APIRouter, FastAPI
from starlette.middleware.gzip import GZipMiddleware
from starlette.routing import Mount, Route, Router

from telnyx_mock.transports.asgi import AsgiReceiver
from telnyx_mock.transports.routes import post_paths


def view():
    return ""


def test_flask_rules_that_take_post():
    app = flask.Flask(__name__)
    app.post("/hook/<name>")(view)
    app.get("/health", endpoint="health")(view)
    assert post_paths(app) == ("/hook/<name>",)


def test_fastapi_routes_that_take_post_also_of_routers_and_mounts():
    inner, router, sub = APIRouter(prefix="/v1"), APIRouter(), FastAPI()
    inner.post("/hook")(view)
    router.include_router(inner, prefix="/deep")
    app = FastAPI()
    app.include_router(router, prefix="/api")
    app.post("/top")(view)
    app.get("/health")(view)
    sub.include_router(inner)
    app.mount("/sub", sub)
    assert post_paths(app) == ("/api/deep/v1/hook", "/sub/v1/hook", "/top")


def test_starlette_routes_behind_middleware_and_a_receiver():
    async def endpoint(request): ...

    app = Router(
        [
            Route("/a", endpoint, methods=["POST"]),
            Mount("/m", routes=[Route("/b", endpoint, methods=["POST", "PUT"])]),
            Route("/c", endpoint),
        ]
    )
    assert post_paths(GZipMiddleware(app)) == ("/a", "/m/b")
    assert post_paths(AsgiReceiver(app)) == ("/a", "/m/b")


def test_an_unknown_kind_of_app_has_no_paths():
    class Loop:
        @property
        def app(self):
            return self

    class Odd:
        @property
        def url_map(self):
            raise RuntimeError

    assert [post_paths(app) for app in (lambda *_: None, Loop(), Odd())] == [(), (), ()]
