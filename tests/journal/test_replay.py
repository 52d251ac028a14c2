"""A replay is written in the same bytes as the delivery it repeats, but for what makes it new."""

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
Keep = Callable[..., RecordedDelivery]


def app(environ, start_response):
    environ["wsgi.input"].read()
    start_response("200 OK", [])
    return [b""]


@pytest.fixture
def keep(tmp_path: Path) -> Iterator[Keep]:
    """Send something, and read it back from the journal."""
    folder = Folder(tmp_path)
    run, file = folder.begin()
    clock = SetClock(THEN)
    journal = Journal(file, target={}, public_key=OLD.public_key, clock=clock)
    emulator = Emulator(open_app(app), key=OLD, clock=clock, journal=journal)

    def keep(*args: object, **more: object) -> RecordedDelivery:
        return folder.run(run).delivery(emulator.send(*args, **more).id)

    yield keep
    emulator.unbind()
    journal.close()


def same_shape(body: bytes) -> bytes:
    """*body* without its ids and times."""
    text = re.sub(rb"(?i)[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", b"UUID", body)
    text = re.sub(rb"v3(:|%3a)[\w-]+", b"TOKEN", text)
    return re.sub(rb"20\d\d-\d\d-\d\dT[\d:.]+Z", b"TIME", text)


@pytest.mark.parametrize("layout", JSON_LAYOUTS)
def test_the_layout_stays(keep: Keep, layout: str) -> None:
    kept = keep(Draft(webhook("call.initiated", caller_id_name="Zoë / Søren"), layout))
    request = recreate(kept, NEW, NOW)
    assert verify(NEW.public_key, request, now=NOW).ok
    assert request.body != kept.request.body
    assert same_shape(request.body) == same_shape(kept.request.body)


@pytest.mark.parametrize("layout", FORM_LAYOUTS)
def test_the_layout_of_a_form_stays(keep: Keep, layout: str) -> None:
    kept = keep(Draft(sample("texml.call.completed"), layout))
    request = recreate(kept, NEW, NOW)
    assert verify(NEW.public_key, request, now=NOW).ok
    before, after = parse_qs(kept.request.body), parse_qs(request.body)
    assert list(before) == list(after)
    assert before[b"CallSid"] != after[b"CallSid"]
    assert before[b"From"] == after[b"From"]


@pytest.mark.parametrize("case", HEADER_CASES)
def test_headers_stay_but_for_the_signature(keep: Keep, case: str) -> None:
    kept = keep(Draft(sample("call.initiated"), header_case=case, charset=True))
    request = recreate(kept, NEW, NOW)
    assert [name for name, _ in request.headers] == [name for name, _ in kept.request.headers]
    assert request.header(b"content-type") == b"application/json; charset=utf-8"
    assert request.header(TIMESTAMP_HEADER) == b"1800000000"


def test_ids_and_times_are_fresh_and_what_was_chosen_stays(keep: Keep) -> None:
    kept = keep("call.initiated", call_session_id="mine", direction="outgoing")
    before = json.loads(kept.request.body)["data"]
    replayed = [json.loads(recreate(kept, NEW, NOW).body)["data"] for _ in range(2)]
    assert len({data["id"] for data in (before, *replayed)}) == 3
    assert replayed[0]["occurred_at"].startswith("2027-01-15T08:00:00")
    for data in replayed:
        assert data["payload"]["call_session_id"] == "mine"
        assert data["payload"]["direction"] == "outgoing"


def test_the_same_id_stays_the_same_everywhere(keep: Keep) -> None:
    kept = keep("message.received")
    request = recreate(kept, NEW, NOW)
    for text in set(re.findall(rb'"([0-9a-f-]{36})"', kept.request.body)):
        number = kept.request.body.count(text)
        assert any(
            request.body.count(fresh) == number
            for fresh in re.findall(rb'"([0-9a-f-]{36})"', request.body)
        )


def test_same_ids_are_the_same_bytes_with_a_new_signature(keep: Keep) -> None:
    kept = keep("call.initiated")
    request = recreate(kept, NEW, NOW, same_ids=True)
    assert request.body == kept.request.body
    assert verify(NEW.public_key, request, now=NOW).ok


def test_every_event_is_replayed_as_itself(keep: Keep) -> None:
    for event in filter(lambda event: event.signed, all_events()):
        kept = keep(event.name)
        request = recreate(kept, NEW, NOW)
        assert request.event == event.name
        assert verify(NEW.public_key, request, now=NOW).ok, event.name
        same = recreate(kept, NEW, NOW, same_ids=True)
        assert (same.body, same.query) == (kept.request.body, kept.request.query)


@pytest.mark.parametrize("forgery", FORGERIES)
def test_a_forgery_is_forged_anew(keep: Keep, forgery: str) -> None:
    for event in ("call.initiated", "texml.call.completed"):
        kept = keep(event, forge=forgery)
        request = recreate(kept, NEW, NOW)
        assert (request.forgery, request.event) == (forgery, event)
        assert {name.lower() for name, _ in request.headers} == {
            name.lower() for name, _ in kept.request.headers
        }
        anew = (request.headers, request.body) != (kept.request.headers, kept.request.body)
        assert anew or FORGERIES[forgery].in_process_only


@pytest.mark.parametrize("name", [name for name in MALFORMED if name.startswith("json-")])
def test_what_was_malformed_is_malformed_anew(keep: Keep, name: str) -> None:
    request = recreate(keep("call.initiated", malform=name), NEW, NOW)
    assert request.malformed == name
    assert verify(NEW.public_key, request, now=NOW).ok


def test_what_was_dated_back_is_dated_back_as_far(keep: Keep) -> None:
    kept = keep(sign(sample("call.initiated").fresh(THEN), OLD, timestamp=int(THEN) - 290))
    assert recreate(kept, NEW, NOW).header(TIMESTAMP_HEADER) == str(int(NOW) - 290).encode()


def test_what_was_not_signed_goes_out_as_it_did(keep: Keep) -> None:
    junk = Request(((b"x-junk", b"1"),), b"junk", method="PUT", query=b"a=b")
    assert recreate(keep(junk), NEW, NOW) == junk
    stranger = sign(sample("call.initiated").fresh(THEN), NEW, timestamp=int(THEN))
    assert recreate(keep(stranger), NEW, NOW).headers == stranger.headers


def test_what_was_cut_is_not_repeated(keep: Keep) -> None:
    with pytest.raises(UsageError, match="cannot be sent again"):
        recreate(keep(Request((), b"0" * 1_000_000)), NEW, NOW)
