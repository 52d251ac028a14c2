"""The catalogue on the command line: events, schema and explain."""

from __future__ import annotations

import json
import re
import textwrap
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from jsonschema import Draft202012Validator

from telnyx_mock.catalogue.registry import all_events, find
from telnyx_mock.cli import telnyx_mock
from telnyx_mock.contract.calls.invariants import INVARIANTS, Invariant
from telnyx_mock.contract.rules.registry import CONTRACT
from telnyx_mock.diagnosis.explained import fix_as_code, fix_in_words
from telnyx_mock.diagnosis.kind import FaultKind
from telnyx_mock.diagnosis.kinds import KINDS
from telnyx_mock.schema.build import SampleChooser, build
from telnyx_mock.schema.describe import lines
from telnyx_mock.schema.json_values import Json
from tests.cli.conftest import Process
from tests.conftest import Snapshot


@pytest.fixture(autouse=True)
def _width(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "80")


@pytest.fixture(scope="module")
def rows() -> dict[str, dict[str, Any]]:
    return {row["name"]: row for row in printed("events", "--json")}


def shown(*words: str) -> str:
    """What a command prints on a terminal without colours."""
    result = CliRunner().invoke(telnyx_mock, words)
    assert result.exit_code == 0, result.output
    return str(result.stdout)


def printed(*words: str) -> Any:
    return json.loads(shown(*words))


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
            assert list(known) == [
                "path",
                "type",
                "presence",
                "condition",
                "enum",
                "open",
                "origin",
            ]
            assert ("conditional" in known["presence"]) == (known["condition"] is not None)
            assert known["enum"] or not known["open"]
            assert set(known["origin"]) <= {"telnyx", "caller", "app"}
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
        "condition": None,
        "enum": ["incoming", "outgoing"],
        "open": False,
        "origin": ["telnyx"],
    }
    name = field(call, "data.payload.caller_id_name")
    assert (name["presence"], name["condition"]) == ("conditional", "direction is incoming")
    assert field(call, "data.payload.client_state")["presence"] == "optional, nullable"
    assert field(call, "data.payload.client_state")["origin"] == ["app"]
    assert field(call, "data.payload.from")["origin"] == ["caller", "app"]
    assert field(call, "data.payload.custom_headers")["origin"] == []
    assert field(call, "data.payload.shaken_stir_attestation")["open"]
    assert field(call, "data.payload.custom_headers[].name")["type"] == "string"
    assert field(call, "data.payload.custom_headers")["enum"] is None
    assert field(rows["message.received"], "data.payload.to")["type"] == "array or string"
    assert field(rows["texml.siprec"], "SiprecError")["presence"] == "conditional"
    urls = field(rows["call.recording.saved"], "data.payload.recording_urls.wav")
    assert (urls["type"], urls["presence"]) == ("string or null", "optional, conditional")


JSON_TYPES = {bool: "boolean", int: "integer", float: "number", str: "string", dict: "object"}


def unlisted(value: Json, path: str, known: dict[str, dict[str, Any]]) -> Iterator[str]:
    """The members of *value* that the rows *known* lack, or give another type."""
    if isinstance(value, dict) and (not path or any(name.startswith(f"{path}.") for name in known)):
        for name, member in value.items():
            inside = f"{path}.{name}" if path else str(name)
            if inside in known:
                yield from unlisted(member, inside, known)
            elif "CallCost[" not in inside:  # this name quotes a value
                yield inside
    elif isinstance(value, list):
        for item in value:
            yield from unlisted(item, f"{path}[]", known)
    if value is not None and path in known:
        word = JSON_TYPES.get(type(value), "array" if isinstance(value, list) else "string")
        types = known[path]["type"].split(" or ")
        if word not in types and not (word == "integer" and "number" in types):
            yield path


def test_events_as_json_name_every_member_of_each_sample(rows: dict[str, dict[str, Any]]) -> None:
    wrong = []
    for event in all_events():
        known = {field["path"]: field for field in rows[event.name]["fields"]}
        body = build(event, SampleChooser())
        wrong += [(event.name, path) for path in unlisted(body, "", known)]
    assert not wrong


def test_events_can_be_narrowed_by_family_and_status() -> None:
    retired = printed("events", "--status", "retired", "--json")
    assert {row["status"] for row in retired} == {"retired"}
    faxes = printed("events", "fax.*", "--family", "fax", "--json")
    assert [row["name"] for row in faxes] == [
        event.name for event in all_events() if event.family == "fax"
    ]
    assert printed("events", "fax.*", "--family", "voice", "--json") == []
    table = shown("events", "--family", "verify").splitlines()
    assert table[0].split() == ["event", "family", "operation", "fields", "status"]
    assert len(table) == 5


