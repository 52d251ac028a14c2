"""What is in an answer: secrets and stack traces, which do not belong there, and documents."""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import Any

import pytest

from telnyx_mock.contract.engine.leaks import leaks
from telnyx_mock.contract.engine.result import Result
from telnyx_mock.contract.engine.runner import Runner
from telnyx_mock.contract.rules.registry import CONTRACT
from telnyx_mock.delivery import Attempt, Delivery
from telnyx_mock.payload.request import Headers as HeaderPairs
from telnyx_mock.payload.request import Request
from telnyx_mock.payload.webhook import webhook
from telnyx_mock.severity import Outcome, Severity
from telnyx_mock.transports.receiver import Response
from tests.receivers.bad_answers import SaysHtml, ShowsSettings, ShowsTraceback
from tests.receivers.correct import Receiver

MakeRunner = Callable[..., Runner]

UNSIGNED = Request((), b"{")


def run(made: Runner, check: str, subject: str = "") -> Result:
    return made.run(CONTRACT[check], subject)


def told(
    body: bytes = b"", headers: HeaderPairs = (), *, request: Request = UNSIGNED, crash: str = ""
) -> list[str]:
    """What an answer gives away."""
    response = Response(500, headers, body, 0.1, crash or None)
    return [*leaks(Delivery((Attempt(request, "http://localhost/", response, 0.1),)))]


# Stack traces

TRACES = {
    "a Python traceback": b'<pre>Traceback (most recent call last):\n  File "/app/a.py", line 3',
    "the debug page of Django": b"seeing this error because you have <code>DEBUG = True</code> in",
    "the debugger of Werkzeug": b"<title>KeyError: 'data' // Werkzeug Debugger</title>",
    "a Node.js stack trace": b"<pre>SyntaxError: Unexpected token<br> &nbsp; &nbsp;at parse "
    b"(/app/node_modules/body-parser/lib/types/json.js:92:19)</pre>",
    "a Java stack trace": b"\tat com.example.Hook.receive(Hook.java:41)\n",
    "a .NET stack trace": b"   at Hook.Receive(String body) in /src/Hook.cs:line 12\n",
    "a PHP stack trace": b"Stack trace:\n#0 /app/hook.php(12): verify()\n",
    "a Ruby backtrace": b"/app/hook.rb:12:in `block in <main>'",
    "a Go stack trace": b"goroutine 34 [running]:\nmain.hook()",
}


@pytest.mark.parametrize(("what", "body"), TRACES.items(), ids=lambda each: str(each)[:20])
def test_a_stack_trace_is_told_in_any_language(what: str, body: bytes) -> None:
    assert told(body) == [what]


@pytest.mark.parametrize(
    "body",
    [b"", b"Internal Server Error", b'{"detail": "signature at 12:30:15 does not match"}', b"OK"],
)
def test_an_answer_without_one_is_left_alone(body: bytes) -> None:
    assert told(body) == []


def test_a_trace_in_the_answer_to_telnyx_is_shown_to_no_stranger() -> None:
    request = Request((), b"{}", webhook=webhook("call.initiated"))
    assert told(TRACES["a Python traceback"], request=request) == []


def test_what_the_harness_says_of_a_crash_is_no_answer_of_the_app() -> None:
    assert told(crash="Traceback (most recent call last):\nKeyError: 'data'") == []


def test_an_answer_with_a_trace_is_a_warning(runner: MakeRunner) -> None:
    result = run(runner(ShowsTraceback), "answers-without-traces")
    [finding] = result.findings
    assert finding.severity is Severity.WARNING
    assert finding.message == (
        "call.initiated forged as signature-by-another-key was answered with a Python traceback."
    )
    assert "Traceback" in finding.answer


def test_a_crash_in_process_is_no_trace(runner: MakeRunner) -> None:
    class Crashes(Receiver):
        def refuse(self) -> int:
            raise LookupError("there is no such account")

    assert run(runner(Crashes), "answers-without-traces").findings == ()


