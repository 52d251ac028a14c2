"""The catalogue on the command line: events, schema and explain."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from telnyx_mock.catalogue.registry import all_events, find
from telnyx_mock.cli.explain import command
from telnyx_mock.schema.build import SampleChooser, build
from telnyx_mock.schema.describe import lines
from telnyx_mock.schema.event import Event
from telnyx_mock.schema.json_values import Json

EVERY_EVENT = pytest.mark.parametrize("event", list(all_events()), ids=lambda event: event.name)


def run(*arguments: str, columns: int = 80) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "telnyx_mock", *arguments],
        capture_output=True,
        text=True,
        env={**os.environ, "COLUMNS": str(columns)},
    )


@pytest.fixture(scope="module")
def rows() -> dict[str, dict[str, Any]]:
    ran = run("events", "--json")
    assert ran.returncode == 0, ran.stderr
    return {row["name"]: row for row in json.loads(ran.stdout)}


def field(row: dict[str, Any], path: str) -> dict[str, Any]:
    (found,) = [field for field in row["fields"] if field["path"] == path]
    return found


def test_events_as_json_have_exactly_the_documented_members(
    rows: dict[str, dict[str, Any]],
) -> None:
    assert list(rows) == [event.name for event in all_events()]
    for row in rows.values():
        assert list(row) == ["name", "family", "operation", "status", "content_type", "fields"]
        for known in row["fields"]:
            assert list(known) == ["path", "type", "presence", "enum"]
            assert set(known["type"].split(" or ")) <= {
                "string",
                "integer",
                "number",
                "boolean",
                "object",
                "array",
                "null",
            }
            presence = known["presence"].split(", ")
            assert presence == ["always"] or set(presence) <= {
                "optional",
                "nullable",
                "conditional",
            }
        paths = [known["path"] for known in row["fields"]]
        assert len(set(paths)) == len(paths), row["name"]


def test_events_as_json_tell_presence_types_and_values(rows: dict[str, dict[str, Any]]) -> None:
    call = rows["call.initiated"]
    assert (call["family"], call["operation"], call["status"], call["content_type"]) == (
        "voice",
        "callInitiated",
        "current",
        "application/json",
    )
    assert field(call, "data.payload.direction") == {
        "path": "data.payload.direction",
        "type": "string",
        "presence": "always",
        "enum": ["incoming", "outgoing"],
    }
    assert field(call, "data.payload.caller_id_name")["presence"] == "conditional"
    assert field(call, "data.payload.client_state")["presence"] == "optional, nullable"
    assert field(call, "data.payload.custom_headers[].name")["type"] == "string"
    assert field(call, "data.payload.custom_headers")["enum"] is None
    assert field(rows["message.received"], "data.payload.to")["type"] == "array or string"
    assert field(rows["texml.siprec"], "SiprecError")["presence"] == "conditional"
    urls = field(rows["call.recording.saved"], "data.payload.recording_urls.wav")
    assert (urls["type"], urls["presence"]) == ("string or null", "optional, conditional")


JSON_TYPES = {bool: "boolean", int: "integer", float: "number", str: "string", dict: "object"}


@EVERY_EVENT
def test_events_as_json_name_every_member_of_the_sample(
    event: Event, rows: dict[str, dict[str, Any]]
) -> None:
    known = {field["path"]: field for field in rows[event.name]["fields"]}

    def look(value: Json, path: str) -> None:
        if isinstance(value, dict) and (
            not path or any(other.startswith(f"{path}.") for other in known)
        ):
            for name, member in value.items():
                inside = f"{path}.{name}" if path else str(name)
                if inside in known:
                    look(member, inside)
                else:
                    assert "CallCost[" in inside, inside  # the name quotes a value
        elif isinstance(value, list):
            for item in value:
                look(item, f"{path}[]")
        if value is not None and path in known:
            word = JSON_TYPES.get(type(value), "array" if isinstance(value, list) else "string")
            types = known[path]["type"].split(" or ")
            assert word in types or (word == "integer" and "number" in types), path

    look(build(event, SampleChooser()), "")


def test_events_can_be_narrowed_by_family_and_status() -> None:
    retired = json.loads(run("events", "--status", "retired", "--json").stdout)
    assert {row["status"] for row in retired} == {"retired"}
    faxes = json.loads(run("events", "fax.*", "--family", "fax", "--json").stdout)
    assert [row["name"] for row in faxes] == [
        event.name for event in all_events() if event.family == "fax"
    ]
    assert json.loads(run("events", "fax.*", "--family", "voice", "--json").stdout) == []
    table = run("events", "--family", "verify").stdout.splitlines()
    assert table[0].split() == ["event", "family", "operation", "fields", "status"]
    assert len(table) == 5


def test_schema_prints_a_schema_that_the_sample_satisfies() -> None:
    schema = json.loads(run("schema", "callInitiated").stdout)
    Draft202012Validator.check_schema(schema)
    body = build(find("call.initiated"), SampleChooser())
    assert list(Draft202012Validator(schema).iter_errors(body)) == []
    body["data"]["payload"]["direction"] = "outgoing"
    assert list(Draft202012Validator(schema).iter_errors(body)) != []


EXPLAINED = """\
texml.siprec
  A SIPREC session starts, stops or fails, and its Siprec noun has a
  statusCallback.

  Family         texml
  Operation      TexmlSiprecWebhook
  Status         current (in the official SDK or the OpenAPI document)
  Content type   application/x-www-form-urlencoded
