"""``telnyx-mock send`` and ``sample``: one webhook, now."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from urllib.parse import parse_qs

import pytest

from telnyx_mock.payload.request import Request
from telnyx_mock.signing.keys import KeyPair
from telnyx_mock.signing.verification import verify
from tests.cli.conftest import Run
from tests.processes import environment

CORRECT = "tests.receivers.correct:Receiver()"


def test_what_is_accepted_is_exit_0(run: Run) -> None:
    result = run("send", "call.initiated", CORRECT)
    assert (result.exit_code, result.stderr) == (0, "")
    assert result.stdout.startswith("call.initiated: 200 OK in ")


def test_what_is_refused_is_exit_1(run: Run) -> None:
    result = run("send", "call.initiated", "tests.receivers.faults.keys:OtherKey()")
    assert result.exit_code == 1
    assert result.stdout.startswith("call.initiated: 401 Unauthorized in ")


def test_a_crash_shows_its_traceback_apart_from_the_answer(run: Run, project: Path) -> None:
    result = run("send", "call.initiated", "shop:app", "--unset", "client_state")
    assert result.exit_code == 1
    assert "500 Internal Server Error" in result.stdout
    assert "Traceback" in result.stderr
    assert "Traceback" not in result.stdout


def test_an_app_that_ends_its_own_process_is_exit_2(tmp_path: Path) -> None:
    (tmp_path / "leaving.py").write_text(
        "import os\ndef app(environ, start_response):\n    os._exit(0)\n"
    )
    send = [sys.executable, "-m", "telnyx_mock", "send", "call.initiated", "leaving:app"]
    done = subprocess.run(
        send, cwd=tmp_path, env=environment(), capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == "telnyx-mock: The app ended its own process by os._exit(0).\n"


def test_a_forgery_that_is_refused_is_exit_0(run: Run) -> None:
    result = run("send", "call.initiated", CORRECT, "--forge", "signature-missing")
    assert result.exit_code == 0
    assert "401 Unauthorized" in result.stdout


def test_a_forgery_that_is_accepted_is_exit_1(run: Run) -> None:
    target = "tests.receivers.faults.signature:UnsignedIsFine()"
    assert run("send", "call.initiated", target, "--forge", "signature-missing").exit_code == 1


@pytest.mark.parametrize(
    ("target", "place"),
    [
        (["http://127.0.0.1:9/hook?a=1"], "/hook?a=1"),
        (["http://127.0.0.1:9", "--path", "/other"], "/other"),
        (["shop:app", "--path", "/third"], "/third"),
        ([], "/"),
    ],
)
def test_a_dry_run_names_the_place_that_it_would_go_to(
    target: list[str], place: str, run: Run
) -> None:
    result = run("send", "call.initiated", *target, "--dry-run")
    assert result.stdout.splitlines()[0] == f"POST {place} HTTP/1.1"


def test_a_dry_run_shows_what_is_added_but_no_secret(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TOKEN", "open-sesame")
    headers = ("--header", "X-Env:  staging ", "--header", "X-Token: env:TOKEN")
    result = run("send", "call.initiated", "--dry-run", *headers)
    head = result.stdout.partition("\n\n")[0].splitlines()
    assert head[-2:] == ["X-Env: staging", "X-Token: ..."]
    assert "open-sesame" not in result.output


def test_commands_that_follow_are_shown(run: Run) -> None:
    """Also those of work in the background, after the answer."""
    result = run("send", "call.initiated", "tests.receivers.correct:Queueing()")
    assert result.exit_code == 0
    assert "command: POST /v2/calls/v3:" in result.stdout
    assert "/actions/answer" in result.stdout


@pytest.mark.parametrize("event", ["call.initiated", "texml.http-request"])
def test_a_dry_run_prints_a_request_that_verifies(
    event: str, run: Run, project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("KEY", "11" * 32)
    result = run("send", event, "--dry-run", "--key", "env:KEY", "--path", "/hook")
    head, _, body = result.stdout_bytes.partition(b"\n\n")
    first, *lines = head.split(b"\n")
    assert first == b"POST /hook HTTP/1.1"
    headers = tuple((name, value) for name, _, value in (line.partition(b": ") for line in lines))
    request = Request(headers, body.removesuffix(b"\n"))
    now = float(request.header(b"telnyx-timestamp") or 0)
    assert verify(KeyPair.load("env:KEY").public_key, request, now=now).ok


def printed(run: Run, *words: str) -> dict[str, object]:
    result = run("sample", *words)
    assert (result.exit_code, result.stderr) == (0, "")
    data = json.loads(result.stdout)["data"]
    assert isinstance(data, dict)
    return data


def test_values_are_text_where_the_field_is_text_and_json_elsewhere(run: Run) -> None:
    words = ("--set", "parts=2", "--set", "text=3", "--set", "cc=[]", "--set", "sent_at=null")
    payload = printed(run, "message.received", *words)["payload"]
    assert isinstance(payload, dict)
    assert [payload[name] for name in ("parts", "text", "cc", "sent_at")] == [2, "3", [], None]


def test_quotes_make_a_text_of_what_would_be_null(run: Run) -> None:
    payload = printed(run, "message.received", "--set", 'text="null"')["payload"]
    assert isinstance(payload, dict)
    assert payload["text"] == "null"


def test_a_quotation_mark_at_both_ends_may_be_no_json(run: Run) -> None:
    payload = printed(run, "message.received", "--set", 'text="a" and "b"')["payload"]
    assert isinstance(payload, dict)
    assert payload["text"] == '"a" and "b"'


def test_a_field_is_left_out(run: Run) -> None:
    payload = printed(run, "call.initiated", "--unset", "client_state")["payload"]
    assert isinstance(payload, dict)
    assert "client_state" not in payload


def test_what_telnyx_would_not_send_is_sent_when_loose(run: Run) -> None:
    words = ("--set", "direction=sideways", "--set", "color=red", "--set", "tags=[", "--loose")
    payload = printed(run, "call.initiated", *words)["payload"]
    assert isinstance(payload, dict)
    assert [payload[name] for name in ("direction", "color", "tags")] == ["sideways", "red", "["]


def test_a_form_is_shown_a_field_a_line_and_raw_as_it_is_sent(run: Run) -> None:
    words = ("sample", "texml.http-request", "--set", "From=+13125550142")
    assert "From=+13125550142" in run(*words).stdout.splitlines()
    raw = run(*words, "--raw").stdout
    assert parse_qs(raw)["From"] == ["+13125550142"]
    assert not raw.endswith("\n")
