"""A call of the app to a service other than Telnyx, which the fake API accepts in its place."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit

_READS = ("GET", "HEAD", "OPTIONS")


@dataclass(frozen=True, slots=True)
class ServiceCall:
    """One call to another service: a request to *path* at *host*.

    A service carries out calls with the same *idempotency_key* once
    (https://datatracker.ietf.org/doc/draft-ietf-httpapi-idempotency-key-header/).
    """

    method: str
    host: str
    path: str
    idempotency_key: str | None = None

    @classmethod
    def read(cls, method: str, url: str, headers: Mapping[str, str]) -> ServiceCall:
        """Return the call in a request to *url*."""
        parts = urlsplit(url)
        known = {name.lower(): value for name, value in headers.items()}
        return cls(method.upper(), parts.hostname or "", parts.path, known.get("idempotency-key"))

    @property
    def is_effect(self) -> bool:
        """Whether the call changes something at the service, by its method."""
        return self.method not in _READS

    @property
    def name(self) -> str:
        """The method and the host, as in ``POST hooks.example.com``."""
        return f"{self.method} {self.host}"

    def __str__(self) -> str:
        return f"{self.method} {self.host}{self.path}"
