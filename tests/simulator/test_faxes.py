"""Faxes go to and fro: each causes webhooks in the documented order."""

from __future__ import annotations

from typing import Any

import pytest

from telnyx_mock.catalogue.registry import find
from telnyx_mock.errors import ReceiverFailure, UsageError
from telnyx_mock.schema.kinds import Cases, Choice
from telnyx_mock.simulator import faxes
from tests.simulator.app import App
from tests.simulator.conftest import Bound
from tests.simulator.world import APP, CALLER

PDF = "https://example.com/answer.pdf"


def answers_faxes(app: App, event: str, payload: dict[str, Any]) -> None:
    """Send a document back for each fax."""
    if event == "fax.received":
        parties = {"from": payload["to"], "to": payload["from"]}
        app.post("/v2/faxes", connection_id="1", media_url=PDF, client_state="YQ==", **parties)


def test_an_app_answers_a_fax(bound: Bound) -> None:
    states: list[Any] = []

    def handle(app: App, event: str, payload: dict[str, Any]) -> None:
        states.append(payload.get("client_state"))
        answers_faxes(app, event, payload)

    app = App(handle)
    machine = bound(app).fax_machine(at=CALLER, to=APP)
    machine.send(pages=3)
    assert machine.received == [PDF]
    assert machine.expect(contains=PDF).parameters["to"] == CALLER
    assert [event for _, event in app.seen] == [
        "fax.receiving.started",
        "fax.media.processing.started",
        "fax.received",
        "fax.queued",
        "fax.media.processed",
        "fax.sending.started",
        "fax.delivered",
    ]
    assert states == [None] * 3 + ["YQ=="] * 4
    assert "sends a fax of 3 pages" in machine.transcript
    assert f"receives a fax: {PDF}" in machine.transcript
    with pytest.raises(ReceiverFailure, match="for this fax machine"):
        machine.expect(timeout=0)


@pytest.mark.parametrize(
    ("reason", "begins"), [("user_busy", False), ("receiver_call_dropped", True)]
)
def test_a_fax_fails_for_the_reason_that_the_test_gives(
    bound: Bound, reason: str, begins: bool
) -> None:
    reasons: list[Any] = []

    def handle(app: App, event: str, payload: dict[str, Any]) -> None:
        answers_faxes(app, event, payload)
        if event == "fax.failed":
            reasons.append(payload["failure_reason"])

    app = App(handle)
    machine = bound(app).fax_machine()
    machine.fail(reason)
    machine.send()
    assert reasons == [reason]
    assert ("fax.sending.started" in [event for _, event in app.seen]) == begins
    assert machine.received == []
    machine.work()
    machine.send()
    assert machine.received == [PDF]
    assert len(machine.commands) == 2


def test_a_sender_breaks_off(bound: Bound) -> None:
    app = App(answers_faxes)
    bound(app).fax_machine().send(breaks_off=True)
    assert [event for _, event in app.seen] == ["fax.receiving.started", "fax.failed"]


def test_mistakes_are_said(bound: Bound) -> None:
    machine = bound(App(answers_faxes)).fax_machine()
    with pytest.raises(UsageError, match="one page or more, not 0"):
        machine.send(pages=0)
    with pytest.raises(UsageError, match="'user_busy'"):
        machine.fail("user_bussy")


def test_the_reasons_are_those_of_the_catalogue() -> None:
    kind = next(
        each.kind for each in find("fax.failed").payload.fields if each.name == "failure_reason"
    )
    assert isinstance(kind, Cases)
    assert isinstance(kind.otherwise, Choice)
    assert {*faxes.BEFORE_THE_CALL, *faxes.IN_THE_CALL} <= set(kind.otherwise.values)
