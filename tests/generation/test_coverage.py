"""The coverage counts genuine webhooks alone, and names what was never sent."""

from __future__ import annotations

import json

from telnyx_mock import ABSENT, Emulator
from telnyx_mock.catalogue.registry import all_events
from telnyx_mock.generation.coverage import Coverage
from telnyx_mock.generation.each_choice import each_choice
from telnyx_mock.payload.request import Request
from telnyx_mock.payload.webhook import sample, webhook
from telnyx_mock.transports.receiver import Response


class Silent:
    """Answers 200 to everything."""

    url = "http://silent.test/"
    in_process = False

    def send(self, request: Request, *, timeout: float) -> Response:
        return Response(200, (), b"", 0.0)

    def wait_until_idle(self, timeout: float) -> bool:
        return True

    def close(self) -> None:
        pass


def test_what_an_emulator_sends_is_counted() -> None:
    coverage = Coverage()
    emulator = Emulator(Silent(), coverage=coverage)
    emulator.send("call.hangup", tags=ABSENT)
    emulator.send("call.hangup")
    emulator.deliver("call.initiated")
    assert coverage.tried == {"call.hangup": 2, "call.initiated": 1}
    assert coverage.times("call.hangup", "data.payload.tags", "absent") == 1 + (
        "tags" not in sample("call.hangup").payload
    )
    assert coverage.times("call.hangup", "data.payload.hangup_cause", "value", "time_limit") == 0


def test_forgeries_and_other_requests_are_not_counted() -> None:
    coverage = Coverage()
    emulator = Emulator(Silent(), coverage=coverage)
    emulator.send("call.hangup", forge="signature-missing")
    emulator.send(Request((), b"{}"))
    assert not coverage.tried


def test_each_choice_covers_every_event_wholly() -> None:
    coverage = Coverage()
    for event in all_events():
        for row in each_choice(event):
            coverage.count(row)
        assert coverage.missed(event.name) == ()
    first, *_ = coverage.report()
    tried = len(list(all_events()))
    assert first == f"{tried} of {tried} events tried"


def test_the_report_names_what_was_missed() -> None:
    coverage = Coverage()
    coverage.count(webhook("call.recording.error"))
    first, line = coverage.report(whole=True)
    sent_unnamed = sum(event.sent_unnamed for event in all_events())
    assert first == f"1 of {sent_unnamed} events tried"
    assert line.startswith("call.recording.error: ")
    assert "payload.client_state never present or absent" in line
    assert "data.payload" not in line


def test_a_short_report_stops_after_a_few_fields() -> None:
    coverage = Coverage()
    coverage.count(webhook("message.received"))
    _, short = coverage.report()
    _, whole = coverage.report(whole=True)
    assert short.count("; ") == 6
    assert short.endswith("fields more")
    assert len(whole) > len(short)
    assert whole.startswith(short.rpartition("; ")[0])


def test_two_coverages_add_up_across_processes() -> None:
    one, other = Coverage(), Coverage()
    one.count(webhook("call.hangup", tags=ABSENT))
    other.count(webhook("call.hangup"))
    other.count(webhook("fax.failed"))
    one.add(json.loads(json.dumps(other.rows())))
    both = Coverage()
    for built in (
        webhook("call.hangup", tags=ABSENT),
        webhook("call.hangup"),
        webhook("fax.failed"),
    ):
        both.count(built)
    assert one.tried == both.tried
    assert list(one.report(whole=True)) == list(both.report(whole=True))
