"""What is known of an app: its framework, its verifier, and places in its code. None of it runs."""

from __future__ import annotations

import linecache
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Annotated, Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from fastapi import APIRouter, FastAPI, Header
from flask import Flask, request
from flask.views import MethodView
from starlette.applications import Starlette
from starlette.endpoints import HTTPEndpoint
from starlette.middleware.gzip import GZipMiddleware
from starlette.responses import Response
from starlette.routing import Route

from telnyx_mock import contract
from telnyx_mock.contract.app_facts import AppFacts, Framework, Mention, Place, Verifier
from telnyx_mock.contract.engine.app_code import app_facts
from telnyx_mock.demo import receiver as demo
from telnyx_mock.transports.app_kind import open_app
from telnyx_mock.transports.asgi import AsgiReceiver
from tests.contract.conftest import Elsewhere

HEADER = "Telnyx-Timestamp"


class Key:
    """Stands for a key, and fails if it is called."""

    def verify(self, *_: object) -> None:
        raise AssertionError("the app was executed")


KEY = Key()
KIND = Ed25519PublicKey


def facts(app: Any) -> AppFacts:
    return app_facts(open_app(app), ())


def marked(found: AppFacts) -> list[tuple[Mention, str]]:
    """The mentions in *found*, and the text in the columns of each."""
    return [(each.mention, text(each)) for each in found.places]


def text(place: Place) -> str:
    line = linecache.getline(place.file, place.line)
    return line[slice(*place.columns)] if place.columns else line.strip()


def flask_view() -> Flask:
    app = Flask("marked")

    @app.post("/")
    def receive() -> str:
        sent = request.headers[HEADER]
        signature = (
            request.environ.get("HTTP_TELNYX_SIGNATURE_ED25519", "é")
            or request.headers["telnyx-signature-ed25519"]
        )
        KEY.verify(signature, sent)
        return str(request.get_json()["data"]["event_type"])

    return app


def test_places_are_those_that_the_code_mentions() -> None:
    found = facts(flask_view())
    assert (found.framework, found.verifier) == (Framework.FLASK, Verifier.CRYPTOGRAPHY)
    assert marked(found) == [
        (Mention.HANDLER, "def receive"),
        (Mention.TIMESTAMP, "HEADER"),
        (Mention.SIGNATURE, '"HTTP_TELNYX_SIGNATURE_ED25519"'),
        (Mention.SIGNATURE, '"telnyx-signature-ed25519"'),
        (Mention.VERIFY, "verify"),
        (Mention.EVENT_TYPE, '"event_type"'),
    ]
    assert {each.file for each in found.places} == {__file__}
    assert found.first(Mention.UNWRAP, Mention.VERIFY) == found.places[4]
    assert found.first(Mention.UNWRAP) is None


def test_facts_pass_through_json() -> None:
    found = facts(flask_view())
    assert AppFacts.from_json(found.to_json()) == found


class Hook(MethodView):
    def post(self) -> str:
        return str(getattr(request.get_json(), "event_type", ""))


def of_a_class() -> Flask:
    app = Flask("marked")
    app.add_url_rule("/", view_func=Hook.as_view("hook"))
    return app


def with_a_parameter() -> FastAPI:
    app, router = FastAPI(), APIRouter()

    @router.post("/")
    async def hook(telnyx_timestamp: Annotated[str, Header()]) -> str:
        return telnyx_timestamp

    app.include_router(router)
    return app


class Endpoint(HTTPEndpoint):
    async def post(self, request: Any) -> Response:
        match await request.json():
            case {
                "data": {"event_type": "call.initiated"},
            }:
                return Response("")
        return Response("")


def behind_middleware() -> GZipMiddleware:
    return GZipMiddleware(Starlette(routes=[Route("/", Endpoint)]))


def handler(event: Mapping[str, Any], context: object) -> dict[str, int]:
    return {"statusCode": 200 if event["headers"]["telnyx-timestamp"] else 401}


class Wsgi:
    def __call__(
        self, environ: Mapping[str, str], start_response: Callable[..., Any]
    ) -> list[bytes]:
        environ["HTTP_TELNYX_TIMESTAMP"]
        return []


async def plain(scope: Mapping[str, Any], receive: Any, send: Any) -> None:
    dict(scope["headers"])[b"telnyx-timestamp"]


@pytest.mark.parametrize(
    ("app", "framework", "places"),
    [
        (
            of_a_class,
            Framework.FLASK,
            [(Mention.HANDLER, "def post"), (Mention.EVENT_TYPE, '"event_type"')],
        ),
        (
            with_a_parameter,
            Framework.FASTAPI,
            [(Mention.HANDLER, "async def hook"), (Mention.TIMESTAMP, "telnyx_timestamp")],
        ),
        (
            behind_middleware,
            Framework.STARLETTE,
            [(Mention.HANDLER, "async def post"), (Mention.EVENT_TYPE, '"event_type"')],
        ),
        (
            lambda: handler,
            Framework.LAMBDA,
            [(Mention.HANDLER, "def handler"), (Mention.TIMESTAMP, '"telnyx-timestamp"')],
        ),
        (
            Wsgi,
            Framework.WSGI,
            [(Mention.HANDLER, "def __call__"), (Mention.TIMESTAMP, '"HTTP_TELNYX_TIMESTAMP"')],
        ),
        (
            lambda: plain,
            Framework.ASGI,
            [(Mention.HANDLER, "async def plain"), (Mention.TIMESTAMP, 'b"telnyx-timestamp"')],
        ),
    ],
)
def test_the_handler_is_found_in_each_framework(
    app: Callable[[], Any], framework: Framework, places: list[tuple[Mention, str]]
) -> None:
    found = facts(app())
    assert found.framework is framework
    assert marked(found) == places


