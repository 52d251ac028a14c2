"""What is malformed is rightly signed, each in its own way, and the official SDK ends at it."""

from __future__ import annotations

import json
import time

import pytest
import telnyx

from telnyx_mock.attacks.malformed import MALFORMED, malform
from telnyx_mock.catalogue.registry import all_events
from telnyx_mock.emulator import Emulator
from telnyx_mock.errors import UsageError
from telnyx_mock.payload.request import Request
from telnyx_mock.payload.webhook import Webhook, sample, webhook
from telnyx_mock.schema.event import ContentType
from telnyx_mock.signing.keys import KeyPair
from telnyx_mock.signing.sign import sign
from telnyx_mock.signing.verification import verify

NOW = 1_700_000_000.75
KEY = KeyPair(bytes(32))

JSON_CASES = [name for name in MALFORMED if name.startswith("json-")]

cases = pytest.mark.parametrize("name", MALFORMED)


def original(name: str) -> Webhook:
    return webhook("call.initiated" if name in JSON_CASES else "texml.http-request")


def malformed(name: str) -> Request:
    return malform(name, original(name), KEY, NOW)


@cases
def test_it_is_rightly_signed(name: str) -> None:
    assert verify(KEY.public_key, malformed(name), now=NOW).ok


@cases
def test_it_says_what_it_is_and_was(name: str) -> None:
    request = malformed(name)
    assert request.malformed == name
    assert request.forgery is None
    assert request.event in ("call.initiated", "texml.http-request")


@cases
def test_a_case_is_said_in_one_line(name: str) -> None:
    case = MALFORMED[name]
    assert case.name == name
    assert 20 < len(case.reason) <= 95
    assert "\n" not in case.reason


def test_each_differs_from_the_genuine_one_and_from_all_others() -> None:
    built = {ContentType.JSON: original("json-null"), ContentType.FORM: original("form-empty")}
    seen = {
        (request.header(b"content-type"), request.body)
        for each in built.values()
        for request in [sign(each, KEY, timestamp=int(NOW))]
    }
    for name, case in MALFORMED.items():
        request = case.request(built[case.content_type], KEY, int(NOW))
        assert (request.header(b"content-type"), request.body) not in seen, name
        seen.add((request.header(b"content-type"), request.body))


@pytest.mark.parametrize("event", [event.name for event in all_events() if event.signed])
def test_every_event_can_be_malformed_in_every_way(event: str) -> None:
    """Those with an odd envelope, too, and those without any."""
    built = sample(event)
    for name, case in MALFORMED.items():
        if case.content_type is built.event.content_type and not name.endswith("-mb"):
            assert malform(name, built, KEY, NOW).webhook is built
    assert built.body == sample(event).body, "the webhook itself is as it was"


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("json-data-null", None),
        ("json-data-a-list", []),
        ("json-data-a-string", "x"),
        ("json-data-a-number", 1),
    ],
)
def test_data_is_something_else(name: str, data: object) -> None:
    body = json.loads(malformed(name).body)
    assert body["data"] == data
    assert "meta" in body


def test_the_envelope_stays_where_the_payload_is_malformed() -> None:
    body = json.loads(malformed("json-payload-missing").body)
    assert body["data"]["event_type"] == "call.initiated"
    assert "payload" not in body["data"]
    fields = json.loads(malformed("json-fields-nulls").body)["data"]["payload"]
    assert set(fields) == set(original("json-null").payload)
    assert set(fields.values()) == {None}


def test_a_case_for_forms_does_not_go_with_json() -> None:
    with pytest.raises(UsageError, match=r"form-empty does not go with call\.initiated"):
        malform("form-empty", webhook("call.initiated"), KEY, NOW)
    with pytest.raises(UsageError, match="There is no malformed request 'json-nul1'"):
        malform("json-nul1", webhook("call.initiated"), KEY, NOW)


def test_an_emulator_makes_it_too_but_not_of_what_is_signed_or_forged() -> None:
    emulator = Emulator(key=KEY)
    request = emulator.request("call.initiated", malform="json-null")
    assert request.body == b"null"
    with pytest.raises(UsageError, match="cannot be forged or malformed"):
        emulator.request(request, malform="json-list")
    with pytest.raises(UsageError, match="forged or malformed, not both"):
        emulator.request("call.initiated", malform="json-null", forge="signature-missing")


@pytest.mark.parametrize("name", JSON_CASES)
def test_the_official_sdk_returns_it_or_raises_what_its_callers_catch(name: str) -> None:
    """Deep nesting is the exception: there a RecursionError escapes, which is no ValueError."""
    sdk = telnyx.Telnyx(api_key="KEY_for_tests", public_key=KEY.public_key)
    request = malform(name, webhook("call.initiated"), KEY, time.time())
    headers = {key.decode(): value.decode("latin-1") for key, value in request.headers}
    try:
        sdk.webhooks.unwrap(request.body.decode(errors="replace"), headers=headers)
    except ValueError:
        escaped = False
    except RecursionError:
        escaped = True
    else:
        escaped = False
    assert escaped is (name in ("json-deep", "json-nested-field"))
