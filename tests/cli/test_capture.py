"""``telnyx-mock capture``: from a recording to samples that ``send`` takes."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from telnyx_mock.payload.layouts import encode
from telnyx_mock.payload.webhook import sample
from tests.cli.conftest import Run

CORRECT = "tests.receivers.correct:Receiver()"


def recorded(name: str, **payload: object) -> str:
    body = json.loads(json.dumps(sample(name).fresh().body))
    body["data"]["payload"].update(payload)
    return json.dumps(body)


def test_a_capture_becomes_samples_that_can_be_sent(run: Run, project: Path) -> None:
    lines = [recorded("call.initiated"), recorded("call.initiated"), recorded("message.received")]
    (project / "log.jsonl").write_text("\n".join(lines))
    result = run("capture", "log.jsonl")
    assert result.exit_code == 0, result.output
    files = result.output.split()
    assert files == [
        "captured/call.initiated-1.json",
        "captured/call.initiated-2.json",
        "captured/message.received-1.json",
    ]
    for file in files:
        sent = run("send", file, CORRECT)
        assert sent.exit_code == 0, sent.output
        assert run("send", file, CORRECT, "--forge", "signature-missing").exit_code == 0


def test_what_was_captured_before_stays(run: Run, project: Path) -> None:
    for number in (1, 2):
        result = run("capture", "-", "--out", "here", stdin=recorded("call.initiated"))
        assert result.output == f"here/call.initiated-{number}.json\n"


def test_what_the_catalogue_does_not_expect_is_told(run: Run, project: Path) -> None:
    """So its drift is seen where it begins: in what Telnyx really sends."""
    result = run("capture", "-", stdin=recorded("call.initiated", direction="sideways", mood="x"))
    assert result.exit_code == 0
    assert "warning: call.initiated-1.json: data.payload.direction must be one of" in result.output
    assert "There is no field 'mood'" in result.output


def test_an_event_that_nobody_knows_is_told(run: Run, project: Path) -> None:
    unknown = json.dumps({"data": {"event_type": "call.teleported", "payload": {}}})
    result = run("capture", "-", stdin=f"{unknown}\n{recorded('call.answered')}")
    assert result.exit_code == 3
    assert "There is no event 'call.teleported'" in result.output
    assert "captured/call.answered-1.json" in result.output


def test_forms_become_samples_that_can_be_sent(run: Run, project: Path) -> None:
    webhook = sample("texml.gather").fresh()
    form = encode(webhook.event, webhook.body).decode()
    result = run("capture", "-", stdin=json.dumps({"at": "12:00", "body": form}))
    assert (result.exit_code, result.output) == (0, "captured/texml.gather-1.json\n")
    sent = run("send", "captured/texml.gather-1.json", CORRECT)
    assert sent.exit_code == 0, sent.output


def test_lines_without_a_webhook_and_forms_that_tell_too_little_are_told(
    run: Run, project: Path
) -> None:
    lines = ["started", recorded("call.answered"), "x", "{}", "", "CallSid=CA1&Mood=good", "ended"]
    result = run("capture", "-", stdin="\n".join(lines))
    assert result.exit_code == 3
    assert " lines 1, 3-4, 7." in result.output
    assert "warning: Line 6: this form does not tell which event it is: " in result.output
    assert "captured/call.answered-1.json" in result.output


@pytest.mark.parametrize("content", [b"", b"\xff\xfe", b"StreamSid=1&RecordingSid=2"])
def test_where_there_is_no_webhook_there_is_a_sentence(
    run: Run, project: Path, content: bytes
) -> None:
    result = run("capture", "-", stdin=content)
    assert result.exit_code == 2
    assert "telnyx-mock: FILE holds no webhook" in result.stderr
    assert not (project / "captured").exists()


@pytest.mark.parametrize("content", ["[" * 200_000, '{"a":' * 5_000 + "1" + "}" * 5_000])
def test_what_is_nested_without_end_holds_no_webhook(run: Run, project: Path, content: str) -> None:
    (project / "deep.json").write_text(content)
    captured = run("capture", "deep.json")
    assert captured.stderr.startswith("telnyx-mock: FILE holds no webhook: ")
    sent = run("send", "deep.json", "--dry-run")
    assert sent.stderr.startswith("telnyx-mock: The file deep.json is not a webhook: ")
    assert (captured.exit_code, sent.exit_code) == (2, 2)


def test_a_byte_order_mark_is_no_part_of_it(run: Run, project: Path) -> None:
    content = b"\xef\xbb\xbf" + recorded("call.answered").encode()
    (project / "log.json").write_bytes(content)
    for file in ("log.json", "-"):
        result = run("capture", file, "--out", "here", stdin=content)
        assert result.exit_code == 0, result.output
    assert len(list((project / "here").iterdir())) == 2


def test_where_nothing_can_be_written_there_is_a_sentence(run: Run, project: Path) -> None:
    result = run("capture", "-", "--out", "/proc/self", stdin=recorded("call.initiated"))
    assert "/proc/self" in result.stderr
    assert "--out" in result.stderr
    assert (result.exit_code, result.stdout) == (2, "")


def test_values_are_not_set_in_a_file(run: Run, project: Path) -> None:
    run("capture", "-", stdin=recorded("call.initiated"))
    result = run("send", "captured/call.initiated-1.json", CORRECT, "--set", "from=1")
    assert result.exit_code == 2
    assert "edit captured/call.initiated-1.json itself" in result.output
