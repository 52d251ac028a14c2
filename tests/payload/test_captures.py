"""Webhooks are found in every kind of recording, and scrubbed of personal data."""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from urllib.parse import parse_qsl

import pytest

from telnyx_mock.catalogue.registry import find, select
from telnyx_mock.errors import UsageError
from telnyx_mock.payload.captures import (
    Captured,
    Scrubber,
    UnclearForm,
    as_sample,
    captured_in,
    load_webhook,
)
from telnyx_mock.payload.json_reader import DEEPEST
from telnyx_mock.payload.layouts import JSON_LAYOUTS, encode
from telnyx_mock.payload.webhook import sample, webhook
from telnyx_mock.schema.json_values import Json
from telnyx_mock.schema.kinds import Base64Json, JsonText, Text
from telnyx_mock.schema.validate import problems

REAL = {"+14155550000": "from", "+442071838750": "to", "Ann Lee": "name"}


def real() -> Json:
    """A webhook with personal data, and with a field that is not in the catalogue."""
    body = json.loads(
        json.dumps(
            webhook(
                "call.initiated",
                from_="+14155550000",
                to="+442071838750",
                caller_id_name="Ann Lee",
                client_state=base64.b64encode(b"order of Ann Lee").decode(),
                from_sip_uri="+14155550000@198.51.100.7:5060",
            ).body
        )
    )
    body["data"]["payload"]["note"] = "Ann Lee, +14155550000"
    return body


def scrubbed(*bodies: Json) -> list[Json]:
    scrubber = Scrubber()
    return [scrubber.scrub(find(body["data"]["event_type"]), body) for body in bodies]


GATHER = sample("texml.gather").fresh()
ONE, TWO = real(), json.loads(json.dumps(sample("message.received").fresh().body))


def har(body: Json) -> Json:
    text = json.dumps(body, indent=2)
    return {"log": {"entries": [{"request": {"postData": {"text": text}}, "response": {}}]}}


RECORDINGS = {
    "a body": json.dumps(ONE),
    "bodies": json.dumps([ONE, TWO]),
    "JSON lines": f"{json.dumps(ONE)}\nnot JSON\n\n{json.dumps({'at': 1, 'body': TWO})}\n",
    "lines with the body as a string": json.dumps({"raw": json.dumps(ONE)}),
    "HAR": json.dumps(har(ONE)),
    "the deliveries API": json.dumps(
        {
            "data": [
                {
                    "id": "1",
                    "record_type": "webhook_delivery",
                    "webhook": {**ONE["data"]},
                    "attempts": [{"status": "delivered"}],
                },
            ],
            "meta": {"page_number": 1},
        }
    ),
}


@pytest.mark.parametrize("how", RECORDINGS)
def test_webhooks_are_found_in_every_kind_of_recording(how: str) -> None:
    first, *more = captured_in(RECORDINGS[how]).webhooks
    assert (first.event, first.body["data"]) == ("call.initiated", ONE["data"])
    assert first.body["meta"]["attempt"] == 1
    assert [captured.event for captured in more] in ([], ["message.received"])


@pytest.mark.parametrize("layout", JSON_LAYOUTS)
def test_a_body_is_found_in_every_layout(layout: str) -> None:
    text = JSON_LAYOUTS[layout].write(ONE).decode()
    recording = captured_in(json.dumps({"body": text}))
    assert [captured.body for captured in recording.webhooks] == [ONE]


def test_a_webhook_that_was_delivered_twice_is_one_sample() -> None:
    again = {**ONE, "meta": {"attempt": 2, "delivered_to": "https://example.com"}}
    assert len(captured_in(json.dumps([ONE, again])).webhooks) == 1
    form = encode(find(GATHER.name), GATHER.body).decode()
    assert len(captured_in(f"{form}\n{form}").webhooks) == 1


@pytest.mark.parametrize("recording", ["", "nothing", "{}", '{"data": {"event_type": 3}}', "[1]"])
def test_a_recording_without_a_webhook_yields_none(recording: str) -> None:
    assert captured_in(recording).webhooks == []


def nested(levels: int) -> str:
    return f'{{"data": {{"event_type": "call.hangup", "a": {"[" * levels}{"]" * levels}}}}}'


@pytest.mark.parametrize("levels", [DEEPEST, 300, 900, 5_000])
def test_json_that_is_nested_too_deeply_is_skipped(levels: int, tmp_path: Path) -> None:
    line, form = nested(levels), f"CallSid=CA1&Parts={nested(levels)}"
    for text in (line, json.dumps({"body": line}), "[" * 200_000, form):
        recording = captured_in(f"{text}\n{json.dumps(ONE)}")
        assert [captured.event for captured in recording.webhooks] == ["call.initiated"]
    (tmp_path / "one.json").write_text(line)
    with pytest.raises(UsageError, match="is not a webhook"):
        load_webhook(tmp_path / "one.json")


