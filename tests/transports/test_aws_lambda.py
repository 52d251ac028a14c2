"""A Lambda handler gets events as from API Gateway, and its results become answers as there."""

from __future__ import annotations

import json

import pytest

from telnyx_mock.clock import SetClock
from telnyx_mock.errors import UsageError
from telnyx_mock.payload.request import Request
from telnyx_mock.transports.aws_lambda import LambdaReceiver
from telnyx_mock.transports.receiver import BODY_LIMIT, NoAnswer, NoAnswerReason

FORM = Request(((b"Content-Type", b"application/x-www-form-urlencoded"),), b"CallSid=v3%3Aa")


def received(request, *, base64=False, path="/"):
    """The event of a handler for *request*, decoded from JSON as at AWS."""
    seen = []
    receiver = LambdaReceiver(lambda event, context: seen.append(event), path, base64=base64)
    receiver.send(request, timeout=5)
    [event] = seen
    return json.loads(json.dumps(event))


def answered(result):
    return LambdaReceiver(lambda event, context: result).send(Request((), b"a"), timeout=5)


def test_the_event_has_the_form_of_an_http_api():
    request = Request(
        (
            (b"Content-Type", b"Application/JSON; charset=utf-8"),
            (b"Telnyx-Timestamp", b" 1\t"),
            (b"telnyx-timestamp", b"2"),
            (b"User-Agent", b"telnyx-webhooks"),
        ),
        '{"text": "\u00e4"}'.encode(),
        query=b"b=%20",
    )
    event = received(request, path="/h%C3%A4k?t=1")
    assert event["version"] == "2.0"
    assert event["rawPath"] == "/h%C3%A4k"
    assert event["rawQueryString"] == "t=1&b=%20"
    assert event["headers"] == {
        "host": "localhost",
        "content-type": "Application/JSON; charset=utf-8",
        "telnyx-timestamp": "1,2",
        "user-agent": "telnyx-webhooks",
        "content-length": "14",
    }
    assert (event["body"], event["isBase64Encoded"]) == ('{"text": "\u00e4"}', False)
    http = event["requestContext"]["http"]
    assert (http["method"], http["path"], http["userAgent"]) == (
        "POST",
        "/h\u00e4k",
        "telnyx-webhooks",
    )


@pytest.mark.parametrize(
    ("request_", "base64"),
    [(FORM, False), (Request((), b"CallSid=v3%3Aa"), False), (FORM, True)],
    ids=["a form", "no content type", "asked for"],
)
def test_a_body_that_is_binary_to_api_gateway_is_in_base64(request_, base64):
    event = received(request_, base64=base64)
    assert (event["body"], event["isBase64Encoded"]) == ("Q2FsbFNpZD12MyUzQWE=", True)


def test_json_is_in_base64_only_on_request(request_):
    assert received(request_)["body"] == '{"a": 1}'
    assert received(request_, base64=True)["body"] == "eyJhIjogMX0="


def test_an_empty_body_is_missing():
    assert "body" not in received(Request((), b"", method="GET"))


def test_the_answer_is_what_the_handler_returns():
    response = answered(
        {"statusCode": 401, "headers": {"Content-Type": "text/html", "X-N": 3}, "body": "no"}
    )
    assert (response.status, response.body, response.crash) == (401, b"no", None)
    assert response.headers == ((b"content-type", b"text/html"), (b"x-n", b"3"))
    assert 0 < response.elapsed < 60


@pytest.mark.parametrize(
    ("result", "status", "body"),
    [
        ({"statusCode": 204}, 204, b""),
        ({"statusCode": "200", "body": None, "headers": None}, 200, b""),
        ({"statusCode": 200, "body": "b2s=", "isBase64Encoded": True}, 200, b"ok"),
        ("ok", 200, b"ok"),
        ({"ok": True}, 200, b'{"ok": true}'),
        (None, 200, b"null"),
    ],
)
def test_missing_members_of_the_answer_are_inferred(result, status, body):
    response = answered(result)
    assert (response.status, response.body, response.crash) == (status, body, None)


@pytest.mark.parametrize(
    ("result", "said"),
    [
        ({"statusCode": 200, "body": {"ok": True}}, "API Gateway expects json.dumps(body)"),
        ({"statusCode": 99}, "the statusCode 99, which HTTP does not have"),
        ({"statusCode": "OK"}, "invalid literal for int()"),
        ({"statusCode": 200, "body": "a", "isBase64Encoded": True}, "base64"),
        ({1, 2}, "not JSON serializable"),
    ],
)
def test_a_result_that_api_gateway_cannot_use_is_a_500(result, said):
    response = answered(result)
    assert (response.status, response.body) == (500, b'{"message":"Internal Server Error"}')
    assert said in response.crash


@pytest.mark.parametrize("error", [KeyError("payload"), SystemExit(3)])
def test_an_exception_is_an_answer_of_500_with_its_traceback(request_, error):
    def handler(event, context):
        raise error

    response = LambdaReceiver(handler).send(request_, timeout=5)
    assert response.status == 500
    assert type(error).__name__ in response.crash
    assert "in send" not in response.crash


def test_the_context_has_the_time_that_is_left(request_):
    clock = SetClock(0)

    def handler(event, context):
        assert len(context.aws_request_id) == 36
        clock.advance(2)
        return context.get_remaining_time_in_millis()

    assert LambdaReceiver(handler, clock=clock).send(request_, timeout=5).body == b"28000"


def test_a_late_answer_is_a_timeout(request_):
    clock = SetClock(0)
    receiver = LambdaReceiver(lambda event, context: clock.advance(5.1), clock=clock)
    with pytest.raises(NoAnswer, match=r"took 5\.10 s, more than 5 s") as caught:
        receiver.send(request_, timeout=5)
    assert caught.value.reason is NoAnswerReason.TIMEOUT


def test_a_long_answer_is_truncated():
    response = answered("a" * (BODY_LIMIT + 1))
    assert (len(response.body), response.truncated) == (BODY_LIMIT, True)


def test_it_is_always_idle_and_sends_nothing_once_closed(request_):
    receiver = LambdaReceiver(lambda event, context: None, "/hook", "api.test")
    assert receiver.wait_until_idle(0)
    assert receiver.url == "https://api.test/hook"
    receiver.close()
    with pytest.raises(UsageError, match="is closed"):
        receiver.send(request_, timeout=5)
