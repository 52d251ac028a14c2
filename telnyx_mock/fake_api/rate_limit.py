"""Adds the headers by which Telnyx tells a client how many requests it may still send.

Telnyx documents the headers, and no numbers
(https://developers.telnyx.com/development/api-fundamentals/reliability/rate-limiting). Those here never change, but
for an answer 429.
"""

from __future__ import annotations

from dataclasses import replace

from telnyx_mock.fake_api.answers import ApiAnswer

_LIMIT = 1000
_RESET = "1"
"""After how many seconds the limit begins anew."""


def with_rate_limit(made: ApiAnswer) -> ApiAnswer:
    """Return the answer *made* with the headers, unless it has them already."""
    given = {name.lower(): value for name, value in made.headers}
    is_exceeded = made.status == 429
    headers = {
        "x-ratelimit-limit": str(_LIMIT),
        "x-ratelimit-remaining": "0" if is_exceeded else str(_LIMIT - 1),
        "x-ratelimit-reset": given.get("retry-after", _RESET) if is_exceeded else _RESET,
    }
    more = [(name, value) for name, value in headers.items() if name not in given]
    return replace(made, headers=(*made.headers, *more))
