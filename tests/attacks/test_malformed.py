"""Malformed requests are correctly signed, all different, and known to the official SDK."""

from __future__ import annotations

import json
import time

import pytest
import telnyx

from telnyx_mock.attacks.malformed import MALFORMED, malform
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
SAMPLES = {
    ContentType.JSON: webhook("call.initiated"),
    ContentType.FORM: webhook("texml.http-request"),
}


def original(name: str) -> Webhook:
    return SAMPLES[MALFORMED[name].content_type]


def malformed(name: str) -> Request:
    return malform(name, original(name), KEY, NOW)


def test_each_is_correctly_signed_and_unlike_the_genuine_request_and_all_others() -> None:
    genuine = [sign(built, KEY, timestamp=int(NOW)) for built in SAMPLES.values()]
    seen = {(request.header(b"content-type"), request.body) for request in genuine}
    for name, case in MALFORMED.items():
        request = malformed(name)
        assert verify(KEY.public_key, request, now=NOW).ok, name
        assert (request.malformed, request.forgery) == (name, None)
        assert request.webhook is original(name), name
        shown = (request.header(b"content-type"), request.body)
        assert shown not in seen, name
        seen.add(shown)
        assert case.name == name
        assert 20 < len(case.reason) <= 95, name
        assert "\n" not in case.reason, name


def test_every_event_can_be_malformed_in_every_way(signed_events: list[str]) -> None:
    """Also events with an odd envelope, and those without any."""
    for event in signed_events:
        built = sample(event)
        for name, case in MALFORMED.items():
            if case.content_type is built.event.content_type and not name.endswith("-mb"):
                assert malform(name, built, KEY, NOW).webhook is built, (event, name)
        assert built.body == sample(event).body, f"the sample of {event} was changed"


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("json-data-null", None),
        ("json-data-a-list", []),
        ("json-data-a-string", "x"),
        ("json-data-a-number", 1),
    ],
)
def test_data_is_replaced(name: str, data: object) -> None:
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


def test_a_name_for_forms_does_not_go_with_json() -> None:
    with pytest.raises(UsageError, match=r"form-empty does not apply to call\.initiated"):
        malform("form-empty", webhook("call.initiated"), KEY, NOW)
    with pytest.raises(UsageError, match="There is no malformed request 'json-nul1'"):
        malform("json-nul1", webhook("call.initiated"), KEY, NOW)


def test_an_emulator_malforms_a_webhook_but_no_signed_request_and_no_forgery() -> None:
    emulator = Emulator(key=KEY)
    request = emulator.request("call.initiated", malform="json-null")
    assert request.body == b"null"
    with pytest.raises(UsageError, match="cannot be forged or malformed"):
        emulator.request(request, malform="json-list")
    with pytest.raises(UsageError, match="both forged and malformed"):
        emulator.request("call.initiated", malform="json-null", forge="signature-missing")


def test_the_official_sdk_returns_each_or_raises_what_its_callers_catch() -> None:
    """Deep nesting is the exception: there a RecursionError escapes, which is no ValueError."""
    sdk = telnyx.Telnyx(api_key="KEY_for_tests", public_key=KEY.public_key)
    escaped = set()
    for name, case in MALFORMED.items():
        if case.content_type is ContentType.JSON:
            request = malform(name, webhook("call.initiated"), KEY, time.time())
            headers = {key.decode(): value.decode("latin-1") for key, value in request.headers}
            try:
                sdk.webhooks.unwrap(request.body.decode(errors="replace"), headers=headers)
            except ValueError:
                pass
            except RecursionError:
                escaped.add(name)
    assert escaped == {"json-deep", "json-nested-field"}