def test_json_at_the_limit_of_depth_is_captured_and_loaded(tmp_path: Path) -> None:
    text = nested(DEEPEST - 2)
    [captured] = captured_in(json.dumps({"body": text})).webhooks
    body = Scrubber().scrub(find(captured.event), captured.body)
    (tmp_path / "one.json").write_text(json.dumps(as_sample(find(captured.event), body)))
    assert load_webhook(tmp_path / "one.json").fresh().body == json.loads(text)


@pytest.mark.parametrize("kind", [JsonText, Base64Json])
def test_json_inside_a_text_may_be_nested_to_any_depth(kind: type[JsonText | Base64Json]) -> None:
    text = "[" * 200_000
    value = text if kind is JsonText else base64.b64encode(text.encode()).decode()
    assert "JSON" in str(kind(Text("x")).problem(value))


def body_of(name: str) -> Json:
    return json.loads(json.dumps(sample(name).fresh().body))


def form_of(name: str) -> str:
    webhook = sample(name).fresh()
    return encode(webhook.event, webhook.body).decode()


def har_of_form(how: str) -> Json:
    rows = [{"name": name, "value": value} for name, value in parse_qsl(form_of("texml.gather"))]
    mime = {"mimeType": "application/x-www-form-urlencoded"}
    request = {
        "text": {"postData": {**mime, "text": form_of("texml.gather")}},
        "params": {"postData": {**mime, "params": rows}},
        "query": {"method": "GET", "queryString": rows},
    }[how]
    return {"log": {"entries": [{"request": request, "response": {}}]}}


@pytest.mark.parametrize("how", ["text", "params", "query"])
def test_forms_are_found_in_a_har(how: str) -> None:
    [captured] = captured_in(json.dumps(har_of_form(how))).webhooks
    assert captured.event == "texml.gather"
    assert "Digits" in captured.body


@pytest.mark.slow
def test_the_event_of_a_form_is_identified_by_its_fields() -> None:
    """As a line, as text in a line, and as members; numbers are numbers again."""
    for event in select(["texml.*"]):
        body = sample(event.name).fresh().body
        text = encode(event, body).decode()
        members = dict(parse_qsl(text, keep_blank_values=True))
        lines = [text, json.dumps({"at": 1, "body": text})]
        if not any(isinstance(value, list) for value in body.values()):
            lines.append(json.dumps({"form": members}))
        for line in lines:
            recording = captured_in(f"{line}\n{{}}\n")
            assert recording.webhooks == [Captured(event.name, dict(body))]
            assert recording.empty_lines == [2]


def test_a_form_with_an_added_field_is_identified() -> None:
    [captured] = captured_in(f"{form_of('texml.recording.completed')}&Mood=good").webhooks
    assert (captured.event, captured.body["Mood"]) == ("texml.recording.completed", "good")


def test_a_form_that_fits_several_events_is_reported_with_its_line() -> None:
    recording = captured_in(f"{json.dumps(ONE)}\nnothing\nStreamSid=1&RecordingSid=2\n")
    [form] = recording.unclear
    assert isinstance(form, UnclearForm)
    assert str(form).startswith("Line 3: this form does not tell which event it is: ")
    assert recording.empty_lines == [2]


@pytest.mark.parametrize(
    "name",
    [
        "conference.floor.changed",
        "conversation.insights.completed",
        "replacedLinkClick",
        "campaignStatusUpdate",
    ],
)
def test_events_with_unusual_envelopes_are_found(name: str) -> None:
    body = body_of(name)
    [captured] = captured_in(json.dumps([{"at": 1, "body": json.dumps(body)}])).webhooks
    assert (captured.event, captured.body) == (name, body)


def test_no_personal_data_is_left() -> None:
    [body] = scrubbed(real())
    text = json.dumps(body)
    decoded = base64.b64decode(body["data"]["payload"]["client_state"]).decode()
    for secret in ("4155550000", "442071838750", "Ann", "Lee", "198.51.100.7", "order"):
        assert secret not in text + decoded
    ids = set(re.findall(r"[0-9a-f-]{36}|v3:[\w-]+", json.dumps(real())))
    assert not any(known in text for known in ids)


def test_the_same_value_gets_the_same_replacement() -> None:
    first, second = scrubbed(ONE, {**ONE, "meta": {"attempt": 2, "delivered_to": "x"}})
    assert first["data"] == second["data"]
    payload = first["data"]["payload"]
    assert payload["from_sip_uri"].startswith(f"{payload['from']}@203.0.113.")
    assert payload["from"] != payload["to"]


