"""Sends requests to an AWS Lambda handler in this process, as the events of API Gateway.

The events have the payload format 2.0 of HTTP APIs, which function URLs use, too:
https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-integrations-lambda.html
"""

from __future__ import annotations

import json
import time
import uuid
from base64 import b64decode, b64encode
from typing import Any

from telnyx_mock.clock import SYSTEM_CLOCK, Clock
from telnyx_mock.patience import PATIENCE, Patience
from telnyx_mock.payload.request import Headers, Request
from telnyx_mock.transports import app_errors
from telnyx_mock.transports.app_receiver import AppReceiver, require_in_time
from telnyx_mock.transports.blocking import Blocks, not_longer_than
from telnyx_mock.transports.crash_text import traceback_of
from telnyx_mock.transports.endpoint import HOST, wire_headers
from telnyx_mock.transports.receiver import BODY_LIMIT, Response
from telnyx_mock.transports.signals import is_signal, showing_interrupts

_TEXT = ("text/", "application/json", "application/javascript", "application/xml")
"""Content types whose bodies arrive as text. All others are binary, even forms.

AWS documents only the word "binary". Somebody measured which types count as text:
 https://github.com/ministackorg/ministack/pull/766.
"""

_FAILED = b'{"message":"Internal Server Error"}'
"""The body with status 500 that API Gateway sends if a handler fails or its result is wrong."""

_GATEWAY_LIMIT = 30.0
"""Seconds that API Gateway waits for a handler of an HTTP API."""


class LambdaContext:
    """The context object that a handler receives, with the names and limits of AWS."""

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
        """Return how many milliseconds remain until API Gateway stops waiting."""
        return max(0, int((self._end - self._clock.monotonic()) * 1000))


class LambdaReceiver(AppReceiver):
    """A Lambda *handler* behind an API Gateway at *path*, which may have a query.

    The handler is called with an event and a context. API Gateway passes the body as text or in
    base64, depending on its content type. If *base64* is set, it passes each body in base64; a real
    gateway can be configured to do this. A handler that blocks is interrupted after
    ``Patience.blocked`` seconds, as a WSGI app is.
    """

    def __init__(
        self,
        handler: Any,
        path: str = "/",
        host: str = HOST,
        *,
        base64: bool = False,
        patience: Patience = PATIENCE,
        clock: Clock = SYSTEM_CLOCK,
    ) -> None:
        super().__init__(handler, path, host, clock=clock)
        self._base64 = base64
        self._patience = patience

    def send(self, request: Request, *, timeout: float) -> Response:
        """Send *request*; see :class:`telnyx_mock.transports.receiver.Receiver`.

        An exception in the handler, or a result that API Gateway cannot use, becomes an answer with
        status 500 and the traceback as ``crash``.
        """
        self._require_open()
        app_errors.watch()
        event = self._event(request)
        caught = app_errors.Caught()
        token = app_errors.CAUGHT.set(caught)
        crash: str | None = None
        started = self._clock.monotonic()
        try:
            with showing_interrupts(), not_longer_than(max(timeout, self._patience.blocked)):
                result = self.app(event, LambdaContext(self._clock))
            elapsed = self._clock.monotonic() - started
            status, headers, body = _answer(json.loads(json.dumps(result)))
        except Blocks as blocked:
            raise blocked.no_answer() from None
        except BaseException as error:
            if is_signal(error):
                raise
            elapsed = self._clock.monotonic() - started
            status, headers, body = 500, _JSON, _FAILED
            crash = traceback_of(error, skip=1)
        finally:
            app_errors.CAUGHT.reset(token)
        require_in_time(elapsed, timeout)
        truncated = len(body) > BODY_LIMIT
        logged = "\n".join(caught.logged) if status >= 400 else ""
        body = body[:BODY_LIMIT]
        return Response(status, headers, body, elapsed, crash, truncated, logged or None)

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
    """Return the status, headers and body that API Gateway takes from a handler's result.

    A result without ``statusCode`` becomes the body of an answer with status 200. Raises ValueError
    or TypeError if API Gateway would answer with status 500.
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
            f"The handler returned a body of type {type(body).__name__}; "
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
