"""Says what to change in a test if an exception of the app shows that the test is set up wrongly."""

from __future__ import annotations

import re

from telnyx_mock.transports.configuration import NO_DATABASE, OTHER_HOST, OTHER_LOOP

LATE = (
    "Does the app load much with its first request, as Django its views, and the official SDK its "
    "webhooks? Load it at start-up: unwrap = telnyx.webhooks.unwrap"
)
"""What to do about an answer that came too late."""

_HINTS = (
    (
        rf"{OTHER_LOOP.pattern}|must be called from async context",
        "The app uses what belongs to another event loop. In an async test, write: "
        "await telnyx_mock.asend(...), acall(...), aconversation(...) and the like",
    ),
    (
        NO_DATABASE.pattern,
        "The app uses the database of Django. Mark the test: @pytest.mark.django_db",
    ),
    (
        OTHER_HOST.pattern,
        "Django does not serve the host {host}. Name one of ALLOWED_HOSTS: telnyx_host = HOST in "
        "pytest.ini, or --telnyx-host (on the command line --host).",
    ),
)
"""Patterns of exceptions, each with what to do. These are faults of the test, never of the app."""


def hint(error: str | None) -> str | None:
    """Return what to do about *error*, the traceback of an exception of the app; None if unknown."""
    for pattern, sentence in _HINTS:
        if error and (match := re.search(pattern, error)):
            return sentence.format(**match.groupdict())
    return None