VERIFYING = {
    "from nacl.signing import VerifyKey": Verifier.PYNACL,
    "import nacl.signing": Verifier.PYNACL,
    "import telnyx": Verifier.SDK,
    "from telnyx import Telnyx": Verifier.SDK,
    "import telnyx, nacl.signing": Verifier.PYNACL,
    "from cryptography.hazmat.primitives.asymmetric import ed25519": Verifier.CRYPTOGRAPHY,
    "import hmac": Verifier.UNKNOWN,
}


@pytest.mark.parametrize("line", VERIFYING)
@pytest.mark.parametrize("inside", [False, True])
def test_the_verifier_is_what_the_app_imports(line: str, inside: bool) -> None:
    names: dict[str, Any] = {"__name__": "marked"}
    inner = f"    {line}\n" if inside else ""
    before = "" if inside else line
    code = f"{before}\ndef handler(event, context):\n{inner}    return {{'statusCode': 200}}\n"
    exec(compile(code, str(Path("marked.py").absolute()), "exec"), names)
    assert facts(names["handler"]).verifier is VERIFYING[line]


def test_the_sdk_verifies_if_its_function_is_called() -> None:
    """PyNaCl may be there for something else."""
    names: dict[str, Any] = {"__name__": "marked"}
    code = "import nacl.signing, telnyx\ndef handler(event, context):\n  telnyx.x.unwrap('')\n"
    exec(compile(code, str(Path("marked.py").absolute()), "exec"), names)
    found = facts(names["handler"])
    assert found.verifier is Verifier.SDK
    assert [(each.mention, each.line) for each in found.places] == [
        (Mention.HANDLER, 2),
        (Mention.UNWRAP, 3),
    ]


class Lazy:
    """An object that fails if it is compared, or asked for its class."""

    @property
    def __class__(self) -> type:  # type: ignore[override]
        raise AssertionError("the app was executed")

    def __eq__(self, other: object) -> bool:
        raise AssertionError("the app was executed")

    __hash__ = None  # type: ignore[assignment]


def closed_over() -> Callable[..., Any]:
    """A handler whose names are those of a function around it; it passes a parameter of another name."""
    names: dict[str, Any] = {"__name__": "marked", "LAZY": Lazy()}
    code = (
        "def make(unwrap):\n"
        "    def handler(event, context, verify=False):\n"
        "        return unwrap(LAZY, event_type=verify)\n"
        "    return handler\n"
    )
    exec(compile(code, str(Path("marked.py").absolute()), "exec"), names)
    made: Callable[..., Any] = names["make"](max)
    return made


def test_only_what_is_used_as_such_is_a_mention() -> None:
    found = facts(closed_over())
    assert [(each.mention, each.line) for each in found.places] == [
        (Mention.HANDLER, 2),
        (Mention.UNWRAP, 3),
    ]


def test_a_server_names_its_framework() -> None:
    elsewhere = Elsewhere(200)
    for name, value, framework in (
        (b"X-Powered-By", b"Express", Framework.EXPRESS),
        (b"Server", b"Python/3.11 aiohttp/3.14.5", Framework.AIOHTTP),
        (b"Server", b"Werkzeug/3.1.3 Python/3.11.7", Framework.FLASK),
        (b"Server", b"nginx", Framework.UNKNOWN),
    ):
        assert app_facts(elsewhere, ((name, value),)) == AppFacts(framework)


def test_an_app_that_answers_to_anything_is_left_alone() -> None:
    class Odd:
        @property
        def app(self) -> Any:
            raise AssertionError("the app was executed")

        def __getattr__(self, name: str) -> Any:
            raise RuntimeError(name)

        async def __call__(self, scope: Any, receive: Any, send: Any) -> None: ...

    assert facts(AsgiReceiver(Odd())).framework is Framework.ASGI


def test_the_demonstration_is_an_app_like_any_other() -> None:
    found = facts(demo.app)
    assert (found.framework, found.verifier) == (Framework.ASGI, Verifier.PYNACL)
    assert marked(found)[0] == (Mention.HANDLER, "async def app")


def test_a_run_reports_them() -> None:
    report = contract.run(handler, events=["call.initiated"], only=["accepts-sample"])
    assert report.app.framework is Framework.LAMBDA
    assert marked(report.app)[0] == (Mention.HANDLER, "def handler")