def test_numbers_are_replaced_by_numbers_for_fiction_of_the_same_country() -> None:
    [body] = scrubbed(real())
    assert re.fullmatch(r"\+1[0-9]{3}55501[0-9]{2}", body["data"]["payload"]["from"])
    assert re.fullmatch(r"\+442079460[0-9]{3}", body["data"]["payload"]["to"])


def test_a_text_keeps_its_length_and_its_sorts_of_characters() -> None:
    scrub = Scrubber().scrub
    text = "Hi Zoë, 3 € 你好 🎉\n"
    body = webhook("message.received", text=text).body
    masked = scrub(find("message.received"), body)["data"]["payload"]["text"]
    assert masked == "Xx Xxé, 0 € 中中 🎉\n"
    assert len(masked.encode()) == len(text.encode())


def test_names_times_and_enumerated_values_stay() -> None:
    [body] = scrubbed(ONE)
    before, after = ONE["data"], body["data"]
    for name in ("event_type", "record_type", "occurred_at"):
        assert after[name] == before[name]
    for name in ("direction", "state", "connection_codecs", "start_time"):
        assert after["payload"][name] == before["payload"][name]
    assert body["meta"]["attempt"] == 1


def test_a_valid_webhook_stays_valid() -> None:
    for event in (*select(["*"]), *select(["texml.*"])):
        body = body_of(event.name)
        assert list(problems(event, Scrubber().scrub(event, body))) == [], event.name


SECRETS = [
    "+14155550000",
    "(415) 555-0000",
    "call me at 415 555 0000, Ann Lee",
    "ann.lee@example.org",
    "sip:ann.lee@198.51.100.7:5060;tag=annlee",
    "sip:ann:secretpw@pbx.annlee.example",
    '"Ann Lee" <sip:+14155550000@annlee.example>',
    "https://cdn.annlee.example/media/ann-4155550000.jpg?user=annlee",
    "wss://annlee.example/4155550000",
    "annlee:4155550000",
    "v3:annlee4155550000",
    "annlee_invoice.pdf",
    "wamid." + base64.b64encode(b"14155550000").decode(),
    base64.b64encode(b"+14155550000 Ann Lee").decode(),
    base64.b64encode(b'[{"c": "annlee 4155550000"}]').decode(),
    '{"n": "+14155550000", "a": ["annlee"]}',
    "4155550000",
    "4155550000.00",
    "٤١٥٥٥٥٠٠٠٠",
]
PERSONAL = ("4155550000", "415 555", "555-0000", "annlee", "ann.lee", "ann lee", "198.51", "٤١٥")


def leaks_in(text: str) -> list[str]:
    """The personal data in *text* and in the base64 in it."""
    read = [text]
    for match in re.findall(r"[A-Za-z0-9+/]{12,}={0,2}", text):
        for start in range(4):
            part = match[start:].rstrip("=")
            with suppress(ValueError):
                read.append(base64.b64decode(part + "=" * (-len(part) % 4)).decode("latin-1"))
    return [word for word in (*PERSONAL, "secretpw") if any(word in each.lower() for each in read)]


def places(value: Json, path: tuple[str | int, ...] = ()) -> Iterator[tuple[str | int, ...]]:
    """The paths of the texts in a body."""
    if isinstance(value, dict | list):
        inside = value.items() if isinstance(value, dict) else enumerate(value)
        for step, inner in inside:
            yield from places(inner, (*path, step))
    elif isinstance(value, str) and path[-1] not in ("event_type", "record_type"):
        yield path


@pytest.mark.parametrize(
    "name",
    [
        "call.initiated",
        "call.gather.ended",
        "message.received",
        "message.echo",
        "fax.received",
        "texml.pay.completed",
        "texml.call.completed",
    ],
)
def test_no_personal_data_is_left_in_any_field(name: str) -> None:
    """Each secret stands in each text of the event, and in fields that the event does not have."""
    event, usual = find(name), body_of(name)
    for secret in SECRETS:
        for path in places(usual):
            body = json.loads(json.dumps(usual))
            inner = body
            for step in path[:-1]:
                inner = inner[step]
            inner[path[-1]] = secret
            assert leaks_in(shown(Scrubber().scrub(event, body))) == [], (secret, path)
        body = {**usual, "new": {"a": secret, "b": [secret], secret: 1}, secret: "x"}
        assert leaks_in(shown(Scrubber().scrub(event, body))) == [], secret


def shown(body: Json) -> str:
    return json.dumps(body, ensure_ascii=False)


