"""The commands that a finding gives show it again, and where none would there is none."""

from __future__ import annotations

import shlex
import subprocess
from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest
from click.testing import CliRunner

from telnyx_mock.cli import telnyx_mock
from telnyx_mock.contract.engine.finding import Finding
from telnyx_mock.contract.engine.result import Result
from telnyx_mock.contract.engine.runner import Runner
from telnyx_mock.contract.reproduce.target import Target
from telnyx_mock.contract.rules.registry import CONTRACT, subjects
from telnyx_mock.journal import FOLDER, Folder, Journal
from telnyx_mock.payload.draft import HEADER_CASES, Draft
from telnyx_mock.payload.layouts import layouts
from telnyx_mock.payload.webhook import sample
from telnyx_mock.severity import Outcome, Severity
from telnyx_mock.signing.keys import KeyPair
from telnyx_mock.signing.sign import sign
from telnyx_mock.transports.loading import open_target
from tests.receivers.bad import BAD

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
"""Checks whose findings show in one delivery."""

OF_SEVERAL = (
    "accepts-any-order",
    "idempotent-when-redelivered",
    "idempotent-when-concurrent",
    "handles-retry-after-failure",
    "survives-api-errors",
    "fails-closed",
    "survives-replay-exact",
)
"""Checks whose findings show only in several, or in a receiver that is set up otherwise."""


def finding_of(runner: Callable[..., Runner], check: str) -> Finding:
    """The first finding that *check* has about the receiver that is bad at it, in a journal."""
    receiver = BAD[check]
    name = f"{receiver.__module__}:{receiver.__name__}()"
    made = runner(name, *EVENTS)
    _, file = Folder(Path(FOLDER)).begin("")
    journal = Journal(
        file,
        target={"name": name, "path": "/", "key": ""},
        public_key=made.emulator.key.public_key,
    )
    made.emulator.journal = journal
    made.emulator.bind(made.emulator.receiver, partial(open_target, name))
    results = (made.run(CONTRACT[check], each) for each in subjects(CONTRACT[check], made.events))
    found = next(result for result in results if result.findings)
    journal.close()
    return Target(name, events=EVENTS).named_in(found, in_process=True).findings[0]


def exit_code(command: str) -> int:
    program, *words = shlex.split(command)
    assert program == "telnyx-mock"
    return CliRunner().invoke(telnyx_mock, words).exit_code


@pytest.mark.parametrize("check", ONE_OF_EACH_KIND)
def test_each_command_of_a_finding_shows_it_again(
    check: str,
    runner: Callable[..., Runner],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.chdir(tmp_path)
    finding = finding_of(runner, check)
    commands = [command for command in (finding.repeat, finding.replay) if command]
    assert commands
    assert finding.curl == "", "no curl leads to an app in process"
    assert [exit_code(command) for command in commands] == [1] * len(commands)


@pytest.mark.parametrize("check", OF_SEVERAL)
def test_what_one_delivery_does_not_show_is_shown_by_the_check_alone(
    check: str,
    runner: Callable[..., Runner],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.chdir(tmp_path)
    finding = finding_of(runner, check)
    assert (finding.replay, finding.curl, finding.delivery != "") == ("", "", True)
    assert finding.again == finding.repeat
    assert finding.again.endswith(f" --only {check}")
    assert exit_code(f"{finding.again} --examples 1 --no-journal --strict") == 1


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


def _lines(headers: object, body: bytes) -> int:
    assert isinstance(headers, tuple)
    return 1 + len(headers) + 1 + body.count(b"\n") + 1


def test_bytes_that_no_draft_makes_have_no_command() -> None:
    request = sign(sample("call.initiated"), KEY, timestamp=1_800_000_000, method="GET")
    assert (request.draft, Target().send(request)) == (None, "")


def named(target: Target, **commands: str) -> Finding:
    texts = ("message", "200", "500", "why", "source", "fix", commands["curl"])
    repeat, replay = commands.get("repeat", ""), commands.get("replay", "")
    finding = Finding("check", Severity.ERROR, "", *texts, repeat=repeat, replay=replay)
    result = Result("check", Severity.ERROR, "", outcome=Outcome.FAILED, findings=(finding,))
    return target.named_in(result, in_process=False).findings[0]


def test_the_curl_of_a_large_body_sends_the_same_bytes(runner: Callable[..., Runner]) -> None:
    made = runner(BAD["survives-large"])
    [finding] = made.run(CONTRACT["survives-large"], "").findings
    shown = f"curl() {{ printf '%s\\n' \"$@\"; cat; }}; {finding.curl}"
    done = subprocess.run(["sh", "-c", shown], capture_output=True, timeout=20, check=True)
    words, body = done.stdout.split(b"https://localhost/\n")
    assert b"-H\ncontent-type: application/json\n--data-binary\n@-\n" in words
    assert body == b"0" * (3 << 19)


def test_commands_lead_to_the_receiver_and_hold_no_secret(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TOKEN", "sesame")
    target = Target(
        "https://staging.example.com/hook",
        hosts=("staging.example.com",),
        headers=("X-Env: staging", "X-Token: env:TOKEN"),
        ca_bundle="ca.pem",
    )
    finding = named(
        target,
        curl="curl -sS -i -X POST https://staging.example.com/hook",
        repeat="telnyx-mock send call.hangup TARGET",
        replay="telnyx-mock replay 1.2",
    )
    ways = (
        "--allow-host staging.example.com --header 'X-Env: staging' "
        "--header 'X-Token: env:TOKEN' --ca-bundle ca.pem"
    )
    assert finding.repeat == f"telnyx-mock send call.hangup https://staging.example.com/hook {ways}"
    assert finding.replay == f"telnyx-mock replay 1.2 {ways}"
    assert finding.curl == (
        "curl -sS --cacert ca.pem -H 'X-Env: staging' -H \"X-Token: $TOKEN\" -i -X POST "
        "https://staging.example.com/hook"
    )


def test_what_has_no_command_is_given_none_by_the_receivers_name() -> None:
    finding = named(Target("shop:app", headers=("X-Env: staging",)), curl="")
    assert (finding.repeat, finding.replay, finding.curl) == ("", "", "")


def test_a_command_with_a_long_text_gives_way_to_a_shorter_one() -> None:
    long = "telnyx-mock send call.initiated TARGET --set 'payload.caller_id_name=" + "x" * 500 + "'"
    target = Target("shop:app")
    assert named(target, curl="", repeat=long, replay="telnyx-mock replay 1.2").again == (
        "telnyx-mock replay 1.2"
    )
    assert named(target, curl="", repeat=long).again.startswith("telnyx-mock send call.initiated")
