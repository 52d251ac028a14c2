"""How answers to genuine webhooks are judged, and which fields a failure is put down to."""

from __future__ import annotations

import asyncio
import threading
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any

import flask
import pytest

from telnyx_mock import contract
from telnyx_mock.contract.engine.reason import Why
from telnyx_mock.contract.engine.result import Outcome
from telnyx_mock.patience import PATIENCE
from telnyx_mock.severity import Severity
from tests.contract.conftest import MakeRunner, WholeContract, run
from tests.receivers.correct import Deduplicating, Event, Headers, Receiver, payload
from tests.receivers.faults.fields import NeedsPartyType

# Answers


class Answering(Receiver):
    status = 200

    def act(self, event: Event) -> int:
        return self.status


def test_another_2xx_than_200_is_one_warning_for_each_event(whole_contract: WholeContract) -> None:
    class NoContent(Answering):
        status = 204

    results = whole_contract(NoContent, deadline=9)
    assert {result.outcome for result in results} == {Outcome.PASSED, Outcome.SKIPPED}
    findings = [finding for result in results for finding in result.findings]
    assert [(finding.rule, finding.event, finding.status) for finding in findings] == [
        ("accepts-sample", "call.initiated", 204),
        ("accepts-sample", "call.hangup", 204),
    ]
    assert {finding.severity for finding in findings} == {Severity.WARNING}


def test_a_redirect_is_an_error(runner: MakeRunner) -> None:
    class Moved(Answering):
        status = 308

        def headers(self) -> list[tuple[bytes, bytes]]:
            return [(b"location", b"/webhooks/")]

    result = run(runner(Moved), "accepts-sample")
    assert result.outcome is Outcome.FAILED
    assert "redirect 308" in result.findings[0].message


@pytest.mark.slow
def test_an_answer_that_never_comes_is_an_error(runner: MakeRunner) -> None:
    class Silent(Receiver):
        async def __call__(self, scope: dict[str, Any], receive: Any, send: Any) -> None:
            assert scope["type"] == "http"
            await asyncio.sleep(60)

    result = run(runner(Silent, patience=replace(PATIENCE, answer=0.05)), "accepts-sample")
    assert result.outcome is Outcome.FAILED
    [finding] = result.findings
    assert finding.status is None
    assert finding.observed.startswith("no answer (timeout) after 0.")


# Headers


def test_a_server_that_minds_the_case_of_header_names_is_found(runner: MakeRunner) -> None:
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            names_as_sent = dict(self.headers.items())
            self.send_response(Receiver().handle(names_as_sent, body))
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *_: object) -> None:
            pass

    with HTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.02,))
        thread.start()
        try:
            made = runner(f"http://127.0.0.1:{server.server_port}/", "call.initiated")
            headers = run(made, "accepts-headers", "voice")
            generated = run(made, "accepts-generated")
        finally:
            server.shutdown()
            thread.join()
    [finding] = headers.findings
    assert finding.reproduce.endswith(" --header-case title")
    assert generated.findings == (), "one fault is said once"


def test_a_receiver_that_minds_the_order_of_headers_is_found(runner: MakeRunner) -> None:
    class Positional(Receiver):
        def handle(self, headers: Headers, body: bytes) -> int:
            names = [name for name in headers if name.startswith("telnyx-")]
            in_order = names == ["telnyx-timestamp", "telnyx-signature-ed25519"]
            return super().handle(headers, body) if in_order else 401

    made = runner(Positional, "call.initiated")
    [finding] = run(made, "accepts-headers", "voice").findings
    assert finding.reproduce == "telnyx-mock send call.initiated TARGET --reverse-headers"
    assert run(made, "accepts-generated").findings == (), "one fault is said once"


# Absent fields


def test_two_absent_fields_are_both_found(runner: MakeRunner) -> None:
    class Both(Receiver):
        def act(self, event: Event) -> int:
            return len([payload(event)["from_sip_uri"], payload(event)["to_sip_uri"]]) * 100

    result = run(runner(Both), "accepts-absent")
    assert [finding.fields for finding in result.findings] == [
        ("payload.from_sip_uri",),
        ("payload.to_sip_uri",),
    ]


def test_one_field_is_found_absent_and_null(runner: MakeRunner) -> None:
    class NeedsStatistics(Receiver):
        def act(self, event: Event) -> int:
            return 200 if payload(event)["call_quality_stats"] is not None else 500

    made = runner(NeedsStatistics, "call.hangup")
    assert len(run(made, "accepts-absent", "call.hangup").findings) == 1
    assert len(run(made, "accepts-null", "call.hangup").findings) == 1


