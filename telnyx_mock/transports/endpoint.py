"""Host, path and headers of a request, in the spellings that HTTP, ASGI and WSGI ask for."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import quote, unquote_to_bytes

from telnyx_mock.errors import UsageError
from telnyx_mock.payload.request import Headers, Request

__all__ = ["HOST", "Endpoint", "sent_headers", "wire_headers"]

HOST = "localhost"
"""The host of apps in process. Django's ALLOWED_HOSTS refuses the usual ``testserver``."""

_LEGAL = "/%:@!$&'()*+,;=~-._"


@dataclass(frozen=True, slots=True)
class Endpoint:
    """The host and path of an app, as in the address that Telnyx has of it.

    *raw_path* is percent-encoded, *query* is without the question mark.
    """

    host: str
    raw_path: bytes
    query: bytes

    @classmethod
    def of(cls, path: str, host: str = HOST) -> Endpoint:
        """Read *path*, with or without a query. Raises UsageError for a path without its slash."""
        if not path.startswith("/"):
            raise UsageError(f"The path {path!r} must start with '/', as in '/webhooks'.")
        plain, _, query = path.partition("?")
        return cls(
            host, quote(plain, safe=_LEGAL).encode(), quote(query, safe=_LEGAL + "?").encode()
        )

    @property
    def url(self) -> str:
        """The whole address, with https as Telnyx wants it in production."""
        query = f"?{self.query.decode()}" if self.query else ""
        return f"https://{self.host}{self.raw_path.decode()}{query}"

    @property
    def path(self) -> bytes:
        """The path with percent-encoding undone."""
        return unquote_to_bytes(self.raw_path)

    def query_of(self, request: Request) -> bytes:
        """The query of the address and that of *request*, joined."""
        return b"&".join(part for part in (self.query, request.query) if part)


def sent_headers(request: Request, host: str) -> Headers:
    """The headers as they go over a socket: with ``Host`` and ``Content-Length``, and values stripped.

    Names keep the casing of the request. A chunked body has no length.
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
    """The headers as a server passes them to an app: as sent, with names in lower case."""
    return tuple((name.lower(), value) for name, value in sent_headers(request, host))
