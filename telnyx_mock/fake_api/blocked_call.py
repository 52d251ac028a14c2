"""A call of the app that was kept from leaving this machine, and what the user can do about it."""

from __future__ import annotations

import importlib.util
from dataclasses import dataclass

from telnyx_mock.provider_urls import API_HOST
from telnyx_mock.transports.allowlist import is_telnyx


def responses_installed() -> bool:
    """Return whether the extra ``requests``, which its interceptor needs, is installed."""
    return importlib.util.find_spec("responses") is not None


@dataclass(frozen=True, slots=True)
class BlockedCall:
    """A call by *client* to *host* that was blocked. ``str()`` says what the user can do."""

    host: str
    client: str

    @property
    def is_command(self) -> bool:
        """Whether the call was for Telnyx, so that the run does not see what the app wanted."""
        return is_telnyx(self.host)

    def __str__(self) -> str:
        blocked = f"A call by {self.client} to {self.host} was blocked"
        if "." not in self.host and ":" not in self.host:
            return f"A call by {self.client} to {self.host} failed: the name does not resolve here."
        if not self.is_command:
            return (
                f"{blocked}: a run keeps the app away from other machines. Mock this call yourself, "
                f"or permit it with --allow-host {self.host} (in pytest: --telnyx-allow-host)."
            )
        if self.host.rstrip(".").lower() != API_HOST:
            return (
                f"{blocked}: the fake API answers for {API_HOST} only, so mock this call yourself."
            )
        extra = " and requests"
        if not responses_installed():
            extra = ", and the library requests with the missing extra: pip install 'telnyx-mock[requests]'"
        return (
            f"{blocked}: the fake API catches httpx{extra}. For another client, serve it by --api PORT, and let "
            "your app call the address in TELNYX_BASE_URL: --env "
            "TELNYX_BASE_URL=http://127.0.0.1:PORT/v2. Or mock the calls yourself."
        )
