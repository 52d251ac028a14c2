"""A finding shows the exception that the app caught and logged before it answered."""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import Any

import flask
import pytest
from fastapi import FastAPI, HTTPException, Request, Response
from nacl.exceptions import BadSignatureError

from telnyx_mock.delivery import Delivery
from telnyx_mock.diagnosis.diagnose import diagnose
from telnyx_mock.emulator import Emulator
from telnyx_mock.transports.loading import open_target
from tests.contract.conftest import MakeRunner, run
from tests.receivers.correct import Event, Receiver, payload

log = logging.getLogger("shop")


def work(status: int) -> int:
    try:
        raise LookupError("no such call")
    except LookupError:
        log.exception("The webhook was not handled.")
        return status


def in_words(status: int) -> int:
    try:
        raise LookupError("no such call")
    except LookupError as error:
        log.error("It failed: %s", error)
        return status


def with_flask(handle: Callable[[int], int], status: int) -> Any:
    app = flask.Flask(__name__)

    @app.post("/")
    def hook() -> tuple[str, int]:
        return "", handle(status)

    return app


def with_fastapi(handle: Callable[[int], int], status: int) -> Any:
    app = FastAPI()

    @app.post("/")
    def hook() -> Response:
        return Response(status_code=handle(status))

    return app


def with_lambda(handle: Callable[[int], int], status: int) -> Any:
    def handler(event: Any, context: Any) -> dict[str, int]:
        return {"statusCode": handle(status)}

    return handler


def delivered(app: Any) -> Delivery:
    emulator = Emulator()
    emulator.bind(open_target(app))
    try:
        return emulator.send("call.initiated")
    finally:
        emulator.unbind()


@pytest.mark.parametrize("status", [200, 400, 500])
@pytest.mark.parametrize("handle", [work, in_words])
@pytest.mark.parametrize("make", [with_flask, with_fastapi, with_lambda])
def test_what_the_app_logs_is_kept_unless_it_accepts(
    make: Callable[..., Any], handle: Callable[[int], int], status: int
) -> None:
    delivery = delivered(make(handle, status))
    assert delivery.status == status
    assert delivery.crash is None
    assert ("LookupError: no such call" in (delivery.logged or "")) == (status >= 400)
    assert ("LookupError: no such call at" in delivery.answer()) == (status >= 400)


def test_an_exception_of_our_own_is_not_the_apps() -> None:
    def warns(status: int) -> int:
        log.warning("The call is unknown.")
        return status

    try:
        raise KeyError("of the test")
    except KeyError:
        delivery = delivered(with_lambda(warns, 404))
    assert delivery.logged is None


def test_the_record_factory_of_the_app_stays_in_use() -> None:
    before = logging.getLogRecordFactory()

    def factory(*args: Any, **kwargs: Any) -> logging.LogRecord:
        record = before(*args, **kwargs)
        record.shop = True
        return record

    logging.setLogRecordFactory(factory)
    try:
        assert "LookupError" in (delivered(with_flask(work, 500)).logged or "")
        assert "shop" in vars(logging.getLogRecordFactory()("", 0, "", 0, "", (), None))
    finally:
        logging.setLogRecordFactory(before)


def test_a_finding_has_the_exception(runner: MakeRunner) -> None:
    class Logging(Receiver):
        def act(self, event: Event) -> int:
            return work(400) if payload(event).get("from_sip_uri") is None else 200

    [finding] = run(runner(Logging, "call.initiated"), "accepts-absent").findings
    assert "LookupError: no such call" in finding.traceback
    assert "LookupError: no such call at" in finding.observed


def refusing(wrong: Callable[[], object], error: type[Exception] | None = None) -> Any:
    """An app that refuses all, because verifying it calls *wrong*; it then may raise an *error*."""
    app = FastAPI()

    @app.post("/")
    async def receive(request: Request) -> Response:
        assert "telnyx-timestamp" in request.headers
        try:
            wrong()
        except Exception:
            if error is not None:
                raise error(401) from None
            return Response(status_code=401)
        return Response(status_code=200)

    return app


def has_own_error() -> None:
    _ = "1|" + b"body"  # type: ignore[operator]


def has_wrong_key() -> None:
    raise BadSignatureError("Signature was forged or corrupt")


def refuses_itself() -> None:
    raise ValueError("The signature is wrong.")


@pytest.mark.parametrize("error", [None, HTTPException])
@pytest.mark.parametrize(
    ("wrong", "kind"),
    [
        (has_own_error, "hides-own-error"),
        (has_wrong_key, "refuses-everything"),
        (refuses_itself, "refuses-everything"),
    ],
)
def test_an_error_of_its_own_that_the_app_takes_for_a_bad_signature(
    wrong: Callable[[], object], kind: str, error: type[Exception] | None, runner: MakeRunner
) -> None:
    app = open_target(refusing(wrong, error))
    results = [run(runner(app, "call.initiated"), "serves-something", "")]
    [fault] = diagnose(results)
    assert fault.kind.id == kind
    assert ("TypeError" in fault.finding.observed) == (kind == "hides-own-error")
    assert ("error of its own" in fault.finding.message) == (kind == "hides-own-error")
