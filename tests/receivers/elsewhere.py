"""A receiver for a process of its own, with at most one fault, which only its commands show.

``python -m tests.receivers.elsewhere FAULT`` listens on PORT, and sends its commands to TELNYX_BASE_URL.
"""

from __future__ import annotations

import base64
import json
import os
import sys
import time
import urllib.request
from contextlib import suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from nacl.exceptions import BadSignatureError
from nacl.signing import VerifyKey

BEFORE_IT_VERIFIES, TWICE = "acts-before-it-verifies", "acts-twice"


class Elsewhere(BaseHTTPRequestHandler):
    """Answers each call once, whose webhook is genuine."""

    protocol_version = "HTTP/1.1"
    key: VerifyKey
    api: str
    fault: str

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["content-length"] or 0))
        genuine = self._is_genuine(body)
        if genuine or self.fault == BEFORE_IT_VERIFIES:
            self._handle(body)
        self.send_response(200 if genuine else 401)
        self.send_header("content-length", "0")
        self.end_headers()

    def _is_genuine(self, body: bytes) -> bool:
        stamp = self.headers.get("telnyx-timestamp", "")
        try:
            signature = base64.b64decode(
                self.headers.get("telnyx-signature-ed25519", ""), validate=True
            )
            self.key.verify(f"{stamp}|".encode() + body, signature)
            return abs(time.time() - int(stamp)) <= 300
        except (BadSignatureError, ValueError, OverflowError):
            return False

    def _handle(self, body: bytes) -> None:
        try:
            data = json.loads(body)["data"]
            event, call = data["event_type"], data["payload"]["call_control_id"]
        except (ValueError, LookupError, TypeError, RecursionError):
            return
        if event == "call.initiated":
            once = {} if self.fault == TWICE else {"command_id": str(data.get("id"))}
            self._command(f"calls/{call}/actions/speak", payload="Hello", voice="female", **once)

    def _command(self, path: str, **parameters: str) -> None:
        request = urllib.request.Request(
            f"{self.api}/{path}",
            json.dumps(parameters).encode(),
            {"authorization": "Bearer KEY", "content-type": "application/json"},
        )
        with suppress(OSError):  # the call goes on without it
            urllib.request.urlopen(request, timeout=1).close()

    def log_message(self, *_: object) -> None: ...


if __name__ == "__main__":
    Elsewhere.key = VerifyKey(base64.b64decode(os.environ["TELNYX_PUBLIC_KEY"]))
    Elsewhere.api = os.environ["TELNYX_BASE_URL"]
    Elsewhere.fault = sys.argv[1]
    ThreadingHTTPServer(("127.0.0.1", int(os.environ["PORT"])), Elsewhere).serve_forever()
