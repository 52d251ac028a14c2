"""Apps behind a firewall that refuses everything after some refusals: a ban must not look like a verdict."""

from __future__ import annotations

from itertools import product
from typing import Any

from tests.hostile.case import Topic, app
from tests.receivers.correct import Headers, Receiver

FIREWALL = "a firewall? Allow this host, or lower --rate"


class Banning(Receiver):
    """It is correct"""

    limit = 0
    banned_with = 0

    def __init__(self) -> None:
        super().__init__()
        self.refusals = 0

    def handle(self, headers: Headers, body: bytes) -> int:
        if self.refusals >= self.limit:
            return self.banned_with
        status = super().handle(headers, body)
        self.refusals += 400 <= status < 500
        return status


class BanningWithoutAge(Banning):
    """It never looks at the age of a request"""

    def is_recent(self, age: float) -> bool:
        return True


class BanningWithoutKey(Banning):
    """It verifies nothing, and refuses only what is no webhook"""

    def verify(self, headers: Headers, body: bytes) -> None:
        pass


VERDICTS: dict[type[Banning], dict[str, Any]] = {
    Banning: {"exit": 3, "no_other_error": True, "says": (FIREWALL,)},
    BanningWithoutAge: {"exit": (1, 3), "says": (FIREWALL,), "finds": ()},
    BanningWithoutKey: {"exit": 1, "finds": ("refuses-headers-missing",)},
}

for (base, verdict), limit, status in product(VERDICTS.items(), (5, 20), (401, 403)):
    changes = {
        "__doc__": f"{base.__doc__}, and answers {status} to everything after {limit} refusals.",
        "__module__": __name__,
        "limit": limit,
        "banned_with": status,
    }
    made = type(f"{base.__name__}{limit}With{status}", (base,), changes)
    globals()[made.__name__] = made
    app(Topic.REFUSALS, quick=(limit, status) == (5, 403), **verdict)(made)
