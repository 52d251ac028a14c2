"""A replay has the same bytes as the recorded delivery, except for signature, ids and times."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import parse_qs

import pytest

from telnyx_mock.attacks.forgeries import FORGERIES
from telnyx_mock.attacks.malformed import MALFORMED
from telnyx_mock.catalogue.registry import all_events
from telnyx_mock.clock import SetClock
from telnyx_mock.emulator import Emulator
from telnyx_mock.errors import UsageError
from telnyx_mock.journal import Folder, Journal, RecordedDelivery, recreate
from telnyx_mock.payload.draft import HEADER_CASES, Draft
from telnyx_mock.payload.layouts import FORM_LAYOUTS, JSON_LAYOUTS
from telnyx_mock.payload.request import TIMESTAMP_HEADER, Request
from telnyx_mock.payload.webhook import sample, webhook
from telnyx_mock.signing.keys import KeyPair
from telnyx_mock.signing.sign import sign
from telnyx_mock.signing.verification import verify
from telnyx_mock.transports.app_kind import open_app

THEN, NOW = 1_700_000_000.0, 1_800_000_000.0
OLD, NEW = KeyPair.generate(), KeyPair.generate()
Record = Callable[..., RecordedDelivery]


def app(environ, start_response):
    environ["wsgi.input"].read()
    start_response("200 OK", [])
    return [b""]


@pytest.fixture
def record(tmp_path: Path) -> Iterator[Record]:
    """Send something, and read it from the journal."""
    folder = Folder(tmp_path)
    run, file = folder.begin()
    clock = SetClock(THEN)
    journal = Journal(file, target={}, public_key=OLD.public_key, clock=clock)
    emulator = Emulator(open_app(app), key=OLD, clock=clock, journal=journal)

    def record(*args: object, **more: object) -> RecordedDelivery:
        return folder.run(run).delivery(emulator.send(*args, **more).id)

    yield record
    emulator.unbind()
    journal.close()


def same_shape(body: bytes) -> bytes:
    """*body* without its ids and times."""
    text = re.sub(rb"(?i)[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", b"UUID", body)
    text = re.sub(rb"v3(:|%3a)[\w-]+", b"TOKEN", text)
    return re.sub(rb"20\d\d-\d\d-\d\dT[\d:.]+Z", b"TIME", text)


@pytest.mark.parametrize("layout", JSON_LAYOUTS)
def test_the_layout_stays(record: Record, layout: str) -> None:
    recorded = record(Draft(webhook("call.initiated", caller_id_name="Zoë / Søren"), layout))
    request = recreate(recorded, NEW, NOW)
    assert verify(NEW.public_key, request, now=NOW).ok
    assert request.body != recorded.request.body
    assert same_shape(request.body) == same_shape(recorded.request.body)


@pytest.mark.parametrize("layout", FORM_LAYOUTS)
def test_the_layout_of_a_form_stays(record: Record, layout: str) -> None:
    recorded = record(Draft(sample("texml.call.completed"), layout))
    request = recreate(recorded, NEW, NOW)
    assert verify(NEW.public_key, request, now=NOW).ok
    before, after = parse_qs(recorded.request.body), parse_qs(request.body)
    assert list(before) == list(after)
    assert before[b"CallSid"] != after[b"CallSid"]
    assert before[b"From"] == after[b"From"]


@pytest.mark.parametrize("case", HEADER_CASES)
def test_headers_stay_except_for_the_signature(record: Record, case: str) -> None:
    recorded = record(Draft(sample("call.initiated"), header_case=case, charset=True))
    request = recreate(recorded, NEW, NOW)
    assert [name for name, _ in request.headers] == [name for name, _ in recorded.request.headers]
    assert request.header(b"content-type") == b"application/json; charset=utf-8"
    assert request.header(TIMESTAMP_HEADER) == b"1800000000"


def test_ids_and_times_are_new_and_chosen_values_stay(record: Record) -> None:
    recorded = record("call.initiated", call_session_id="mine", direction="outgoing")
    before = json.loads(recorded.request.body)["data"]
    replayed = [json.loads(recreate(recorded, NEW, NOW).body)["data"] for _ in range(2)]
    assert len({data["id"] for data in (before, *replayed)}) == 3
    assert replayed[0]["occurred_at"].startswith("2027-01-15T08:00:00")
    for data in replayed:
        assert data["payload"]["call_session_id"] == "mine"
        assert data["payload"]["direction"] == "outgoing"


def test_an_id_is_the_same_wherever_it_occurs(record: Record) -> None:
    recorded = record("message.received")
    request = recreate(recorded, NEW, NOW)
    for text in set(re.findall(rb'"([0-9a-f-]{36})"', recorded.request.body)):
        number = recorded.request.body.count(text)
        assert any(
            request.body.count(fresh) == number
            for fresh in re.findall(rb'"([0-9a-f-]{36})"', request.body)
        )


def test_same_ids_are_the_same_bytes_with_a_new_signature(record: Record) -> None:
    recorded = record("call.initiated")
    request = recreate(recorded, NEW, NOW, same_ids=True)
    assert request.body == recorded.request.body
    assert verify(NEW.public_key, request, now=NOW).ok


def test_every_event_is_replayed_as_itself(record: Record) -> None:
    for event in filter(lambda event: event.signed, all_events()):
        recorded = record(event.name)
        request = recreate(recorded, NEW, NOW)
        assert request.event == event.name
        assert verify(NEW.public_key, request, now=NOW).ok, event.name
        same = recreate(recorded, NEW, NOW, same_ids=True)
        assert (same.body, same.query) == (recorded.request.body, recorded.request.query)


def test_every_forgery_is_made_anew(record: Record) -> None:
    for name, forgery in FORGERIES.items():
        for event in ("call.initiated", "texml.call.completed"):
            recorded = record(event, forge=name)
            before, request = recorded.request, recreate(recorded, NEW, NOW)
            assert (request.forgery, request.event) == (name, event)
            names, names_before = (
                {header.lower() for header, _ in each.headers} for each in (request, before)
            )
            assert names == names_before, name
            is_new = (request.headers, request.body) != (before.headers, before.body)
            assert is_new or forgery.in_process_only, name


def test_malformed_json_is_made_anew(record: Record) -> None:
    for name in MALFORMED:
        if name.startswith("json-"):
            request = recreate(record("call.initiated", malform=name), NEW, NOW)
            assert request.malformed == name
            assert verify(NEW.public_key, request, now=NOW).ok, name


def test_an_old_timestamp_stays_as_old(record: Record) -> None:
    recorded = record(sign(sample("call.initiated").fresh(THEN), OLD, timestamp=int(THEN) - 290))
    assert recreate(recorded, NEW, NOW).header(TIMESTAMP_HEADER) == str(int(NOW) - 290).encode()


def test_a_request_without_a_valid_signature_stays_as_it_is(record: Record) -> None:
    junk = Request(((b"x-junk", b"1"),), b"junk", method="PUT", query=b"a=b")
    assert recreate(record(junk), NEW, NOW) == junk
    stranger = sign(sample("call.initiated").fresh(THEN), NEW, timestamp=int(THEN))
    assert recreate(record(stranger), NEW, NOW).headers == stranger.headers


def test_a_request_without_its_whole_body_cannot_be_sent_again(record: Record) -> None:
    with pytest.raises(UsageError, match="cannot be sent again"):
        recreate(record(Request((), b"0" * 1_000_000)), NEW, NOW)
