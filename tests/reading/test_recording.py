"""Recording ends with its delivery: each parser is as it was, even if the app raises."""

from __future__ import annotations

import json
import urllib.parse
from typing import Any
from urllib.parse import parse_qs, urlencode

import pytest
from django.http import QueryDict
from django.utils.datastructures import MultiValueDict
from pydantic import BaseModel
from starlette.datastructures import FormData, ImmutableMultiDict
from werkzeug.datastructures import ImmutableMultiDict as FlaskForm
from werkzeug.datastructures import MultiDict

from telnyx_mock.reading.models import Models
from telnyx_mock.reading.recorder import Recorder
from telnyx_mock.reading.recording import recording

FORM = {"CallSid": "v3:a", "From": "+1 2", "CallStatus": "completed"}
BODY = urlencode(FORM).encode()

CLASSES = (json.JSONDecoder, MultiDict, MultiValueDict, ImmutableMultiDict, BaseModel)


def state() -> list[Any]:
    return [*(dict(vars(each)) for each in CLASSES), parse_qs.__code__, parse_qs.__defaults__]


@pytest.mark.parametrize("is_form", [True, False])
def test_everything_is_restored_even_if_the_app_raises(is_form: bool) -> None:
    class Model(BaseModel):
        a: int = 1

    before = state()
    with pytest.raises(ZeroDivisionError), recording(Recorder(b"{}", is_form=is_form)):
        raise ZeroDivisionError
    recorder = Recorder(BODY if is_form else b'{"a": 1}', is_form=is_form)
    with recording(recorder):
        assert state() != before
    assert [list(each) if isinstance(each, dict) else each for each in state()] == [
        list(each) if isinstance(each, dict) else each for each in before
    ]
    assert state() == before
    assert type(json.loads('{"a": 1}')) is dict
    assert type(parse_qs(BODY.decode())) is dict
    assert Model().a == 1
    assert recorder.reads == ()


def test_models_tell_each_recording_its_own_reads_and_nothing_in_between() -> None:
    class Model(BaseModel):
        a: int
        b: int = 0

    text = '{"a": 1, "b": 2}'
    models, first, second = Models(), *(Recorder(text.encode(), is_form=False) for _ in range(2))
    with recording(first, models):
        kept = Model.model_validate_json(text)
        assert kept.a == 1
    assert (kept.a, kept.b) == (1, 2)
    with recording(second, models):
        assert kept.b == 2
    assert "__getattribute__" in vars(BaseModel)
    models.restore()
    assert "__getattribute__" not in vars(BaseModel)
    assert [[each.member for each in it.reads] for it in (first, second)] == [["a"], ["b"]]


def test_what_the_app_keeps_records_nothing_later() -> None:
    recorder = Recorder(b'{"a": {"b": 1}}', is_form=False)
    with recording(recorder):
        kept = json.loads('{"a": {"b": 1}}')
    assert kept["a"]["b"] == 1
    assert recorder.reads == ()


def flask() -> Any:
    return FlaskForm(urllib.parse.parse_qsl(BODY.decode()))


def starlette() -> Any:
    return FormData(urllib.parse.parse_qsl(BODY.decode()))


def django() -> Any:
    from django.conf import settings

    if not settings.configured:
        settings.configure()
    return QueryDict(BODY)


@pytest.mark.parametrize(
    "parse", [flask, starlette, django, lambda: parse_qs(BODY.decode(), keep_blank_values=True)]
)
def test_reads_of_a_form_are_recorded(parse: Any) -> None:
    usual = parse()
    recorder = Recorder(BODY, is_form=True)
    with recording(recorder):
        form = parse()
        assert isinstance(form, type(usual))
        assert form["From"] == usual["From"]
        assert form.get("SpeechResult") is None
        assert "CallStatus" in form
        assert dict(form) == dict(usual)
    found = {(read.member, read.manner.value, read.found) for read in recorder.reads}
    assert found == {
        ("From", "needed", True),
        ("SpeechResult", "default", False),
        ("CallStatus", "asked", True),
        ("", "all", True),
    }
    assert recorder.parsed


def test_another_query_string_is_left_alone() -> None:
    recorder = Recorder(BODY, is_form=True)
    with recording(recorder):
        assert parse_qs("a=1&b=") == {"a": ["1"]}
        assert parse_qs("a=1&b=", keep_blank_values=True) == {"a": ["1"], "b": [""]}
        assert FlaskForm({"a": "1"})["a"] == "1"
    assert recorder.reads == ()
    assert not recorder.parsed
