"""A delivery describes its outcome in words, and curl sends its bytes again."""

from __future__ import annotations

import json
import os
import subprocess
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest

from telnyx_mock.delivery import Attempt, Delivery
from telnyx_mock.emulator import Emulator
from telnyx_mock.errors import ReceiverFailure
from telnyx_mock.payload.request import SIGNATURE_HEADER, Request
from telnyx_mock.transports.app_kind import open_app
from telnyx_mock.transports.receiver import NoAnswerReason, Response

EMULATOR = Emulator()
GENUINE = EMULATOR.request("call.initiated", direction="outgoing")
URL = "https://localhost/hook"


def delivered(
    status: int | None,
    *,
    request: Request = GENUINE,
    body: bytes = b"",
    crash: str | None = None,
    url: str = URL,
) -> Delivery:
    """A delivery with an answer of this *status*; None for no answer."""
    response = None if status is None else Response(status, (), body, 0.25, crash)
    no_answer = NoAnswerReason.TIMEOUT if status is None else None
    return Delivery((Attempt(request, url, response, 0.25, no_answer),))


# Assertions


@pytest.mark.parametrize("status", [200, 202, 204, 299])
def test_a_2xx_is_accepted(status: int) -> None:
    delivery = delivered(status)
    assert delivery.assert_accepted() is delivery


@pytest.mark.parametrize("status", [400, 401, 404, 429])
def test_a_4xx_is_refused(status: int) -> None:
    delivery = delivered(status)
    assert delivery.assert_refused() is delivery


@pytest.mark.parametrize("status", [301, 401, 500, None])
def test_anything_but_a_2xx_is_not_accepted(status: int | None) -> None:
    with pytest.raises(ReceiverFailure, match=r"^call.initiated was not accepted\."):
        delivered(status).assert_accepted()


@pytest.mark.parametrize("status", [200, 302, 500, None])
def test_anything_but_a_4xx_is_not_refused(status: int | None) -> None:
    with pytest.raises(ReceiverFailure, match=r"^call.initiated was not refused\."):
        delivered(status).assert_refused()


def test_the_failure_of_a_genuine_webhook_that_was_refused() -> None:
    with pytest.raises(ReceiverFailure) as failure:
        delivered(401, body=b"  who are you?\n").assert_accepted()
    lines = str(failure.value).splitlines()
    assert lines[0] == "call.initiated was not accepted."
    assert lines[1].startswith("  sent      <Webhook call.initiated, ")
    assert lines[2:] == [
        "  answer    401 Unauthorized",
        "  expected  a 2xx answer: any other answer tells Telnyx to deliver the webhook again",
        "  body      who are you?",
    ]


def test_the_failure_of_a_forgery_that_was_accepted() -> None:
    forged = EMULATOR.request("call.initiated", forge="signature-empty")
    with pytest.raises(ReceiverFailure) as failure:
        delivered(200, request=forged).assert_refused()
    assert str(failure.value) == (
        "call.initiated forged as signature-empty was not refused.\n"
        "  sent      <Webhook call.initiated>\n"
        "  answer    200 OK\n"
        "  expected  a 4xx answer: anyone on the internet could have sent this request"
    )


def test_the_failure_of_a_request_without_a_webhook_names_its_method() -> None:
    with pytest.raises(ReceiverFailure) as failure:
        delivered(None, request=Request((), b"")).assert_refused()
    assert str(failure.value) == (
        "POST request was not refused.\n"
        "  answer    no answer (timeout) after 0.2 s\n"
        "  expected  a 4xx answer: anyone on the internet could have sent this request"
    )


def test_a_late_answer_is_shown_with_what_may_be_slow() -> None:
    with pytest.raises(ReceiverFailure, match="hint      Does the app load much with its first"):
        delivered(None).assert_accepted()
    with pytest.raises(ReceiverFailure) as failure:
        delivered(500).assert_accepted()
    assert "hint" not in str(failure.value)


def test_an_unknown_status_has_no_phrase() -> None:
    assert delivered(299).answer() == "299"


# The line of the app


async def fails(scope: dict[str, object], receive: object, send: object) -> None:
    assert scope["type"] == "http"
    raise ValueError("first line\nsecond line")  # the app's own line


async def fails_in_a_library(scope: dict[str, object], receive: object, send: object) -> None:
    assert scope["type"] == "http"
    try:
        int("x")
    except ValueError:
        json.loads(b"x")  # the app's own line, too


def line_of(comment: str) -> int:
    lines = Path(__file__).read_text(encoding="utf-8").splitlines()
    return next(number for number, line in enumerate(lines, 1) if line.endswith(f"# {comment}"))


def sent_to(app: object) -> Delivery:
    receiver = open_app(app)
    emulator = Emulator(receiver)
    try:
        return emulator.send("call.initiated")
    finally:
        emulator.unbind()
        receiver.close()


def test_a_crash_names_the_exception_and_the_line_of_the_app() -> None:
    line = line_of("the app's own line")
    assert sent_to(fails).answer() == (
        f"500 Internal Server Error (ValueError: first line at {os.path.relpath(__file__)}:{line})"
    )


