"""Captures: webhooks are found wherever they were recorded, and tell of nobody any more."""

from __future__ import annotations

import base64
import json
import re
from pathlib import Path

import pytest

from telnyx_mock.captures import Scrubber, captured_in, load_webhook
from telnyx_mock.errors import UsageError
from telnyx_mock.events.catalog import find, select
from telnyx_mock.events.kinds import Json
from telnyx_mock.events.validity import problems
from telnyx_mock.webhook import sample, webhook
from telnyx_mock.wire import JSON_LAYOUTS

REAL = {"+14155550000": "from", "+442071838750": "to", "Ann Lee": "name"}


def real() -> Json:
    """A webhook as it might really come, with a field that is not in the catalogue."""
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
def test_webhooks_are_found_however_they_were_recorded(how: str) -> None:
    first, *more = captured_in(RECORDINGS[how])
    assert (first.event, first.body["data"]) == ("call.initiated", ONE["data"])
    assert first.body["meta"]["attempt"] == 1
    assert [captured.event for captured in more] in ([], ["message.received"])


@pytest.mark.parametrize("layout", JSON_LAYOUTS)
def test_a_body_is_found_in_every_layout(layout: str) -> None:
    text = JSON_LAYOUTS[layout].write(ONE).decode()
    assert [captured.body for captured in captured_in(json.dumps({"body": text}))] == [ONE]


def test_what_was_delivered_twice_is_one_sample() -> None:
    again = {**ONE, "meta": {"attempt": 2, "delivered_to": "https://example.com"}}
    assert len(captured_in(json.dumps([ONE, again]))) == 1


@pytest.mark.parametrize("recording", ["", "nothing", "{}", '{"data": {"event_type": 3}}', "[1]"])
def test_where_there_is_none_none_is_found(recording: str) -> None:
    assert captured_in(recording) == []


def test_nothing_that_was_real_is_left() -> None:
    [body] = scrubbed(real())
    text = json.dumps(body)
    decoded = base64.b64decode(body["data"]["payload"]["client_state"]).decode()
    for secret in ("4155550000", "442071838750", "Ann", "Lee", "198.51.100.7", "order"):
        assert secret not in text + decoded
    ids = set(re.findall(r"[0-9a-f-]{36}|v3:[\w-]+", json.dumps(real())))
    assert not any(known in text for known in ids)


def test_the_same_becomes_the_same() -> None:
    first, second = scrubbed(ONE, {**ONE, "meta": {"attempt": 2, "delivered_to": "x"}})
    assert first["data"] == second["data"]
    payload = first["data"]["payload"]
    assert payload["from_sip_uri"].startswith(f"{payload['from']}@203.0.113.")
    assert payload["from"] != payload["to"]


def test_numbers_are_of_fiction_and_of_their_country() -> None:
    [body] = scrubbed(real())
    assert re.fullmatch(r"\+1[0-9]{3}55501[0-9]{2}", body["data"]["payload"]["from"])
    assert re.fullmatch(r"\+442079460[0-9]{3}", body["data"]["payload"]["to"])


def test_a_text_keeps_what_decides_how_it_is_encoded() -> None:
    scrub = Scrubber().scrub
    text = "Hi Zoë, 3 € 你好 🎉\n"
    body = webhook("message.received", text=text).body
    masked = scrub(find("message.received"), body)["data"]["payload"]["text"]
    assert masked == "Xx Xxé, 0 € 中中 🎉\n"
    assert len(masked.encode()) == len(text.encode())


def test_what_a_program_goes_by_stays() -> None:
    [body] = scrubbed(ONE)
    before, after = ONE["data"], body["data"]
    for name in ("event_type", "record_type", "occurred_at"):
        assert after[name] == before[name]
    for name in ("direction", "state", "connection_codecs", "start_time"):
        assert after["payload"][name] == before["payload"][name]
    assert body["meta"]["attempt"] == 1


def test_every_sample_is_as_valid_as_it_was() -> None:
    for event in select(["*"]):
        built = sample(event.name)
        if "event_type" in built.body.get("data", {}):
            body = json.loads(json.dumps(built.body))
            assert list(problems(event, Scrubber().scrub(event, body))) == [], event.name


def test_a_sample_is_read_back_with_ids_of_its_own_at_each_sending(tmp_path: Path) -> None:
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
        ("{", "holds no webhook"),
        ("[]", "holds no webhook"),
        ('{"data": null}', "holds no webhook"),
        ('{"data": {"event_type": "call.initated"}}', "Did you mean 'call.initiated'"),
        ("\udcff", "holds no webhook"),
    ],
)
def test_what_is_no_sample_is_a_sentence(tmp_path: Path, content: str, sentence: str) -> None:
    (tmp_path / "one.json").write_bytes(content.encode(errors="surrogateescape"))
    with pytest.raises(UsageError, match=sentence):
        load_webhook(tmp_path / "one.json")
    with pytest.raises(UsageError, match="cannot be read"):
        load_webhook(tmp_path / "two.json")
