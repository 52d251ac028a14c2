"""Each command of a finding shows the finding again; where none would, the finding has none."""

from __future__ import annotations

import shlex
import subprocess
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path

import pytest
from click.testing import CliRunner

from telnyx_mock.cli import telnyx_mock
from telnyx_mock.contract.engine.finding import Finding
from telnyx_mock.contract.reproduce.target import Target
from telnyx_mock.contract.rules.registry import CONTRACT, subjects
from telnyx_mock.delivery import Attempt, Delivery
from telnyx_mock.journal import FOLDER, Folder, Journal
from telnyx_mock.payload.draft import HEADER_CASES, Draft
from telnyx_mock.payload.layouts import layouts
from telnyx_mock.payload.request import Headers, Request
from telnyx_mock.payload.webhook import sample
from telnyx_mock.severity import Severity
from telnyx_mock.signing.keys import KeyPair
from telnyx_mock.signing.sign import sign
from telnyx_mock.transports.loading import open_target
from tests.contract.conftest import MakeRunner, run
from tests.receivers.faults import BAD

KEY = KeyPair.generate()
EVENTS = ("call.initiated", "call.hangup", "call.answered")

ONE_OF_EACH_KIND = (
    "accepts-sample",
    "accepts-absent",
    "accepts-null",
    "accepts-unknown-fields",
    "accepts-unknown-event",
    "accepts-layouts",
    "accepts-headers",
    "accepts-each-choice",
    "accepts-generated",
    "accepts-clock-skew",
    "refuses-signature-empty",
    "refuses-body-member-twice",
    "survives-json-null",
    "survives-junk",
    "survives-methods",
)
"""Rules whose findings show in one delivery."""

OF_SEVERAL = (
    "accepts-any-order",
    "idempotent-when-redelivered",
    "idempotent-when-concurrent",
    "handles-retry-after-failure",
    "survives-api-errors",
    "fails-closed",
    "survives-replay-exact",
)
"""Rules whose findings show only in several deliveries, or in a receiver that is set up otherwise."""


