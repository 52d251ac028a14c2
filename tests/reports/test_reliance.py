"""The table of what the receiver relies on: what stands in it, and its order."""

from __future__ import annotations

from dataclasses import replace

from telnyx_mock.reading.read import EventReads, Manner, Read
from telnyx_mock.reports.html import html_report
from telnyx_mock.reports.json_report import json_report
from telnyx_mock.reports.reliance import by_member, reads_text, relied_on, unknown
from tests.reports.pages import report_on, result

CALL = EventReads(
    "call.initiated",
    (
        Read("data", Manner.NEEDED, "app.py:2"),
        Read("data.payload", Manner.NEEDED, "app.py:2"),
        Read("data.payload.direction", Manner.DEFAULT, "app.py:9"),
        Read("data.payload.direction", Manner.NEEDED, "app.py:4"),
        Read("data.call_control_id", Manner.DEFAULT, "app.py:3", found=False),
        Read("meta", Manner.ALL, "app.py:5"),
    ),
)
HANGUP = replace(
    CALL, event="call.hangup", reads=(Read("data.event_type", Manner.NEEDED, "app.py:2"),)
)
ANSWERED = replace(HANGUP, event="call.answered")
BRIDGED = EventReads("call.bridged", off="The app did not parse it.")
RESULTS = [
    replace(result("accepts-sample", "call.initiated"), reads=(HANGUP, CALL, BRIDGED)),
    replace(result("accepts-sample", "call.hangup"), reads=(ANSWERED,)),
]


def test_the_file_is_sorted_and_says_what_is_not_known() -> None:
    assert reads_text(RESULTS).decode().splitlines() == [
        "event\tmember\tpresent\tdecided by\tread at",
        "call.answered\tdata.event_type\talways\tTelnyx\tapp.py:2",
        "call.bridged\t?\t\t\tThe app did not parse it.",
        "call.hangup\tdata.event_type\talways\tTelnyx\tapp.py:2",
        "call.initiated\tdata.call_control_id\tnever\t\tapp.py:3",
        "call.initiated\tdata.payload.direction\talways\tTelnyx\tapp.py:4, app.py:9",
        "call.initiated\tmeta.*\toptional\t\tapp.py:5",
    ]
    assert reads_text(RESULTS) == reads_text(RESULTS[::-1])


def test_a_name_of_the_app_keeps_to_its_column() -> None:
    odd = replace(
        CALL, reads=(Read("data.a\tb\n\x1b[1m", Manner.DEFAULT, "app.py:1", found=False),)
    )
    results = [replace(result("accepts-sample", "call.initiated"), reads=(odd,))]
    [_, line] = reads_text(results).decode().splitlines()
    assert line == "call.initiated\tdata.a b \\x1b[1m\tnever\t\tapp.py:1"


def test_a_result_keeps_its_reads_as_json() -> None:
    for each in RESULTS:
        assert type(each).from_json(each.to_json()) == each


def test_what_is_alike_in_several_events_is_one_row() -> None:
    shared = {each.member: each for each in by_member(RESULTS)}
    assert shared["data.event_type"].events == ("call.answered", "call.hangup")
    assert [name for name, each in shared.items() if not each.is_known] == ["data.call_control_id"]


def test_the_reports_have_the_table() -> None:
    report = report_on(RESULTS)
    assert json_report(report)["reads"] == [each.to_json() for each in relied_on(RESULTS)]
    assert (
        json_report(report)["reads_unknown"]
        == unknown(RESULTS)
        == {"The app did not parse it.": ["call.bridged"]}
    )
    page = html_report(report).decode()
    assert "<code>data.call_control_id</code></th><td><b>never</b></td>" in page
    assert "Not known for 1 event: The app did not parse it." in page
    assert 'id="reads"' in page
    assert 'id="reads"' not in html_report(report_on([])).decode()
