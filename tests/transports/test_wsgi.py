"""A WSGI app is called as in PEP 3333, in the calling thread."""

from __future__ import annotations

import itertools
import logging
import threading

import flask
import pytest

from telnyx_mock.clock import SetClock
from telnyx_mock.errors import UsageError
from telnyx_mock.payload.request import Request
from telnyx_mock.transports.receiver import BODY_LIMIT, NoAnswer, NoAnswerReason
from telnyx_mock.transports.wsgi import WsgiReceiver

OK = ("200 OK", [("X-A", "1"), ("X-A", "2")])


class Chunks(list):
    closed = 0

    def close(self):
        self.closed += 1


def test_the_environment_follows_pep_3333():
    seen = {}

    def app(environ, start_response):
        seen.update(environ, body=environ["wsgi.input"].read(), thread=threading.get_ident())
        start_response(*OK)
        return [b"o", b"k"]

    receiver = WsgiReceiver(app, "/h%C3%A4k?t=1", "app.test")
    sent = Request(
        (
            (b"Content-Type", b"text/plain"),
            (b"telnyx-timestamp", b" 1\t"),
            (b"Telnyx-Timestamp", b"2"),
            (b"telnyx_timestamp", b"3"),
        ),
        b"\xff{}",
        query=b"b=%20",
    )
    response = receiver.send(sent, timeout=5)
    assert (response.status, response.body, response.crash) == (200, b"ok", None)
    assert response.headers == ((b"X-A", b"1"), (b"X-A", b"2"))
    assert 0 < response.elapsed < 60
    assert seen["thread"] == threading.get_ident()
    assert seen["body"] == b"\xff{}"
    expected = {
        "REQUEST_METHOD": "POST",
        "SCRIPT_NAME": "",
        "PATH_INFO": "/h\u00c3\u00a4k",
        "QUERY_STRING": "t=1&b=%20",
        "CONTENT_TYPE": "text/plain",
        "CONTENT_LENGTH": "3",
        "SERVER_NAME": "app.test",
        "HTTP_HOST": "app.test",
        "HTTP_TELNYX_TIMESTAMP": "1, 2",
        "wsgi.url_scheme": "https",
    }
    assert {name: seen[name] for name in expected} == expected
    assert receiver.url == "https://app.test/h%C3%A4k?t=1"


def test_the_answer_is_closed_after_reading(request_):
    chunks = Chunks([b"a"])

    def app(environ, start_response):
        start_response(*OK)
        return chunks

    WsgiReceiver(app).send(request_, timeout=5)
    assert chunks.closed == 1


def test_an_answer_may_start_late_and_be_written(request_):
    def app(environ, start_response):
        write = start_response("202 Accepted", [])
        write(b"a")
        yield b"b"

    response = WsgiReceiver(app).send(request_, timeout=5)
    assert (response.status, response.body) == (202, b"ab")


def test_an_error_may_replace_an_answer_before_its_first_byte(request_):
    def app(environ, start_response):
        start_response(*OK)
        start_response("503 Busy", [], (KeyError, KeyError("x"), None))
        return [b""]

    response = WsgiReceiver(app).send(request_, timeout=5)
    assert (response.status, response.crash) == (503, None)


def test_an_exception_is_an_answer_of_500_with_traceback_and_log(request_, capsys):
    def app(environ, start_response):
        environ["wsgi.errors"].write("looking for the payload\n")
        raise KeyError("payload")

    response = WsgiReceiver(app).send(request_, timeout=5)
    assert (response.status, response.body) == (500, b"")
    assert "KeyError: 'payload'" in response.crash
    assert response.crash.endswith("looking for the payload\n")
    assert "in send" not in response.crash
    assert capsys.readouterr().err == "looking for the payload\n"


@pytest.mark.parametrize("error", [KeyError("late"), SystemExit(3)])
def test_an_exception_in_the_middle_of_the_answer_is_a_500(request_, error):
    closed = []

    def app(environ, start_response):
        start_response(*OK)
        try:
            yield b"a"
            raise error
        finally:
            closed.append(True)

    response = WsgiReceiver(app).send(request_, timeout=5)
    assert response.status == 500
    assert type(error).__name__ in response.crash
    assert closed


