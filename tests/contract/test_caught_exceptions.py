"""A finding shows the exception that the app caught and logged before it answered."""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import Any

import flask
import pytest
from fastapi import FastAPI, Response

from telnyx_mock.delivery import Delivery
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