def test_fields_that_fail_only_together_are_named_together(runner: MakeRunner) -> None:
    class NeedsOneAddress(Receiver):
        def act(self, event: Event) -> int:
            return 200 if {"from_sip_uri", "to_sip_uri"} & payload(event).keys() else 500

    [finding] = run(runner(NeedsOneAddress), "accepts-absent").findings
    assert finding.fields == ("payload.from_sip_uri", "payload.to_sip_uri")
    assert "payload.from_sip_uri and payload.to_sip_uri absent" in finding.message


def test_a_field_that_fails_alone_does_not_hide_a_pair(runner: MakeRunner) -> None:
    class NeedsMore(NeedsPartyType):
        def act(self, event: Event) -> int:
            has_address = {"from_sip_uri", "to_sip_uri"} & payload(event).keys()
            return super().act(event) if has_address else 500

    result = run(runner(NeedsMore), "accepts-absent")
    assert [finding.fields for finding in result.findings] == [
        ("payload.calling_party_type",),
        ("payload.from_sip_uri", "payload.to_sip_uri"),
    ]


# Generated values


def is_odd(text: str | None) -> bool:
    """Whether it is a text of a length that only chance hits on."""
    return text is not None and len(text) > 20 and len(text) % 3 == 2


def test_an_absent_field_and_a_generated_value_are_both_found(runner: MakeRunner) -> None:
    class Both(NeedsPartyType):
        def act(self, event: Event) -> int:
            return 500 if is_odd(payload(event).get("caller_id_name")) else super().act(event)

    made = runner(Both, examples=100)
    [absent] = run(made, "accepts-absent").findings
    [generated] = run(made, "accepts-generated").findings
    assert absent.fields == ("payload.calling_party_type",)
    assert generated.fields == ("payload.caller_id_name",)


@pytest.mark.slow
def test_two_generated_values_are_both_found(runner: MakeRunner) -> None:
    class Both(Receiver):
        def act(self, event: Event) -> int:
            odd = (is_odd(payload(event).get(name)) for name in ("caller_id_name", "from_sip_uri"))
            return 500 if any(odd) else 200

    result = run(runner(Both, examples=200), "accepts-generated")
    assert {finding.fields for finding in result.findings} == {
        ("payload.caller_id_name",),
        ("payload.from_sip_uri",),
    }


def test_a_generated_failure_that_does_not_occur_again_is_inconclusive(runner: MakeRunner) -> None:
    class FailsOnce(Receiver):
        failed = False

        def act(self, event: Event) -> int:
            if is_odd(payload(event).get("caller_id_name")) and not self.failed:
                self.failed = True
                return 500
            return 200

    result = run(runner(FailsOnce, "call.initiated", examples=100), "accepts-generated")
    assert result.outcome is Outcome.INCONCLUSIVE
    assert result.why is Why.NOT_REPRODUCED
    assert "call.initiated" in result.note


def test_a_failure_is_confirmed_by_another_event_and_not_by_a_duplicate(runner: MakeRunner) -> None:
    class NotesFirst(Deduplicating):
        def act(self, event: Event) -> int:
            if (
                is_odd(payload(event).get("caller_id_name"))
                and event["data"]["id"] not in self.seen
            ):
                self.seen.add(event["data"]["id"])
                return 500
            return 200

    result = run(runner(NotesFirst, "call.initiated", examples=100), "accepts-generated")
    assert result.outcome is Outcome.FAILED


def test_generation_avoids_declared_fields_alone(runner: MakeRunner) -> None:
    """A member that the event does not declare may break the receiver, too."""

    class DividesByCost(Receiver):
        def act(self, event: Event) -> int:
            return sum(
                200 for name in event if name.startswith("CallCost[") and 1 / float(event[name])
            )

    made = runner(DividesByCost, "texml.call-cost", named=True)
    [chosen] = run(made, "accepts-each-choice", "texml.call-cost").findings
    assert chosen.fields[0].startswith("CallCost[")
    assert run(made, "accepts-generated", "texml.call-cost").outcome is not Outcome.INCONCLUSIVE


@pytest.mark.parametrize(
    ("names_it", "outcome"), [(True, Outcome.FAILED), (False, Outcome.SKIPPED)]
)
def test_an_event_in_an_envelope_of_its_own_counts_where_the_app_names_it(
    names_it: bool, outcome: Outcome
) -> None:
    app = flask.Flask("floor")

    def wall() -> tuple[str, int]:
        kind = flask.request.get_json()["data"]["event_type"]
        return ("floor", 200) if kind == "conference.floor.changed" else ("", 200)

    def calls() -> tuple[str, int]:
        return flask.request.get_json()["data"]["event_type"], 200

    app.add_url_rule("/", view_func=wall if names_it else calls, methods=["POST"])
    report = contract.run(app, only=["accepts-sample"])
    [floor] = [each for each in report.results if each.event == "conference.floor.changed"]
    assert floor.outcome is outcome
    assert floor.why is (None if names_it else Why.OWN_ENVELOPE)
