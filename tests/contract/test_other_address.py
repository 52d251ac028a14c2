"""Addresses that are not for Telnyx's webhooks, and receivers whose fault makes them look so."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import os
from collections.abc import Callable
from typing import Annotated, Any

import flask
import pytest
from fastapi import Depends, FastAPI, Header, HTTPException, Request
from nacl.exceptions import BadSignatureError
from nacl.signing import VerifyKey
from pydantic import BaseModel
from starlette.applications import Starlette
from starlette.responses import Response
from starlette.routing import Route
from telnyx import Telnyx

from telnyx_mock.contract.engine.result import Outcome
from telnyx_mock.errors import UsageError
from telnyx_mock.severity import Severity
from tests.conftest import Snapshot
from tests.contract.conftest import Elsewhere, MakeRunner, run

SIGNATURE, TIMESTAMP = "telnyx-signature-ed25519", "telnyx-timestamp"


def verify(headers: Any, body: bytes) -> bool:
    key = VerifyKey(base64.b64decode(os.environ["TELNYX_PUBLIC_KEY"]))
    try:
        key.verify(headers[TIMESTAMP].encode() + b"|" + body, base64.b64decode(headers[SIGNATURE]))
    except (KeyError, ValueError, BadSignatureError):
        return False
    return True


def with_webhook() -> flask.Flask:
    """An app with a receiver at /telnyx; the address under test is another one."""
    app = flask.Flask("shop")

    @app.post("/telnyx")
    def telnyx() -> tuple[str, int]:
        return "", 200 if verify(flask.request.headers, flask.request.get_data()) else 401

    return app


# Other addresses


def stripe_hook() -> flask.Flask:
    app = with_webhook()

    @app.post("/")
    def stripe() -> tuple[str, int]:
        given = flask.request.headers.get("Stripe-Signature", "")
        right = hmac.new(b"secret", flask.request.get_data(), hashlib.sha256).hexdigest()
        return "", 200 if hmac.compare_digest(given, right) else 400

    return app


def upload_form() -> flask.Flask:
    app = with_webhook()

    @app.post("/")
    def upload() -> str:
        return flask.request.files["picture"].filename or ""

    return app


def behind_a_login() -> flask.Flask:
    app = with_webhook()

    @app.route("/", methods=["GET", "POST"])
    def account() -> Any:
        return flask.session.get("user") or flask.redirect("/login")

    app.secret_key = "none"
    return app


def orders_that_crash() -> flask.Flask:
    app = with_webhook()

    @app.post("/")
    def order() -> str:
        return str(flask.request.get_json()["article"])

    return app


def takes_anything() -> flask.Flask:
    app = with_webhook()
    app.post("/", endpoint="ping")(lambda: "")
    return app


def page() -> flask.Flask:
    app = with_webhook()
    app.get("/", endpoint="page")(lambda: "")
    return app


def no_route() -> flask.Flask:
    return with_webhook()


def with_bearer_token() -> FastAPI:
    app = FastAPI()

    def token(authorization: Annotated[str, Header()] = "") -> None:
        if authorization != "Bearer secret":
            raise HTTPException(401)

    @app.post("/", dependencies=[Depends(token)])
    def order(article: str = "") -> str:
        return article

    return app


class Order(BaseModel):
    article: str
    number: int


def with_another_model() -> FastAPI:
    app = FastAPI()

    @app.post("/")
    def order(order: Order) -> int:
        return order.number

    return app


def health_page() -> Starlette:
    async def health(request: Request) -> Response:
        return Response("fine")

    return Starlette(routes=[Route("/", health), Route("/hooks", health, methods=["POST"])])


OTHERS = (
    stripe_hook,
    upload_form,
    behind_a_login,
    orders_that_crash,
    takes_anything,
    page,
    no_route,
    with_bearer_token,
    with_another_model,
    health_page,
)


def test_the_sentence_about_another_address(runner: MakeRunner, snapshot: Snapshot) -> None:
    lines = []
    for make in OTHERS:
        with pytest.raises(UsageError) as problem:
            run(runner(make()), "serves-something", "")
        lines.append(f"{make.__name__}\n    {problem.value}\n")
    with pytest.raises(UsageError) as problem:
        run(runner(Elsewhere(405)), "serves-something", "")
    lines.append(f"elsewhere\n    {problem.value}\n")
    snapshot("other_address", "".join(lines))


# Receivers with a fault


def writes_the_body_again() -> flask.Flask:
    app = flask.Flask("shop")

    @app.post("/")
    def hook() -> tuple[str, int]:
        body = json.dumps(flask.request.get_json(force=True, silent=True)).encode()
        return "", 200 if verify(flask.request.headers, body) else 400

    return app


def minds_the_case() -> FastAPI:
    app = FastAPI()

    @app.post("/")
    async def hook(request: Request) -> None:
        if not verify({**request.headers, SIGNATURE: ""}, await request.body()):
            raise HTTPException(401)

    return app


def takes_it_for_hmac() -> FastAPI:
    app = FastAPI()

    def signed(telnyx_signature_ed25519: Annotated[str, Header()] = "") -> None:
        right = hmac.new(b"secret", b"", hashlib.sha256).hexdigest()
        if not hmac.compare_digest(telnyx_signature_ed25519.encode(), right.encode()):
            raise HTTPException(403)

    @app.post("/", dependencies=[Depends(signed)])
    def hook() -> None: ...

    return app


def protects_against_csrf() -> flask.Flask:
    app = flask.Flask("shop")

    @app.before_request
    def protect() -> None:
        if flask.request.method == "POST" and "csrf_token" not in flask.request.form:
            flask.abort(400, "The CSRF token is missing.")

    @app.post("/")
    def hook() -> tuple[str, int]:
        return "answered" if flask.request.get_json()["event_type"] else "", 200

    return app


class Data(BaseModel):
    event_type: str
    number: int


class Webhook(BaseModel):
    data: Data


def has_a_strict_model() -> FastAPI:
    app = FastAPI()

    @app.post("/")
    def hook(event: Webhook) -> str:
        return event.data.event_type

    return app


def has_a_wrong_key() -> flask.Flask:
    app = flask.Flask("shop")
    other = base64.b64encode(b"1" * 32).decode()
    client = Telnyx(api_key="none", public_key=other)

    @app.post("/")
    def hook() -> tuple[str, int]:
        try:
            client.webhooks.unwrap(
                flask.request.get_data(as_text=True), headers=dict(flask.request.headers)
            )
        except ValueError:
            return "", 400
        return "", 200

    return app


def verified_by_a_middleware() -> FastAPI:
    app = FastAPI()

    @app.middleware("http")
    async def verified(request: Request, go_on: Callable[..., Any]) -> Any:
        if not verify({}, await request.body()):
            return Response(status_code=401)
        return await go_on(request)

    app.post("/")(lambda: None)
    return app


FAULTY = (
    writes_the_body_again,
    minds_the_case,
    takes_it_for_hmac,
    protects_against_csrf,
    has_a_strict_model,
    has_a_wrong_key,
    verified_by_a_middleware,
)


@pytest.mark.parametrize("make", FAULTY, ids=lambda make: make.__name__)
def test_a_receiver_that_refuses_everything_by_a_fault_is_judged(
    make: Callable[[], Any], runner: MakeRunner
) -> None:
    result = run(runner(make()), "serves-something", "")
    assert result.outcome is Outcome.FAILED


def test_a_correct_receiver_is_judged(runner: MakeRunner) -> None:
    app = with_webhook()
    app.post("/", endpoint="hook")(app.view_functions["telnyx"])
    assert run(runner(app), "serves-something", "").outcome is Outcome.PASSED


def test_an_address_that_reads_nothing_is_a_question_at_most(runner: MakeRunner) -> None:
    app = flask.Flask("shop")
    app.post("/", endpoint="ping")(lambda: "")
    result = run(runner(app), "refuses-signature-missing", "voice")
    assert {finding.severity for finding in result.findings} == {Severity.WARNING}