def test_numbers_outside_the_catalogue_are_masked() -> None:
    body = {**ONE, "new": {"account": 4155550000, "place": [37.774929, -122.419416], "is": True}}
    [masked] = scrubbed(body)
    assert masked["new"] == {"account": 1111110000, "place": [11.111111, -111.111111], "is": True}


@pytest.mark.parametrize("name", ["from", "connection_id", "caller_id_name", "direction"])
@pytest.mark.parametrize("number", [447700900123, 2143658709213456789, 5551234, 5551234.5])
def test_a_number_in_place_of_a_text_is_masked(name: str, number: float) -> None:
    body = {"data": {**ONE["data"], "payload": {**ONE["data"]["payload"], name: number}}}
    event = find("call.initiated")
    masked = Scrubber().scrub(event, body)
    assert set(str(masked["data"]["payload"][name])) <= set("01.")
    assert type(masked["data"]["payload"][name]) is type(number)
    assert str(number) not in " ".join(map(str, problems(event, masked)))


def test_a_number_that_the_catalogue_expects_stays() -> None:
    [masked] = scrubbed({**ONE, "meta": {**ONE["meta"], "attempt": 3}})
    assert masked["meta"]["attempt"] == 3


def test_members_whose_masked_names_are_equal_are_all_kept() -> None:
    names = {"Jane Roe": 1, "June Poe": "a", "Jean Doe": None, "June Po 7": True}
    [masked] = scrubbed({**ONE, "new": names})
    assert masked["new"] == {
        "Xxxx Xxx": 1,
        "Xxxx Xxx 2": "x",
        "Xxxx Xxx 3": None,
        "Xxxx Xx 0": True,
    }


def test_an_id_in_the_name_of_a_field_gets_the_same_replacement() -> None:
    body = body_of("texml.call-cost")
    masked = Scrubber().scrub(find("texml.call-cost"), body)
    assert masked["CallSid"] != body["CallSid"]
    assert f"CallCost[{masked['CallSid']}]" in masked


@pytest.mark.parametrize(
    "name", ["texml.gather", "texml.call.completed", "conference.floor.changed", "call.hangup"]
)
def test_the_file_of_a_sample_names_its_event(name: str, tmp_path: Path) -> None:
    body = body_of(name)
    (tmp_path / "one.json").write_text(json.dumps(as_sample(find(name), body)))
    loaded = load_webhook(tmp_path / "one.json")
    assert (loaded.event.name, loaded.body) == (name, body)
    assert loaded.fresh().body != body, "each sending generates ids"


def test_a_loaded_sample_gets_generated_ids_at_each_sending(tmp_path: Path) -> None:
    file = tmp_path / "one.json"
    file.write_text(json.dumps(ONE))
    loaded = load_webhook(file)
    assert loaded.body == ONE
    first, second = (loaded.fresh(1_800_000_000.0).body["data"] for _ in range(2))
    assert len({ONE["data"]["id"], first["id"], second["id"]}) == 3
    assert first["occurred_at"].startswith("2027-01-15T08:00:00")
    assert first["payload"]["from"] == ONE["data"]["payload"]["from"]
    assert first["payload"]["connection_id"] == ONE["data"]["payload"]["connection_id"]
    assert first["payload"]["call_leg_id"] != first["payload"]["call_session_id"]


def test_an_id_stays_the_same_throughout_a_sample(tmp_path: Path) -> None:
    body = json.loads(json.dumps(ONE))
    payload = body["data"]["payload"]
    payload["call_session_id"] = payload["call_leg_id"]
    (tmp_path / "one.json").write_text(json.dumps(body))
    fresh = load_webhook(tmp_path / "one.json").fresh().payload
    assert fresh["call_session_id"] == fresh["call_leg_id"] != payload["call_leg_id"]


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        ("{", "is not a webhook"),
        ("[]", "is not a webhook"),
        ('["x"]', "is not a webhook"),
        ("[" * 200_000, "is not a webhook"),
        ('{"data": {"event_type": 5}}', "is not a webhook"),
        ('{"data": {"event_type": ["x"]}}', "is not a webhook"),
        ('{"event": 5, "body": {}}', "is not a webhook"),
        ('{"event": "texml.gather", "body": []}', "is not a webhook"),
        ('{"data": null}', "is not a webhook"),
        ('{"data": {"event_type": "call.initated"}}', "Did you mean 'call.initiated'"),
        ("\udcff", "is not a webhook"),
    ],
)
def test_a_file_without_a_sample_is_refused(tmp_path: Path, content: str, sentence: str) -> None:
    (tmp_path / "one.json").write_bytes(content.encode(errors="surrogateescape"))
    with pytest.raises(UsageError, match=sentence):
        load_webhook(tmp_path / "one.json")
    with pytest.raises(UsageError, match="cannot be read"):
        load_webhook(tmp_path / "two.json")
