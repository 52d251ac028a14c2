"""Reach an AWS Lambda handler in this process, with the events that API Gateway makes of requests.

The form is that of an HTTP API, payload format 2.0, which function URLs share:
https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-integrations-lambda.html
"""

from __future__ import annotations

import json
import time
import uuid
from base64 import b64decode, b64encode
from typing import Any

from telnyx_mock.clock import SYSTEM_CLOCK, Clock
from telnyx_mock.payload.request import Headers, Request
from telnyx_mock.transports import app_errors
from telnyx_mock.transports.app_receiver import AppReceiver, require_in_time
from telnyx_mock.transports.endpoint import HOST, wire_headers
from telnyx_mock.transports.receiver import BODY_LIMIT, Response

__all__ = ["LambdaContext", "LambdaReceiver"]

_TEXT = ("text/", "application/json", "application/javascript", "application/xml")
"""Content types whose bodies arrive as text. All others are binary, even forms.

AWS says no more than "binary"; measured at https://github.com/ministackorg/ministack/pull/766.
"""

_FAILED = b'{"message":"Internal Server Error"}'
"""The body of API Gateway's answer of 500 to a handler that fails or returns a wrong result."""

_GATEWAY_LIMIT = 30.0
"""Seconds that API Gateway waits for a handler of an HTTP API."""


class LambdaContext:
    """The context that a handler gets, with the names and limits of AWS."""

    function_name = "receiver"
    function_version = "$LATEST"
    invoked_function_arn = "arn:aws:lambda:us-east-1:123456789012:function:receiver"
    memory_limit_in_mb = "128"
    log_group_name = "/aws/lambda/receiver"
    log_stream_name = "telnyx-mock"
    identity = None
    client_context = None

    def __init__(self, clock: Clock) -> None:
        self.aws_request_id = str(uuid.uuid4())
        self._clock = clock
        self._end = clock.monotonic() + _GATEWAY_LIMIT

    def get_remaining_time_in_millis(self) -> int:
        """Milliseconds until API Gateway gives up."""
        return max(0, int((self._end - self._clock.monotonic()) * 1000))


class LambdaReceiver(AppReceiver):
    """A Lambda *handler*, called with event and context, behind *path* (which may hold a query).

    API Gateway passes a body on as text or in base64, by its content type. With *base64* it passes all
    bodies in base64, like a gateway that is configured so. A handler that blocks cannot be interrupted:
    it is late once it returns.
    """

    def __init__(
        self,
        handler: Any,
        path: str = "/",
        host: str = HOST,
        *,
        base64: bool = False,
        clock: Clock = SYSTEM_CLOCK,
    ) -> None:
        super().__init__(handler, path, host, clock=clock)
        self._base64 = base64

    def send(self, request: Request, *, timeout: float) -> Response:
        """Send *request*; see :class:`telnyx_mock.transports.receiver.Receiver`.

        An exception in the handler is an answer of 500 with its traceback as ``crash``; so is a
        result that API Gateway cannot make an answer of.
        """
        self._require_open()
        event = self._event(request)
        crash: str | None = None
        started = self._clock.monotonic()
        try:
            result = self.app(event, LambdaContext(self._clock))
            elapsed = self._clock.monotonic() - started
            status, headers, body = _answer(json.loads(json.dumps(result)))
        except (Exception, SystemExit) as error:
            elapsed = self._clock.monotonic() - started
            status, headers, body = 500, _JSON, _FAILED
            crash = app_errors.traceback_of(error, skip=1)
        require_in_time(elapsed, timeout)
        truncated = len(body) > BODY_LIMIT
        return Response(status, headers, body[:BODY_LIMIT], elapsed, crash, truncated)

    def _event(self, request: Request) -> dict[str, Any]:
        target = self._endpoint
        headers: dict[str, str] = {}
        for name, value in wire_headers(request, target.host):
            key, text = name.decode("latin-1"), value.decode("latin-1")
            headers[key] = f"{headers[key]},{text}" if key in headers else text
        now = self._clock.now()
        event: dict[str, Any] = {
            "version": "2.0",
            "routeKey": "$default",
            "rawPath": target.raw_path.decode(),
            "rawQueryString": target.query_of(request).decode("latin-1"),
            "headers": headers,
            "requestContext": {
                "accountId": "123456789012",
                "apiId": "telnyx-mock",
                "domainName": target.host,
                "domainPrefix": target.host.partition(".")[0],
                "http": {
                    "method": request.method,
                    "path": target.path.decode("utf-8", "replace"),
                    "protocol": "HTTP/1.1",
                    "sourceIp": "127.0.0.1",
                    "userAgent": headers.get("user-agent", ""),
                },
                "requestId": str(uuid.uuid4()),
                "routeKey": "$default",
                "stage": "$default",
                "time": time.strftime("%d/%b/%Y:%H:%M:%S +0000", time.gmtime(now)),
                "timeEpoch": int(now * 1000),
            },
            "isBase64Encoded": False,
        }
        if request.body:  # else the member is missing, not empty
            is_text = not self._base64 and headers.get("content-type", "").lower().startswith(_TEXT)
            event["isBase64Encoded"] = not is_text
            event["body"] = (
                request.body.decode(errors="replace")
                if is_text
                else b64encode(request.body).decode()
            )
        return event


_JSON: Headers = ((b"content-type", b"application/json"),)


def _answer(result: Any) -> tuple[int, Headers, bytes]:
    """Status, headers and body that API Gateway makes of a handler's result.

    A result without ``statusCode`` is the body of a 200. Raises ValueError or TypeError for a result
    that API Gateway answers with 500.
    """
    if not isinstance(result, dict) or "statusCode" not in result:
        text = result if isinstance(result, str) else json.dumps(result)
        return 200, _JSON, text.encode()
    status = int(result["statusCode"])
    if not 100 <= status <= 599:
        raise ValueError(f"The handler returned the statusCode {status}, which HTTP does not have.")
    body = result.get("body") or ""
    if not isinstance(body, str):
        raise TypeError(
            f"The handler returned a body that is not a string but a {type(body).__name__}; "
            "API Gateway expects json.dumps(body)."
        )
    headers = {"content-type": "text/plain;charset=UTF-8", **_lower(result.get("headers") or {})}
    return (
        status,
        tuple((name.encode(), str(value).encode()) for name, value in headers.items()),
        b64decode(body, validate=True) if result.get("isBase64Encoded") else body.encode(),
    )


def _lower(headers: dict[str, Any]) -> dict[str, Any]:
    return {name.lower(): value for name, value in headers.items()}