"""


def test_explain_tells_trigger_facts_and_fields() -> None:
    text = run("explain", "texml.siprec").stdout
    assert text.startswith(EXPLAINED)
    assert (
        "Documentation  https://developers.telnyx.com/api-reference/callbacks/texml-siprec" in text
    )
    assert (
        "  SiprecEvent  string, always\n"
        "      what happened\n"
        "      one of siprec-started, siprec-stopped, siprec-failed\n"
        "  SiprecError  string, always while SiprecEvent is siprec-failed\n"
        "      why\n"
    ) in text


def test_explain_indents_what_is_nested_and_tells_cases() -> None:
    text = run("explain", "message.received").stdout
    assert "Payload, in data.payload\n  id  string (id), always\n      of the message\n" in text
    assert "\nEnvelope\n  data  object, always\n      the event\n    record_type  string" in text
    assert (
        "  to  array of object or string (phone number), always\n"
        "      your numbers, or your agent; WhatsApp gives one number and no list\n"
        "      array of object; string (phone number) while type is WHATSAPP\n"
        "    phone_number  string (number, short code or name), always while type is not\n"
        "        RCS\n"
        "        your number\n"
    ) in text
    assert 'Pre-Paid Wireless, ""' in text
    assert "Before it      call.initiated" in run("explain", "call.answered").stdout


@EVERY_EVENT
def test_explain_keeps_to_the_width_and_names_every_field(
    event: Event, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Only what cannot be broken, an address or a long name, may stick out."""
    monkeypatch.setenv("COLUMNS", "80")
    command.main([event.name], standalone_mode=False)
    text = capsys.readouterr().out
    assert "``" not in text
    assert "\x1b" not in text
    for printed in text.splitlines():
        assert len(printed) <= 80 or " " not in printed[17:]
    flowing = " ".join(text.split())
    for line in lines(event):
        assert f"{line.field.name} {line.type_words}, {line.presence_words} " in f"{flowing} "


def test_explain_tells_what_a_check_looks_for() -> None:
    text = run("explain", "survives-json-null").stdout
    assert text.startswith(
        "survives-json-null\n  Rule           A receiver does not fail at a signed"
    )
    assert "  Why            A receiver that fails at it assumes that" in text
    assert "  Fix            Once it is verified, parse with care" in text
    assert "  Severity       advice" in text


@pytest.mark.parametrize("asked", ["schema", "sample"])
def test_an_unknown_event_is_a_sentence_and_exit_code_2(asked: str) -> None:
    ran = run(asked, "call.initated")
    assert ran.returncode == 2
    assert ran.stdout == ""
    assert "There is no event 'call.initated'. Did you mean 'call.initiated'" in ran.stderr
