"""An address that is not for Telnyx's webhooks is one sentence, before anybody calls."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import flask
import pytest

from telnyx_mock.contract import run, run_calls
from telnyx_mock.errors import UsageError
from telnyx_mock.payload.request import Request
from telnyx_mock.transports.receiver import Response
from telnyx_mock.transports.server_process import free_port
from tests.calls.receivers import Rejecting


def shop() -> flask.Flask:
    """An app with a receiver at /hooks, and a form at /orders."""
    app = flask.Flask("shop")
    receiver = Rejecting()

    @app.post("/hooks")
    def telnyx() -> tuple[str, int]:
        data = flask.request.get_json()["data"]
        return "", receiver.receive(data["event_type"], data["payload"], data["id"])

    @app.post("/orders")
    def orders() -> tuple[str, int]:
        return "", 200 if "order" in flask.request.form else 400

    return app


class Elsewhere:
    """A server elsewhere that answers each webhook alike."""

    in_process = False
    url = "http://127.0.0.1/hook"

    def __init__(self, status: int) -> None:
        self.status = status

    def send(self, request: Request, *, timeout: float) -> Response:
        return Response(self.status, (), b"", 0.001)

    def wait_until_idle(self, timeout: float) -> bool:
        return True

    def close(self) -> None: ...


def unserved(environ: Any, start_response: Any) -> Iterable[bytes]:
    """Serve nothing, and have no routes that could be read."""
    start_response("404 Not Found", [])
    return [b""]


@pytest.mark.parametrize("path", ["/", "/orders"])
def test_calls_say_what_check_says(path: str) -> None:
    with pytest.raises(UsageError) as of_check:
        run(shop(), path=path)
    with pytest.raises(UsageError) as of_calls:
        run_calls(shop(), path=path, examples=1)
    assert str(of_calls.value) == str(of_check.value)
    assert str(of_calls.value).endswith("with --path; the app's routes that look like it: /hooks.")


def test_an_app_whose_routes_are_unknown_may_serve_nothing() -> None:
    with pytest.raises(
        UsageError, match=r"POST /hook serves nothing: .* 404 Not Found, so it does"
    ):
        run_calls(unserved, path="/hook", examples=1)


@pytest.mark.parametrize("status", [404, 405])
def test_a_server_elsewhere_may_serve_nothing(status: int) -> None:
    with pytest.raises(UsageError, match=f"POST /hook serves nothing: .* {status} .* with --path."):
        run_calls(Elsewhere(status), api=free_port(), examples=1)


def test_an_app_that_serves_one_event_is_judged() -> None:
    def app(environ: Any, start_response: Any) -> Iterable[bytes]:
        is_hangup = b"call.hangup" in environ["wsgi.input"].read()
        start_response("200 OK" if is_hangup else "404 Not Found", [])
        return [b""]

    report = run_calls(app, examples=1)
    assert [each.invariant.id for each in report.violations] == ["accepts-each-webhook-of-a-call"]


def test_the_right_path_is_judged() -> None:
    assert run_calls(shop(), path="/hooks", examples=1).violations == ()
