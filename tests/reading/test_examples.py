"""The table of what the examples read is right: member, presence, who decides it, line."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.processes import environment

pytestmark = pytest.mark.long

EXAMPLES = Path(__file__).parents[2] / "examples"

Row = tuple[str, str, str, str]
"""A member, how often it is there, who decides it, and what stands in the lines that read it."""

TYPE = ("data.event_type", "always", "Telnyx", '"event_type"')
ID = ("data.id", "always", "Telnyx", '"id"')
CALL = "call.initiated"
MESSAGE = "message.received"
UNPARSED = ("?", "", "", "")

TABLES: dict[tuple[str, str, str], list[Row]] = {
    ("flask_receiver", "app:app", CALL): [
        TYPE,
        ID,
        ("data.payload.call_control_id", "always", "Telnyx", '"call_control_id"'),
        ("data.payload.direction", "always", "Telnyx", '"direction"'),
    ],
    ("flask_receiver", "app:app", MESSAGE): [TYPE, ID],
    ("fastapi_receiver", "app:app", MESSAGE): [
        TYPE,
        ID,
        ("data.payload.from.phone_number", "always", "the caller", '"from"'),
        ("data.payload.to[].phone_number", "always if type is not RCS", "the app", '"to"'),
        ("data.payload.type", "always", "Telnyx", '"type"'),
    ],
    ("django_receiver", "app:wsgi", MESSAGE): [
        TYPE,
        ID,
        ("data.payload.from.phone_number", "always", "the caller", '"from"'),
        ("data.payload.to[].phone_number", "always if type is not RCS", "the app", '"to"'),
    ],
    ("django_receiver", "app:asgi", CALL): [TYPE, ID],
    ("starlette_receiver", "app:app", "call.machine.detection.ended"): [
        TYPE,
        ID,
        ("data.payload.call_control_id", "always", "Telnyx", '"call_control_id"'),
        ("data.payload.result", "always", "Telnyx", '"result"'),
    ],
    ("asgi_receiver", "app:app", "call.hangup"): [
        TYPE,
        ("data.payload.call_session_id", "always", "Telnyx", '"call_session_id"'),
    ],
    ("asgi_receiver", "app:app", "texml.call.completed"): [UNPARSED],
    ("lambda_receiver", "app:handler", "texml.instructions"): [
        ("CallSid", "always", "Telnyx", '"CallSid"')
    ],
    ("lambda_receiver", "app:handler", CALL): [UNPARSED],
}


def check(example: str, target: str, *words: str) -> str:
    """What a check prints, without line breaks."""
    command = [sys.executable, "-m", "telnyx_mock", "check", target, "--path", "/webhooks"]
    result = subprocess.run(
        [*command, "--no-journal", *words],
        cwd=EXAMPLES / example,
        env={**environment(), "TELNYX_API_KEY": "KEY-of-a-test-0001"},
        capture_output=True,
        text=True,
        timeout=100,
    )
    return " ".join(result.stdout.split())


@pytest.mark.parametrize(("example", "target", "event"), TABLES, ids=map("-".join, TABLES))
def test_the_table_of_an_example(example: str, target: str, event: str, tmp_path: Path) -> None:
    file, report, page = tmp_path / "reads.tsv", tmp_path / "report.json", tmp_path / "page.html"
    folder = EXAMPLES / example
    into = ["--reads", str(file), "--report", str(report), "--html", str(page)]
    output = check(example, target, "--only", "reads-known-members", "--events", event, *into)
    expected = TABLES[example, target, event]
    is_known = UNPARSED not in expected
    assert ("no fault found" if is_known else "not judged: every check was skipped") in output
    heading, *lines = file.read_text().splitlines()
    assert heading == "event\tmember\tpresent\tdecided by\tread at"
    rows = [line.split("\t") for line in lines]
    assert [tuple(row[:4]) for row in rows] == [(event, *each[:3]) for each in expected]
    shown = page.read_text()
    for row, (member, *_, text) in zip(rows, expected, strict=True):
        if member == "?":
            assert row[4].startswith("The app did not parse the body")
            assert row[4] in shown
            continue
        name, _, number = row[4].rpartition(":")
        source = (folder / name).read_text().splitlines()[int(number) - 1 :]
        assert text in "\n".join(source[:4]), row
        assert f"<code>{member}</code>" in shown
    read = json.loads(report.read_text())["reads"]
    assert [(each["event"], each["member"]) for each in read] == [
        (event, each[0]) for each in expected if each[0] != "?"
    ]


def test_nothing_is_recorded_if_the_user_turns_it_off(tmp_path: Path) -> None:
    file = tmp_path / "reads.tsv"
    words = ["--only", "reads-known-members", "--only", "accepts-sample", "--no-reads", "-v"]
    output = check("flask_receiver", "app:app", *words, "--events", CALL, "--reads", str(file))
    assert "It was turned off with --no-reads." in output
    assert file.read_text() == "event\tmember\tpresent\tdecided by\tread at\n"
