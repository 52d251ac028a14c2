"""Reads the address of a server: which host, which port, and what stands in the request."""

from __future__ import annotations

import ipaddress
import re
from dataclasses import dataclass
from urllib.parse import SplitResult, urlsplit

from telnyx_mock.errors import UsageError
from telnyx_mock.transports.allowlist import is_localhost

_PORTS = {"http": 80, "https": 443}
_NAME = re.compile(r"[a-z0-9_-]+(\.[a-z0-9_-]+)*\.?", re.IGNORECASE)
_BRACKETS = re.compile(r"\[[^\[\]]*\](:[0-9]*)?")
_LOOPBACK = ("::1", "127.0.0.1")


@dataclass(frozen=True, slots=True)
class HttpAddress:
    """A server: *scheme*, *host* as name resolution expects it, *port*, and its *path* with the query.

    *shown* is the host and port as they stand in the header ``Host``.
    """

    scheme: str
    host: str
    port: int
    path: str
    shown: str

    @classmethod
    def read(cls, url: str) -> HttpAddress:
        """Return the address that *url* is.

        Raises UsageError if it is none. No message contains a user name or password.
        """
        parts, port = _split(url)
        if parts.scheme not in _PORTS or not parts.hostname:
            raise UsageError(
                f"{_without_user(url)!r} is not an address; expected one such as "
                "http://localhost:8000/hook."
            )
        if "@" in parts.netloc:
            raise UsageError("An address must not hold a user name or password; leave them out.")
        if ("[" in parts.netloc or "]" in parts.netloc) and not _BRACKETS.fullmatch(parts.netloc):
            raise UsageError(
                f"{url!r} is not an address: after the brackets of a host, only a port or a path "
                "may follow, as in http://[::1]:8000/hook."
            )
        host = _host(parts.hostname, url)
        shown = f"[{host}]" if ":" in host else host
        query = f"?{parts.query}" if parts.query else ""
        return cls(
            parts.scheme,
            host,
            _PORTS[parts.scheme] if port is None else port,
            (parts.path or "/") + query,
            shown if port is None else f"{shown}:{port}",
        )

    @property
    def hosts(self) -> tuple[str, ...]:
        """The hosts to connect to in turn. The name ``localhost`` is never looked up."""
        return _LOOPBACK if is_localhost(self.host) else (self.host,)

    def at(self, path: str) -> str:
        """Return the URL of another *path* of the same server."""
        return f"{self.scheme}://{self.shown}{path}"


def _split(url: str) -> tuple[SplitResult, int | None]:
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError as error:
        raise _wrong(url, str(error)) from None
    if port == 0:
        raise _wrong(url, "no server can have the port 0")
    return parts, port


def _host(name: str, url: str) -> str:
    if ":" in name:
        try:
            ipaddress.IPv6Address(name)
        except ValueError as error:
            raise _wrong(url, str(error)) from None
        return name
    try:
        host = name.encode("idna").decode("ascii")
    except UnicodeError as error:
        raise _wrong(url, str(error)) from None
    if not _NAME.fullmatch(host):
        raise _wrong(url, "a character in its host is not allowed there")
    return host


def _wrong(url: str, why: str) -> UsageError:
    return UsageError(f"{_without_user(url)!r} is not an address: {why}.")


def _without_user(url: str) -> str:
    """Return *url* without what may be a user name and a password."""
    start, found, rest = url.partition("://")
    return f"{start}{found}{rest.rpartition('@')[2]}" if found else url.rpartition("@")[2]
