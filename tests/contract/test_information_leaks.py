"""An answer that shows a secret of the receiver, or a stack trace to a stranger, is found."""

from __future__ import annotations

import os
import time

import pytest

from telnyx_mock.contract.engine.leaks import leaks
from telnyx_mock.contract.engine.reason import Why
from telnyx_mock.contract.engine.result import Outcome
from telnyx_mock.delivery import Attempt, Delivery
from telnyx_mock.payload.request import Headers as HeaderPairs
from telnyx_mock.payload.request import Request
from telnyx_mock.payload.webhook import webhook
from telnyx_mock.severity import Severity
from telnyx_mock.transports.receiver import Response
from tests.contract.conftest import MakeRunner, run
from tests.receivers.correct import Receiver
from tests.receivers.faults.answers import ShowsSettings, ShowsTraceback

UNSIGNED = Request((), b"{")


def leaked(
    body: bytes = b"", headers: HeaderPairs = (), *, request: Request = UNSIGNED, crash: str = ""
) -> list[str]:
    """What an answer shows that its reader should not see."""
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
    assert leaked(body) == [what]


@pytest.mark.parametrize(
    "body",
    [b"", b"Internal Server Error", b'{"detail": "signature at 12:30:15 does not match"}', b"OK"],
)
def test_an_answer_without_one_is_left_alone(body: bytes) -> None:
    assert leaked(body) == []


def test_a_trace_in_the_answer_to_a_genuine_webhook_is_no_leak() -> None:
    request = Request((), b"{}", webhook=webhook("call.initiated"))
    assert leaked(TRACES["a Python traceback"], request=request) == []


def test_a_traceback_that_the_harness_keeps_is_no_answer_of_the_app() -> None:
    assert leaked(crash="Traceback (most recent call last):\nKeyError: 'data'") == []


def test_an_answer_with_a_trace_is_a_warning(runner: MakeRunner) -> None:
    result = run(runner(ShowsTraceback), "answers-without-traces")
    [finding] = result.findings
    assert (finding.severity, finding.event) == (Severity.WARNING, "call.initiated")
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
    assert "--forge signature-63-bytes" in finding.command


# Secrets


def test_an_api_key_in_an_answer_is_an_error_and_is_not_told_again(runner: MakeRunner) -> None:
    made = runner(ShowsSettings)
    secret = os.environ["TELNYX_API_KEY"]
    result = run(made, "answers-without-secrets")
    assert result.outcome is Outcome.FAILED
    [finding] = result.findings
    assert '"TELNYX_API_KEY": "[hidden]"' in finding.answer
    assert secret not in str(finding.to_json())


def test_a_secret_that_is_cut_off_in_the_report_is_not_told_in_part(
    runner: MakeRunner,
) -> None:
    class LongAnswer(Receiver):
        def body(self) -> bytes:
            return b"-" * 490 + os.environ["TELNYX_API_KEY"].encode()

    [finding] = run(runner(LongAnswer), "answers-without-secrets").findings
    assert finding.answer == "-" * 490 + "[hidden]"


def test_a_secret_is_found_in_headers_and_in_answers_to_telnyx(runner: MakeRunner) -> None:
    class Header(Receiver):
        def headers(self) -> list[tuple[bytes, bytes]]:
            return [(b"x-upstream", b"Bearer " + os.environ["TELNYX_API_KEY"].encode())]

    [finding] = run(runner(Header), "answers-without-secrets").findings
    assert finding.command == "telnyx-mock send call.initiated TARGET"


def test_a_short_key_stands_in_an_answer_by_chance(
    monkeypatch: pytest.MonkeyPatch, runner: MakeRunner
) -> None:
    monkeypatch.setenv("TELNYX_API_KEY", "none")
    result = run(runner(ShowsSettings), "answers-without-secrets")
    assert result.outcome is Outcome.SKIPPED
    assert result.why is Why.SECRETS_UNKNOWN


@pytest.mark.parametrize("at_end", [False, True])
def test_a_trace_at_either_end_of_a_long_answer_is_found_soon(at_end: bool) -> None:
    trace, rest = TRACES["a Python traceback"], b"at " * 300_000
    started = time.process_time()
    assert leaked(rest + trace if at_end else trace + rest) == ["a Python traceback"]
    assert time.process_time() - started < 2