def test_every_answer_of_the_run_is_looked_at(runner: MakeRunner) -> None:
    class TellsOfLength(ShowsTraceback):
        """It tells of a signature that has not its length."""

        length = 64

        def is_signed(self, message: bytes, signature: bytes) -> bool:
            self.length = len(signature)
            return super().is_signed(message, signature)

        def body(self) -> bytes:
            return self.story if self.length == 63 else b""

    made = runner(TellsOfLength)
    assert run(made, "answers-without-traces").findings == (), "it is not provoked by that"
    run(made, "refuses-signature-63-bytes", "json")
    [finding] = run(made, "answers-without-traces").findings
    assert finding.message.startswith("call.initiated forged as signature-63-bytes was answered")


# Secrets


def test_an_api_key_in_an_answer_is_an_error_and_is_not_told_again(runner: MakeRunner) -> None:
    made = runner(ShowsSettings)
    secret = os.environ["TELNYX_API_KEY"]
    result = run(made, "answers-without-secrets")
    assert result.outcome is Outcome.FAILED
    [finding] = result.findings
    assert finding.message.endswith("was answered with the secret TELNYX_API_KEY.")
    assert '"TELNYX_API_KEY": "[TELNYX_API_KEY]"' in finding.answer
    assert secret not in str(finding.to_json())


def test_a_secret_that_is_cut_off_in_the_report_is_not_told_in_part(
    runner: MakeRunner,
) -> None:
    class LongAnswer(Receiver):
        def body(self) -> bytes:
            return b"-" * 490 + os.environ["TELNYX_API_KEY"].encode()

    [finding] = run(runner(LongAnswer), "answers-without-secrets").findings
    assert finding.answer == "-" * 490 + "[TELNYX_AP"


def test_a_secret_is_found_in_headers_and_in_answers_to_telnyx(runner: MakeRunner) -> None:
    class Header(Receiver):
        def headers(self) -> list[tuple[bytes, bytes]]:
            return [(b"x-upstream", b"Bearer " + os.environ["TELNYX_API_KEY"].encode())]

    [finding] = run(runner(Header), "answers-without-secrets").findings
    assert finding.message == "call.initiated was answered with the secret TELNYX_API_KEY."


def test_a_short_key_stands_in_an_answer_by_chance(
    monkeypatch: pytest.MonkeyPatch, runner: MakeRunner
) -> None:
    monkeypatch.setenv("TELNYX_API_KEY", "none")
    result = run(runner(ShowsSettings), "answers-without-secrets")
    assert result.outcome is Outcome.SKIPPED
    assert "TELNYX_API_KEY is not set here" in result.note


# Documents


def answering(content_type: bytes | None, document: bytes) -> Any:
    class Answering(SaysHtml):
        def headers(self) -> list[tuple[bytes, bytes]]:
            return [] if content_type is None else [(b"Content-Type", content_type)]

        def body(self) -> bytes:
            return document

    return Answering


@pytest.mark.parametrize(
    ("content_type", "document"),
    [
        (b"application/xml", b"<Response/>"),
        (b"text/xml; charset=utf-8", b"<?xml version='1.0'?><Response/>"),
        (b"APPLICATION/XML", b"<Response/>"),
        (b"application/texml+xml", b"<Response/>"),
        (b"text/html", b""),
        (b"text/plain", b"OK"),
        (b"text/html", b"<html/>"),
        (None, b"OK"),
    ],
)
def test_a_document_with_its_type_and_what_is_no_document_are_left_alone(
    runner: MakeRunner, content_type: bytes | None, document: bytes
) -> None:
    made = runner(answering(content_type, document), "texml.http-request")
    result = run(made, "answers-xml-as-xml", "texml.http-request")
    assert (result.outcome, result.findings) == (Outcome.PASSED, ())


@pytest.mark.parametrize(
    ("content_type", "document", "words"),
    [
        (b"text/html; charset=utf-8", b"<?xml version='1.0'?>", "the content type text/html"),
        (b"application/json", b"\n  <Response/>", "the content type application/json"),
        (None, b"\xef\xbb\xbf<Response/>", "no content type"),
    ],
)
def test_a_document_of_another_type_is_a_warning(
    runner: MakeRunner, content_type: bytes | None, document: bytes, words: str
) -> None:
    made = runner(answering(content_type, document), "texml.http-request")
    result = run(made, "answers-xml-as-xml", "texml.http-request")
    [finding] = result.findings
    assert finding.severity is Severity.WARNING
    assert finding.message == (
        f"texml.http-request was answered with a TeXML document that has {words}."
    )