@pytest.fixture
def finding_of(
    runner: MakeRunner, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Callable[[str], Finding]:
    """The first finding that a rule has about the receiver that is bad at it, in a journal."""
    monkeypatch.chdir(tmp_path)

    def find(rule: str) -> Finding:
        receiver = BAD[rule].receiver
        name = f"{receiver.__module__}:{receiver.__name__}()"
        made = runner(name, *EVENTS)
        made.target = Target(name, events=EVENTS, in_process=True)
        _, file = Folder(Path(FOLDER)).begin("")
        journal = Journal(
            file,
            target={"name": name, "path": "/", "key": ""},
            public_key=made.emulator.key.public_key,
        )
        made.emulator.journal = journal
        made.emulator.bind(made.emulator.receiver, partial(open_target, name))
        results = (made.run(CONTRACT[rule], each) for each in subjects(CONTRACT[rule], made.events))
        found = next(result for result in results if result.findings)
        journal.close()
        return found.findings[0]

    return find


def exit_code(command: str) -> int:
    program, *words = shlex.split(command)
    assert program == "telnyx-mock"
    return CliRunner().invoke(telnyx_mock, words, catch_exceptions=False).exit_code


@pytest.mark.parametrize("rule", ONE_OF_EACH_KIND)
def test_each_command_of_a_finding_shows_it_again(
    rule: str, finding_of: Callable[[str], Finding]
) -> None:
    finding = finding_of(rule)
    commands = [command for command in (finding.reproduce, finding.replay) if command]
    assert commands
    assert finding.curl == "", "no curl leads to an app in process"
    assert [exit_code(command) for command in commands] == [1] * len(commands)


@pytest.mark.parametrize("rule", OF_SEVERAL)
def test_a_finding_that_one_delivery_does_not_show_is_shown_by_its_rule(
    rule: str, finding_of: Callable[[str], Finding]
) -> None:
    finding = finding_of(rule)
    assert (finding.replay, finding.curl, finding.delivery != "") == ("", "", True)
    assert finding.command == finding.reproduce
    assert finding.command.endswith(f" --only {rule}")
    assert exit_code(f"{finding.command} --examples 1 --no-journal --strict") == 1


@pytest.mark.parametrize("event", ["call.initiated", "message.received", "texml.http-request"])
def test_a_command_says_how_bytes_and_headers_were_written(event: str) -> None:
    """Each layout and each case of header names; whatever tells two of them apart is in it."""
    for layout in (None, *layouts(sample(event).event)):
        for case in HEADER_CASES:
            for charset, reverse in ((False, False), (True, False), (False, True)):
                draft = Draft(sample(event).fresh(), layout, case, charset, reverse)
                request = sign(draft, KEY, timestamp=1_800_000_000)
                assert request.draft == draft
                command = Target().send(request)
                assert (f"--header-case {case}" in command) == (case != "lower")
                assert ("--charset" in command) == charset
                assert ("--reverse-headers" in command) == reverse
                dry = [*shlex.split(command.replace(" TARGET", ""))[1:], "--dry-run"]
                result = CliRunner().invoke(telnyx_mock, dry)
                assert result.exit_code == 0, result.output
                assert result.stdout_bytes.count(b"\n") == _lines(request.headers, request.body)


def _lines(headers: Headers, body: bytes) -> int:
    return 1 + len(headers) + 1 + body.count(b"\n") + 1


def test_bytes_that_no_draft_makes_have_no_command() -> None:
    request = sign(sample("call.initiated"), KEY, timestamp=1_800_000_000, method="GET")
    assert (request.draft, Target().send(request)) == (None, "")


def test_the_curl_of_a_large_body_sends_the_same_bytes(runner: MakeRunner) -> None:
    made = runner(BAD["survives-large"].receiver)
    [finding] = run(made, "survives-large").findings
    shown = f"curl() {{ printf '%s\\n' \"$@\"; cat; }}; {finding.curl}"
    done = subprocess.run(["sh", "-c", shown], capture_output=True, timeout=20, check=True)
    words, body = done.stdout.split(b"https://localhost/\n")
    assert b"-H\ncontent-type: application/json\n--data-binary\n@-\n" in words
    assert body == b"0" * (3 << 19)


def delivered(url: str) -> Delivery:
    request = sign(sample("call.hangup"), KEY, timestamp=1_800_000_000)
    return Delivery((Attempt(request, url, None, 0.0),))


def test_commands_lead_to_the_receiver_and_hold_no_secret(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TOKEN", "sesame")
    target = Target(
        "https://staging.example.com/hook",
        hosts=("staging.example.com",),
        headers=("X-Env: staging", "X-Token: env:TOKEN"),
        ca_bundle="ca.pem",
    )
    delivery = delivered("https://staging.example.com/hook")
    access = (
        "--allow-host staging.example.com --header 'X-Env: staging' "
        "--header 'X-Token: env:TOKEN' --ca-bundle ca.pem"
    )
    assert target.send(delivery.request) == (
        f"telnyx-mock send call.hangup https://staging.example.com/hook {access}"
    )
    assert (
        target.replay("1.2") == f"telnyx-mock replay 1.2 https://staging.example.com/hook {access}"
    )
    assert target.curl(delivery).startswith(
        "curl -sS --cacert ca.pem -H 'X-Env: staging' -H \"X-Token: $TOKEN\" -i -X POST "
        "https://staging.example.com/hook"
    )


def test_what_no_command_sends_has_none() -> None:
    target = Target("shop:app", headers=("X-Env: staging",), in_process=True)
    nothing = Request((), b"{")
    assert (target.send(nothing), target.replay("")) == ("", "")
    assert target.curl(delivered("https://localhost/")) == ""


def test_a_command_with_a_long_text_gives_way_to_a_shorter_one() -> None:
    long = "telnyx-mock send call.initiated TARGET --set 'payload.caller_id_name=" + "x" * 500 + "'"
    texts = ("message", "200", "500", "why", "source", "fix")
    finding = Finding("rule", Severity.ERROR, "", *texts, reproduce=long)
    assert finding.command == long
    assert replace(finding, replay="telnyx-mock replay 1.2").command == "telnyx-mock replay 1.2"
