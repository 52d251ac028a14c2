"""Malformed requests are correctly signed, all different, and known to the official SDK."""

from __future__ import annotations

import json
import time
from urllib.parse import parse_qsl

import pytest
import telnyx

from telnyx_mock.attacks.malformed import MALFORMED, malform
from telnyx_mock.catalogue.registry import find
from telnyx_mock.emulator import Emulator
from telnyx_mock.errors import UsageError
from telnyx_mock.payload.request import Request
from telnyx_mock.payload.webhook import Webhook, sample, webhook
from telnyx_mock.schema.event import ContentType
from telnyx_mock.schema.json_values import Json
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


@pytest.mark.parametrize(
    ("name", "body"),
    [
        ("form-empty", b""),
        ("form-json", b'{"From": "+1", "To": "2"}'),
        ("form-blank-values", b"From=&To="),
        ("form-no-values", b"From&To"),
        ("form-repeated", b"From=%2B1&To=2&From=%2B1&To=2"),
        ("form-bad-escapes", b"From=%zz%&To=%zz%"),
        ("form-not-utf-8", b"From=%ff%fe&To=%ff%fe"),
        ("form-nul", b"From=nul%00&To=nul%00"),
    ],
)
def test_malformed_forms_to_the_byte(name: str, body: bytes) -> None:
    built = Webhook(find("texml.http-request"), {"From": "+1", "To": "2"})
    assert malform(name, built, KEY, NOW).body == body


EVENT: Json = {"data": {"event_type": "call.hangup", "payload": {"from": "é", "n": 1}}, "meta": {}}
WRITTEN = '{"data":{"event_type":"call.hangup","payload":{"from":"é","n":1}},"meta":{}}'.encode()


@pytest.mark.parametrize(
    ("name", "body"),
    [
        ("json-empty", b""),
        ("json-cut", WRITTEN[:-20]),
        ("json-batch", b"[" + WRITTEN + b"]"),
        ("json-not-utf-8", WRITTEN.replace(b'{"data', b'{"\xff\xfedata')),
        ("json-utf-16", WRITTEN.decode().encode("utf-16")),
        ("json-with-bom", b"\xef\xbb\xbf" + WRITTEN),
        ("json-as-form", WRITTEN),
        (
            "json-type-twice",
            WRITTEN.replace(b'"event', b'"event_type":"call.hangup","event'),
        ),
    ],
)
def test_malformed_json_to_the_byte(name: str, body: bytes) -> None:
    assert malform(name, Webhook(find("call.hangup"), EVENT), KEY, NOW).body == body


@pytest.mark.parametrize(
    ("name", "payload"),
    [
        ("json-lone-surrogates", {"from": "é\ud800", "n": 1}),
        ("json-nul", {"from": "é\0", "n": 1}),
        ("json-infinity", {"from": "é", "n": 1, "malformed": float("inf")}),
        ("json-1-mb", {"from": "é", "n": 1, "big": "x" * 1_000_000}),
        ("json-many-members", {"from": "é", "n": 1} | {f"member_{n}": n for n in range(10_000)}),
        ("json-fields-numbers", {"from": 7, "n": 7}),
        ("json-fields-wrapped", {"from": ["é"], "n": [1]}),
    ],
)
def test_the_payload_has_hard_content(name: str, payload: dict[str, Json]) -> None:
    body = malform(name, Webhook(find("call.hangup"), EVENT), KEY, NOW).body
    read = json.loads(body)
    assert read == {"data": {"event_type": "call.hangup", "payload": payload}, "meta": {}}
    assert body.isascii(), "so that every parser gets as far as the content"


@pytest.mark.parametrize(
    ("name", "type_"),
    [("json-type-null", None), ("json-type-number", 7), ("json-type-list", [{}])],
)
def test_the_event_type_is_replaced(name: str, type_: Json) -> None:
    assert json.loads(malformed(name).body)["data"]["event_type"] == type_


def test_only_the_type_of_the_event_comes_twice() -> None:
    body: Json = {"data": {"event_type": "call.hangup", "payload": {"event_type": "x"}}}
    written = malform("json-type-twice", Webhook(find("call.hangup"), body), KEY, NOW).body
    assert written.count(b'"event_type":"call.hangup"') == 2
    assert written.count(b'"event_type":') == 3


def test_members_of_prototypes_are_objects_that_would_pollute() -> None:
    payload = json.loads(malformed("json-prototype-keys").body)["data"]["payload"]
    assert payload["__proto__"] == {"polluted": True}
    assert payload["constructor"] == {"prototype": {"polluted": True}}


def test_numbers_and_nesting_are_as_large_as_promised() -> None:
    assert b'"malformed":' + b"9" * 5000 + b"}" in malformed("json-huge-integer").body
    nested = b"[" * 100_000 + b"]" * 100_000
    assert malformed("json-deep").body == nested
    assert b'"malformed":' + nested + b"}" in malformed("json-nested-field").body


def test_forms_are_as_large_as_promised() -> None:
    usual = sign(original("form-1-mb"), KEY, timestamp=int(NOW)).body
    assert malformed("form-1-mb").body == usual + b"&Big=" + b"x" * 1_000_000
    fields = parse_qsl(malformed("form-10000-fields").body)
    assert len(fields) == len(parse_qsl(usual, keep_blank_values=True)) + 10_000
    assert len(dict(fields)) == len(fields)


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


@pytest.mark.slow
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
