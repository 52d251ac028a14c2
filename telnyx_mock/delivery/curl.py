"""Writes a request as a curl command for a shell."""

from __future__ import annotations

import base64
import shlex
from collections.abc import Sequence

from telnyx_mock.payload.request import Request
from telnyx_mock.visible import visible


def curl(request: Request, url: str, options: Sequence[str] = ()) -> str:
    """Return a shell command that sends *request* to *url* with curl and its *options*."""
    if request.query:
        url += f"?{request.query.decode('ascii', 'replace')}"
    # With -X HEAD, curl waits for a body.
    method = ["-I"] if request.method == "HEAD" else ["-X", request.method]
    words = ["curl", "-sS", *options, "-i", *method, shlex.quote(url)]
    for name, value in request.headers:
        # curl omits a header for "Name:", and sends an empty one for "Name;".
        words += ["-H", _quoted(name + (b": " + value if value else b";"))]
    if not request.body:
        return " ".join(words)
    if request.header(b"content-type") is None:
        words += ["-H", "content-type:"]  # or curl declares a form
    text = request.body.decode(errors="backslashreplace")
    if text.startswith("@") or text.encode() != request.body or visible(text) != text:
        encoded = base64.b64encode(request.body).decode("ascii")
        return f"printf %s {encoded} | base64 -d | {' '.join(words)} --data-binary @-"
    return " ".join([*words, "--data-binary", shlex.quote(text)])


def _quoted(header: bytes) -> str:
    """Return *header* quoted for a shell. The result is printable ASCII: it suits any terminal."""
    if header.isascii() and header.decode().isprintable():
        return shlex.quote(header.decode("ascii"))
    octal = "".join(f"\\0{byte:03o}" for byte in header)
    return f"\"$(printf %b '{octal}')\""
