"""A Telnyx receiver on AWS Lambda, behind an HTTP API: answers calls with a TeXML document.

It acknowledges all other webhooks of the account, both TeXML forms and JSON.
"""

import base64
import os
import time
from typing import Any
from urllib.parse import parse_qs

from nacl.signing import VerifyKey

PUBLIC_KEY = VerifyKey(base64.b64decode(os.environ["TELNYX_PUBLIC_KEY"]))
TOLERANCE = 300  # seconds
GREETING = """\
<?xml version="1.0" encoding="UTF-8"?>
<Response>
  <Say voice="Polly.Amy">Thank you for calling. Nobody is in.</Say>
  <Hangup/>
</Response>
"""


def handler(event: dict[str, Any], context: object) -> dict[str, Any]:
    """Refuse forged requests; answer TeXML with a document; acknowledge the rest."""
    if event["requestContext"]["http"]["method"] != "POST":
        return {"statusCode": 405}
    headers = event["headers"]
    try:
        body = raw_body(event)
        verify(headers, body)
        if headers["content-type"].startswith("application/json"):
            return {"statusCode": 200}
        form = parse_qs(body.decode())
    except Exception:  # something is missing or malformed, so it is not from Telnyx
        return {"statusCode": 401}
    if "CallSid" not in form:
        return {"statusCode": 200}
    return {
        "statusCode": 200,
        "headers": {"content-type": "application/xml"},
        "body": GREETING,
    }


def raw_body(event: dict[str, Any]) -> bytes:
    """Return the bytes that Telnyx signed. API Gateway passes JSON as text, and forms in base64."""
    body = event.get("body", "")
    return base64.b64decode(body) if event["isBase64Encoded"] else body.encode()


def verify(headers: dict[str, str], body: bytes) -> None:
    """Raise an exception if Telnyx did not sign the request."""
    timestamp = headers["telnyx-timestamp"]
    signature = base64.b64decode(headers["telnyx-signature-ed25519"], validate=True)
    PUBLIC_KEY.verify(timestamp.encode() + b"|" + body, signature)
    if abs(time.time() - int(timestamp)) > TOLERANCE:
        raise ValueError("The timestamp is too old or too far ahead.")