def test_a_crash_in_a_library_names_the_line_that_called_it() -> None:
    line = line_of("the app's own line, too")
    answer = sent_to(fails_in_a_library).answer()
    assert answer == (
        "500 Internal Server Error (json.decoder.JSONDecodeError: Expecting value: line 1 column 1 "
        f"(char 0) at {os.path.relpath(__file__)}:{line})"
    )


def test_a_failed_assertion_has_the_whole_traceback() -> None:
    with pytest.raises(ReceiverFailure) as failure:
        sent_to(fails).assert_accepted()
    assert "  crash\n    Traceback (most recent call last):\n" in str(failure.value)
    assert str(failure.value).endswith("    ValueError: first line\n    second line")


def test_a_crash_without_a_traceback_is_shown_as_it_is() -> None:
    async def returns(scope: dict[str, object], receive: object, send: object) -> None:
        assert scope["type"] == "http"

    assert sent_to(returns).answer() == (
        "500 Internal Server Error (The app returned before its answer was complete.)"
    )


# The command for a shell


@dataclass
class Arrivals:
    """What a server on loopback was sent."""

    url: str = ""
    requests: list[tuple[str, str, dict[str, str], bytes]] = field(default_factory=list)


@pytest.fixture(scope="module")
def loopback() -> Iterator[Arrivals]:
    arrivals = Arrivals()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            headers = {name.lower(): value for name, value in self.headers.items()}
            arrivals.requests.append((self.command, self.path, headers, body))
            self.send_response(200)
            self.send_header("Content-Length", "0")
            self.end_headers()

        do_HEAD = do_POST  # noqa: N815

        def log_message(self, *_: object) -> None:
            pass

    with HTTPServer(("127.0.0.1", 0), Handler) as server:
        arrivals.url = f"http://127.0.0.1:{server.server_port}/hook"
        thread = threading.Thread(target=server.serve_forever, args=(0.02,))
        thread.start()
        yield arrivals
        server.shutdown()
        thread.join()


@pytest.fixture
def resend(loopback: Arrivals) -> Callable[[Request], tuple[str, str, dict[str, str], bytes]]:
    """Run the curl command of a request in a shell; what arrived."""

    def run(request: Request) -> tuple[str, str, dict[str, str], bytes]:
        command = delivered(200, request=request, url=loopback.url).curl()
        done = subprocess.run(["sh", "-c", command], capture_output=True, timeout=20, check=True)
        assert done.stdout.startswith(b"HTTP/1.0 200")
        return loopback.requests.pop()

    return run


@pytest.mark.parametrize(
    "body",
    [
        GENUINE.body,
        b'it\'s "quoted", `$(false)` $HOME \\n !',
        "Zoë\r\n\tSøren\n\n".encode(),
        b"@/etc/hostname",
        b"\xff\xfe\x00 binary\n",
        b"",
    ],
    ids=["JSON", "quotes", "text", "like a file", "binary", "empty"],
)
def test_curl_sends_the_same_bytes(
    resend: Callable[[Request], tuple[str, str, dict[str, str], bytes]], body: bytes
) -> None:
    sent = replace(GENUINE, body=body)
    method, path, headers, arrived = resend(sent)
    assert (method, path, arrived) == ("POST", "/hook", body)
    for name, value in sent.headers:
        assert headers[name.decode().lower()] == value.decode()


@pytest.mark.parametrize("value", [b"\xa0", "\uff11\uff12 % \\".encode(), b"179532298\xb2"])
def test_curl_sends_headers_that_are_not_ascii(
    resend: Callable[[Request], tuple[str, str, dict[str, str], bytes]], value: bytes
) -> None:
    _, _, headers, _ = resend(GENUINE.with_headers((b"telnyx-timestamp", value)))
    assert headers["telnyx-timestamp"].encode("latin-1") == value


def test_curl_adds_no_content_type(
    resend: Callable[[Request], tuple[str, str, dict[str, str], bytes]],
) -> None:
    _, _, headers, arrived = resend(GENUINE.with_headers((b"content-type", None)))
    assert arrived == GENUINE.body
    assert "content-type" not in headers


def test_curl_waits_for_no_body_after_head(
    resend: Callable[[Request], tuple[str, str, dict[str, str], bytes]],
) -> None:
    method, *_ = resend(Request((), b"", method="HEAD"))
    assert method == "HEAD"


def test_curl_sends_an_empty_header_and_omits_a_missing_one(
    resend: Callable[[Request], tuple[str, str, dict[str, str], bytes]],
) -> None:
    empty = GENUINE.with_headers((SIGNATURE_HEADER, b""))
    assert resend(empty)[2][SIGNATURE_HEADER.decode()] == ""
    missing = GENUINE.with_headers((SIGNATURE_HEADER, None))
    assert SIGNATURE_HEADER.decode() not in resend(missing)[2]


def test_curl_keeps_the_query(
    resend: Callable[[Request], tuple[str, str, dict[str, str], bytes]],
) -> None:
    assert resend(replace(GENUINE, query=b"a=1&b=%27"))[1] == "/hook?a=1&b=%27"
