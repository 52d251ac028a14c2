"""An app whose configuration is missing, and the options that give it: --env and --setup."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli.conftest import Run

AT_IMPORT = """
import os
from tests.receivers.correct import Receiver

HOST = os.environ["CRM_HOST"]
app = Receiver()
"""

AT_WORK = """
import sqlite3
from tests.receivers.correct import Receiver, kind


class Keeping(Receiver):
    def act(self, event):
        if kind(event) == "call.hangup":
            with sqlite3.connect("calls.db") as calls:
                calls.execute("insert into calls values (1)")
        return 200


app = Keeping()
"""

SETUP = """
import sqlite3

def make_tables():
    with sqlite3.connect("calls.db") as calls:
        calls.execute("create table calls (number)")

async def later():
    pass
"""

CHECK = ("--events", "call.hangup", "--only", "accepts-sample", "--no-journal")


@pytest.fixture(autouse=True)
def apps(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("CRM_HOST", raising=False)
    for name, text in {"importing": AT_IMPORT, "working": AT_WORK, "prepare": SETUP}.items():
        (project / f"{name}.py").write_text(text)


def test_a_variable_that_is_read_at_import_is_named_and_can_be_given(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    result = run("check", "importing:app", *CHECK)
    assert result.exit_code == 2
    assert result.stderr.startswith(
        "telnyx-mock: importing could not be loaded, because its configuration is missing: the "
        "variable CRM_HOST is not set; set it with --env CRM_HOST=VALUE ("
    )
    assert run("check", "importing:app", *CHECK, "--env", "CRM_HOST=crm").exit_code == 0
    monkeypatch.setenv("OTHER", "crm")
    assert run("check", "importing:app", *CHECK, "--env", "CRM_HOST=env:OTHER").exit_code == 0
    assert run("send", "call.hangup", "importing:app", "--env", "CRM_HOST=crm").exit_code == 0


def test_a_table_that_is_missing_is_no_fault_and_can_be_made(run: Run) -> None:
    result = run("check", "working:app", *CHECK)
    assert result.exit_code == 3
    assert "because its configuration is missing: there is no table calls" in " ".join(
        result.output.split()
    )
    assert run("check", "working:app", *CHECK, "--setup", "prepare:make_tables").exit_code == 0


def test_a_variable_that_is_written_wrongly_is_refused(run: Run) -> None:
    result = run("check", "importing:app", *CHECK, "--env", "CRM HOST")
    assert result.exit_code == 2
    assert "A variable is written as NAME=VALUE" in result.stderr
    result = run("check", "importing:app", *CHECK, "--env", "CRM_HOST=env:NOWHERE")
    assert "The environment has no variable NOWHERE" in result.stderr


def test_a_set_up_must_be_a_plain_function(run: Run) -> None:
    result = run("check", "working:app", *CHECK, "--setup", "prepare:later")
    assert result.exit_code == 2
    assert "The function prepare:later for --setup is async" in result.stderr


def test_the_commands_that_reproduce_a_finding_prepare_the_app_too(run: Run) -> None:
    result = run(
        *("check", "shop:app", "--events", "call.initiated", "--no-journal"),
        *("--only", "accepts-absent", "--env", "CRM_HOST=crm", "--setup", "prepare:make_tables"),
    )
    assert "--env CRM_HOST=crm --setup prepare:make_tables" in " ".join(result.output.split())


def test_another_address_is_one_sentence(run: Run, project: Path) -> None:
    (project / "mixed.py").write_text("""
import flask

app = flask.Flask("mixed")

@app.post("/stripe")
def stripe():
    return "", 200 if flask.request.headers.get("Stripe-Signature") else 400

@app.post("/calls")
def calls():
    return flask.request.json["data"]["event_type"]
""")
    result = run("check", "mixed:app", "--path", "/stripe", "--no-journal")
    assert result.exit_code == 2
    assert result.stdout == ""
    assert result.stderr.startswith("telnyx-mock: POST /stripe answers 400 Bad Request")
    assert result.stderr.endswith("that look like it: /calls.\n")
