"""An object that records is a plain dict to the app: by type, by look, in copies, in all that is written."""

from __future__ import annotations

import copy
import json
import pickle
from collections.abc import Iterator, MutableMapping
from typing import Any

import pytest
from pydantic import BaseModel

from telnyx_mock.reading.recorder import Recorder
from telnyx_mock.reading.recording import recording

PLAIN = {
    "data": {
        "event_type": "call.initiated",
        "payload": {"from": "+1", "to": [{"n": "é"}], "client_state": None},
    }
}
BODY = json.dumps(PLAIN).encode()


@pytest.fixture
def recorder() -> Recorder:
    return Recorder(BODY, is_form=False)


@pytest.fixture
def event(recorder: Recorder) -> Iterator[Any]:
    with recording(recorder):
        yield json.loads(BODY)


def members(recorder: Recorder) -> list[str]:
    return [read.member for read in recorder.reads]


def types_in(value: Any) -> Iterator[type]:
    yield type(value)
    if isinstance(value, dict | list):
        for inner in dict.values(value) if isinstance(value, dict) else value:
            yield from types_in(inner)


def test_it_has_the_type_of_a_dict(event: Any) -> None:
    assert isinstance(event, dict)
    assert isinstance(event, MutableMapping)
    assert type(event).__name__ == "dict"
    assert type(event["data"]["payload"]["to"]) is list
    assert type(event["data"]["event_type"]) is str


def test_it_looks_and_compares_as_a_dict(event: Any) -> None:
    assert event == PLAIN
    assert dict.__eq__(PLAIN, event)
    assert event != {}
    assert repr(event) == repr(PLAIN)
    assert f"{event}" == str(PLAIN)
    assert len(event) == 1
    assert bool(event)


@pytest.mark.parametrize(
    "copied",
    [
        copy.deepcopy,
        lambda value: pickle.loads(pickle.dumps(value)),
        lambda value: json.loads(json.dumps(value, sort_keys=True)),
    ],
)
def test_its_copies_are_plain_all_the_way_down(event: Any, copied: Any) -> None:
    other = copied(event)
    assert other == PLAIN
    assert set(types_in(other)) <= {dict, list, str, type(None)}


@pytest.mark.parametrize(
    "copied",
    [
        copy.copy,
        dict,
        dict.copy,
        lambda value: value.copy(),
        lambda value: {**value},
        lambda value: value | {},
        lambda value: {} | value,
        lambda value: dict(value.items()),
    ],
)
def test_a_shallow_copy_is_a_plain_dict(event: Any, copied: Any) -> None:
    other = copied(event)
    assert type(other) is dict
    assert other == PLAIN


@pytest.mark.parametrize("options", [{}, {"indent": 2}, {"sort_keys": True}])
def test_it_is_written_as_a_dict(event: Any, options: Any) -> None:
    assert json.dumps(event, **options) == json.dumps(PLAIN, **options)


def test_it_changes_as_a_dict(event: Any) -> None:
    payload = event["data"]["payload"]
    assert payload.pop("from") == "+1"
    assert payload.pop("from", None) is None
    assert payload.setdefault("note", 1) == 1
    payload["note"] = 2
    del payload["to"]
    payload.update(more=3)
    assert payload == {"client_state": None, "note": 2, "more": 3}
    with pytest.raises(KeyError, match="nobody"):
        payload["nobody"]


def test_patterns_match_it(event: Any, recorder: Recorder) -> None:
    match event:
        case {"data": {"payload": {"to": [{"n": str(name)}, *_], **rest}}}:
            assert name == "é"
            assert type(rest) is dict
            assert rest.keys() == {"from", "client_state"}
        case _:
            pytest.fail("it does not match")
    assert "data.payload.to[].n" in members(recorder)


def test_pydantic_validates_it(event: Any, recorder: Recorder) -> None:
    class Payload(BaseModel):
        client_state: str | None = None
        speech: str | None = None

    class Data(BaseModel):
        event_type: str
        payload: Payload

    class Event(BaseModel):
        data: Data

    model = Event.model_validate(event)
    assert model.data.payload.client_state is None
    assert model.data.payload.speech is None
    assert set(members(recorder)) == {
        "data",
        "data.payload",
        "data.payload.client_state",
        "data.payload.speech",
    }
    assert model.model_dump(exclude_unset=True) == {
        "data": {"event_type": "call.initiated", "payload": {"client_state": None}}
    }
    assert recorder.reads[-1].manner.value == "all"


def test_what_a_model_holds_as_a_dict_is_recorded(event: Any, recorder: Recorder) -> None:
    class Data(BaseModel):
        event_type: str
        payload: dict[str, Any]

    class Event(BaseModel):
        data: Data

    payload = Event.model_validate(event).data.payload
    assert isinstance(payload, dict)
    assert payload["from"] == "+1"
    assert payload.get("speech") is None
    assert {"data.payload.from", "data.payload.speech"} <= set(members(recorder))


def test_only_the_body_of_the_webhook_is_recorded(event: Any, recorder: Recorder) -> None:
    other = json.loads('{"data": 1}')
    assert type(other) is dict
    assert other["data"] == 1
    assert recorder.reads == ()
    assert type(json.loads(BODY.decode(), object_hook=lambda members: {"own": members})) is not dict


def test_a_model_that_is_being_made_is_left_alone(event: Any, recorder: Recorder) -> None:
    class Early(BaseModel):
        event_type: str = ""

        def __init__(self, **members: Any) -> None:
            with pytest.raises(AttributeError):
                self.event_type  # noqa: B018 - it is not there yet
            super().__init__(**members)

    assert Early(event_type="call.initiated").event_type == "call.initiated"
    assert recorder.reads == ()


def test_our_own_code_parses_what_it_likes(recorder: Recorder) -> None:
    from telnyx_mock.fake_api.command import Command

    with recording(recorder):
        command = Command.read("POST", "https://api.telnyx.com/v2/x", {}, BODY, 0.0)
    assert type(command.parameters) is dict
    assert not recorder.parsed


def test_a_read_has_its_line(event: Any, recorder: Recorder) -> None:
    event.get("data")
    [read] = recorder.reads
    line = test_a_read_has_its_line.__code__.co_firstlineno + 1
    assert read.place.endswith(f"tests/reading/test_invisible.py:{line}")


def test_what_reads_all_accuses_of_no_member(event: Any, recorder: Recorder) -> None:
    payload = event["data"]["payload"]
    before = len(recorder.reads)
    dict(payload), {**payload}, list(payload), payload.items(), json.dumps(payload)
    assert {read.manner.value for read in recorder.reads[before:]} == {"all"}
    assert {read.member for read in recorder.reads[before:]} == {
        "data.payload",
        "data.payload.to[]",
    }
