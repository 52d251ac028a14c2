"""Recording ends with its delivery: each parser is as it was, even if the app raises."""

from __future__ import annotations

import asyncio
import json
import sys
import sysconfig
import urllib.parse
from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import Any
from urllib.parse import parse_qs, urlencode

import msgspec
import orjson
import pytest
from django.http import QueryDict
from django.utils.datastructures import MultiValueDict
from pydantic import BaseModel
from starlette.datastructures import FormData, ImmutableMultiDict
from werkzeug.datastructures import ImmutableMultiDict as FlaskForm
from werkzeug.datastructures import MultiDict

from telnyx_mock.reading.compiled import PARSERS, WRITERS
from telnyx_mock.reading.models import Models
from telnyx_mock.reading.recorder import Recorder
from telnyx_mock.reading.recording import OLD_SDK, recording

FORM = {"CallSid": "v3:a", "From": "+1 2", "CallStatus": "completed"}
JSON = b'{"data": 1}'
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


@pytest.mark.parametrize(("module", "name"), PARSERS)
def test_reads_of_what_compiled_code_parses_are_recorded(module: Any, name: str) -> None:
    module = sys.modules[module]
    parse = getattr(module, name)
    text = b'{"data": {"id": 1, "to": [{"a": 2}]}}'
    recorder = Recorder(text, is_form=False)
    with recording(recorder):
        for body in (text, bytearray(text), text.decode(), memoryview(text)):
            event = getattr(module, name)(body)
            assert event == json.loads(text.decode() + " ") == parse(text)
            assert event["data"]["to"][0].get("b") is None
        assert type(getattr(module, name)(b'{"data": 1}')) is dict
        with pytest.raises(ValueError, match=r"."):
            getattr(module, name)(b"{")
    assert recorder.parsed
    assert [(read.member, read.found) for read in recorder.reads] == [
        ("data", True),
        ("data.to", True),
        ("data.to[].b", False),
    ]
    assert getattr(module, name) is parse


def test_an_app_may_have_imported_the_parser_by_its_name(monkeypatch: pytest.MonkeyPatch) -> None:
    app = ModuleType("app_with_orjson")
    source = "from orjson import loads\ndef handle(body):\n    return loads(body)['data']\n"
    file = str(Path(__file__).with_name("app_with_orjson.py"))
    exec(compile(source, file, "exec"), vars(app))
    app.__file__ = file
    monkeypatch.setitem(sys.modules, app.__name__, app)
    recorder = Recorder(JSON, is_form=False)
    with recording(recorder):
        assert app.handle(JSON) == 1
    [read] = recorder.reads
    assert (read.member, read.place.rpartition("/")[2]) == ("data", "app_with_orjson.py:3")
    assert app.loads is orjson.loads


@pytest.mark.parametrize(("module", "name"), WRITERS)
def test_what_compiled_code_writes_is_read_and_plain(module: str, name: str) -> None:
    text = '{"data": {"to": [{"a": 2}]}}'
    recorder = Recorder(text.encode(), is_form=False)
    with recording(recorder):
        data = json.loads(text)["data"]
        written = getattr(sys.modules[module], name)([{"event": data}])
        assert orjson.dumps(data, option=orjson.OPT_PASSTHROUGH_SUBCLASS) == b'{"to":[{"a":2}]}'
    assert written == b'[{"event":{"to":[{"a":2}]}}]'
    assert ("data", "all") in {(read.member, read.manner.value) for read in recorder.reads}


async def received() -> dict[str, Any]:
    return {"type": "http.request", "body": JSON}


def with_flask() -> Any:
    from flask import Flask, request

    with Flask("app").test_request_context(data=JSON, content_type="application/json"):
        return request.get_json()["data"]


def with_django() -> Any:
    django()
    from django.test import RequestFactory

    request = RequestFactory().post("/", JSON, content_type="application/json")
    return json.loads(request.body)["data"]


def with_starlette() -> Any:
    from starlette.requests import Request

    async def read() -> Any:
        scope = {"type": "http", "headers": [(b"content-type", b"application/json")]}
        return (await Request(scope, received).json())["data"]

    return asyncio.run(read())


def with_aiohttp() -> Any:
    from aiohttp.test_utils import make_mocked_request

    async def read() -> Any:
        request = make_mocked_request("POST", "/")
        request._read_bytes = JSON
        return (await request.json())["data"]

    return asyncio.run(read())


@pytest.mark.parametrize("parse", [with_flask, with_django, with_starlette, with_aiohttp])
def test_reads_of_what_frameworks_parse_are_recorded(parse: Callable[[], Any]) -> None:
    recorder = Recorder(JSON, is_form=False)
    with recording(recorder):
        assert parse() == 1
    assert [read.member for read in recorder.reads] == ["data"]


def test_models_of_msgspec_are_made_and_not_recorded() -> None:
    class Event(msgspec.Struct):
        data: int

    recorder = Recorder(JSON, is_form=False)
    with recording(recorder):
        assert msgspec.json.decode(JSON, type=Event) == Event(1)
    assert not recorder.parsed


def test_the_old_sdk_counts_as_a_parser_that_cannot_be_recorded(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Version 2 makes dicts of its own, as telnyx.Webhook.construct_event does."""
    names: dict[str, Any] = {}
    source = "import json\ndef construct_event(body):\n    return json.loads(body)\n"
    file = f"{sysconfig.get_path('purelib')}/telnyx/webhook.py"
    exec(compile(source, file, "exec"), names)
    parsed = {}
    for version in (4, 2):
        if version == 2:
            monkeypatch.setitem(sys.modules, OLD_SDK, ModuleType(OLD_SDK))
        recorder = Recorder(JSON, is_form=False)
        with recording(recorder):
            assert type(names["construct_event"](JSON.decode())) is dict
        parsed[version] = recorder.parsed
    assert parsed == {4: True, 2: False}
