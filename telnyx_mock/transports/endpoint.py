"""The host, path and headers of a request, as HTTP, ASGI and WSGI expect them."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import quote, unquote_to_bytes

from telnyx_mock.errors import UsageError
from telnyx_mock.payload.request import Headers, Request

HOST = "localhost"
"""The host name of apps in this process. Django's ALLOWED_HOSTS refuses the common
``testserver``."""

_LEGAL = "/%:@!$&'()*+,;=~-._"


@dataclass(frozen=True, slots=True)
class Endpoint:
    """The host and path of an app, as in the address that a Telnyx account has for the app.

    *raw_path* is percent-encoded. *query* does not include the question mark.
    """

    host: str
    raw_path: bytes
    query: bytes

    @classmethod
    def of(cls, path: str, host: str = HOST) -> Endpoint:
        """Read *path*, which may have a query.

        Raises UsageError if *path* does not start with a slash.
        """
        if not path.startswith("/"):
            raise UsageError(f"The path {path!r} must start with '/', as in '/webhooks'.")
        plain, _, query = path.partition("?")
        return cls(
            host, quote(plain, safe=_LEGAL).encode(), quote(query, safe=_LEGAL + "?").encode()
        )

    @property
    def url(self) -> str:
        """The whole address. Its scheme is https, because Telnyx asks for https in production."""
        query = f"?{self.query.decode()}" if self.query else ""
        return f"https://{self.host}{self.raw_path.decode()}{query}"

    @property
    def path(self) -> bytes:
        """The path, with its percent-encoding decoded."""
        return unquote_to_bytes(self.raw_path)

    def query_of(self, request: Request) -> bytes:
        """Return the query of the address, followed by the query of *request*."""
        return b"&".join(part for part in (self.query, request.query) if part)


def sent_headers(request: Request, host: str) -> Headers:
    """Return the headers as a client sends them, with ``Host`` and ``Content-Length``.

    Names keep the casing of the request. Values lose blanks at both ends. A chunked body has no
    ``Content-Length``.
    """
    headers = [(name, value.strip(b" \t")) for name, value in request.headers]
    names = {name.lower() for name, _ in headers}
    if b"host" not in names:
        headers.insert(0, (b"host", host.encode()))
    is_framed = not names.isdisjoint((b"content-length", b"transfer-encoding"))
    if not is_framed and (request.body or request.method != "GET"):
        headers.append((b"content-length", str(len(request.body)).encode()))
    return tuple(headers)


def wire_headers(request: Request, host: str) -> Headers:
    """Return the headers as a server passes them to an app, with names in lower case."""
    return tuple((name.lower(), value) for name, value in sent_headers(request, host))