def test_flask_answers_500_itself_and_the_traceback_is_kept(request_, capsys):
    app = flask.Flask(__name__)

    @app.post("/")
    def hook():
        raise KeyError("payload")

    response = WsgiReceiver(app).send(request_, timeout=5)
    assert response.status == 500
    assert b"Internal Server Error" in response.body
    assert response.crash.count("KeyError: 'payload'") == 1


def test_a_deliberate_500_is_no_crash(request_):
    app = flask.Flask(__name__)

    @app.post("/")
    def hook():
        return "busy", 503

    response = WsgiReceiver(app).send(request_, timeout=5)
    assert (response.status, response.crash) == (503, None)


def test_an_exception_in_closing_is_logged_after_the_answer(request_, caplog):
    class Bad(list):
        def close(self):
            raise KeyError("close")

    def app(environ, start_response):
        start_response(*OK)
        return Bad([b"a"])

    with caplog.at_level(logging.ERROR):
        assert WsgiReceiver(app).send(request_, timeout=5).status == 200
    assert "KeyError: 'close'" in caplog.text


def test_an_endless_body_is_stopped_at_the_limit(request_):
    def app(environ, start_response):
        start_response(*OK)
        return itertools.repeat(b"x" * 70_000)

    response = WsgiReceiver(app).send(request_, timeout=5)
    assert (len(response.body), response.truncated) == (BODY_LIMIT, True)


def test_an_endless_empty_body_is_stopped_at_the_deadline(request_):
    def app(environ, start_response):
        start_response(*OK)
        return itertools.repeat(b"")

    with pytest.raises(NoAnswer) as caught:
        WsgiReceiver(app).send(request_, timeout=0.05)
    assert caught.value.reason is NoAnswerReason.TIMEOUT


def test_a_late_answer_is_a_timeout(request_):
    clock = SetClock(0)

    def app(environ, start_response):
        clock.advance(6)
        start_response(*OK)
        return [b""]

    with pytest.raises(NoAnswer, match=r"took 6\.00 s, more than 5 s") as caught:
        WsgiReceiver(app, clock=clock).send(request_, timeout=5)
    assert (caught.value.reason, caught.value.elapsed) == (NoAnswerReason.TIMEOUT, 6)


def late_body(environ, start_response):
    yield b"body"


def never(environ, start_response):
    return []


def twice(environ, start_response):
    start_response(*OK)
    start_response(*OK)
    return []


def bad_status(environ, start_response):
    start_response(200, [])
    return []


def nothing(environ, start_response):
    start_response(*OK)


def text_body(environ, start_response):
    start_response(*OK)
    return ["text"]


@pytest.mark.parametrize(
    ("app", "said"),
    [
        (late_body, "body before it called start_response"),
        (never, "without calling start_response"),
        (twice, "start_response twice"),
        (bad_status, "a status such as '200 OK', got 200"),
        (nothing, "an iterable of bytes, got None"),
        (text_body, "a body of bytes, got str"),
    ],
)
def test_breaking_the_protocol_is_a_crash_that_says_so(request_, app, said):
    response = WsgiReceiver(app).send(request_, timeout=5)
    assert response.status == 500
    assert said in response.crash
    assert "telnyx_mock" not in response.crash


def test_nothing_is_sent_after_closing(request_):
    receiver = WsgiReceiver(never)
    assert receiver.wait_until_idle(0)
    receiver.close()
    receiver.close()
    with pytest.raises(UsageError, match="is closed"):
        receiver.send(request_, timeout=5)


def test_a_chunked_body_has_no_length_and_is_read_all_the_same():
    app = flask.Flask(__name__)

    @app.post("/")
    def receive():
        assert "Content-Length" not in flask.request.headers
        return flask.request.get_data()

    sent = Request(((b"Transfer-Encoding", b"chunked"),), b"{}")
    assert WsgiReceiver(app).send(sent, timeout=5).body == b"{}"