def test_schema_prints_a_schema_that_the_sample_satisfies() -> None:
    schema = printed("schema", "callInitiated")
    Draft202012Validator.check_schema(schema)
    body = build(find("call.initiated"), SampleChooser())
    assert list(Draft202012Validator(schema).iter_errors(body)) == []
    body["data"]["payload"]["direction"] = "outgoing"
    assert list(Draft202012Validator(schema).iter_errors(body)) != []


def test_explain_tells_trigger_facts_and_fields(snapshot: Snapshot) -> None:
    snapshot("explain-event", shown("explain", "texml.siprec"))


def test_explain_indents_what_is_nested_and_tells_cases() -> None:
    text = shown("explain", "message.received")
    assert (
        "Payload, in data.payload\n  id  string (id), always; from Telnyx\n      of the message\n"
        in text
    )
    assert "\nEnvelope\n  data  object, always\n      the event\n    record_type  string" in text
    assert (
        "  to  array of object or string (phone number), always; from the app if type is\n"
        "      WHATSAPP\n"
        "      your numbers, or your agent; WhatsApp gives one number and no list\n"
        "      array of object; string (phone number) if type is WHATSAPP\n"
        "    phone_number  string (number, short code or name), always if type is not\n"
        "        RCS; from the app\n"
        "        your number\n"
    ) in text
    assert 'Pre-Paid Wireless, ""' in text
    assert "Before it      call.initiated" in shown("explain", "call.answered")


@pytest.mark.slow
def test_explain_keeps_to_the_width_and_names_every_field() -> None:
    """Only what cannot be broken, an address or a long name, may stick out."""
    for event in all_events():
        text = shown("explain", event.name)
        assert "``" not in text, event.name
        for line in text.splitlines():
            assert len(line) <= 80 or " " not in line[17:], event.name
        flowing = f"{' '.join(text.split())} "
        for line in lines(event):
            origin = f"; from {line.origin_words}" if line.origin_words else ""
            words = f"{line.field.name} {line.type_words}, {line.presence_words}{origin} "
            assert words in flowing, event.name


def test_explain_tells_what_a_rule_asks() -> None:
    rule = CONTRACT["survives-json-null"]
    text = " ".join(shown("explain", rule.id).split())
    for fact in (
        rule.title,
        rule.why,
        rule.fix,
        rule.severity.value,
        rule.scope.value,
        rule.source,
    ):
        assert fact in text


@pytest.mark.parametrize("kind", KINDS.values(), ids=list(KINDS))
def test_explain_tells_of_a_fault_what_to_know_and_to_do(kind: FaultKind) -> None:
    """The names of a rule and of a fault are never the same."""
    text = shown("explain", kind.id)
    assert text.startswith(f"{kind.id}\n  Fault")
    flowing = " ".join(text.split())
    for fact in (kind.title, kind.harm, kind.who.value, fix_in_words(kind)):
        assert fact in flowing
    assert all(sign in flowing for sign in re.split("[ |]", f"{kind.signs} {kind.kept}".strip()))
    code = fix_as_code(kind)
    compile(code, kind.id, "exec")
    assert textwrap.indent(code, "    ") in text
    assert bool(code) == (kind.remedy is not None)


@pytest.mark.parametrize("invariant", INVARIANTS.values(), ids=lambda each: each.id)
def test_explain_tells_why_an_invariant_holds(invariant: Invariant) -> None:
    text = " ".join(shown("explain", invariant.id).split())
    assert f"{invariant.id} Invariant In every call, a receiver {invariant.title}." in text
    for fact in (invariant.why, invariant.fix, invariant.severity.value):
        assert fact in text


def test_explain_without_a_name_lists_all_but_events() -> None:
    rows = [line.split("  ")[0] for line in shown("explain").splitlines()]
    lists = ["rule", *CONTRACT, "", "fault", *KINDS, "", "invariant of calls", *INVARIANTS]
    assert rows == lists


OWN = '''
"""Rules of the shop."""
import telnyx_mock
from telnyx_mock import Forgery


@telnyx_mock.rule("answers-hangup-briefly", "answers briefly", events="call.hangup")
def answers_hangup_briefly(trial):
    "Nobody reads the body."


shouted = Forgery(
    "body-shouted",
    "accepts a body in capitals",
    lambda original: original.signed(original.body().upper()),
)
'''


@pytest.mark.slow
def test_rules_and_forgeries_of_the_users_are_listed(
    process: Process, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "shop_rules.py").write_text(OWN)
    monkeypatch.chdir(tmp_path)
    own = ("--rules-from", "shop_rules")
    explained = process("explain", "answers-hangup-briefly", *own).stdout
    assert re.search(r"Tried for +call\.hangup\n", explained)
    assert "body-shouted" in process("forgeries", *own).stdout
    assert "body-shouted" not in process("forgeries").stdout
