"""Sets the environment variables of an app under test: its public key, and an API key.

Set them before the app is imported: many apps read them at import.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager

__all__ = ["API_KEY", "DUMMY_API_KEY", "PUBLIC_KEY", "receiver_environment"]

PUBLIC_KEY = "TELNYX_PUBLIC_KEY"
API_KEY = "TELNYX_API_KEY"
"""The variables that the official SDK reads (``telnyx/_client.py``)."""

DUMMY_API_KEY = "KEY-of-telnyx-mock"
"""Used while no API key is set: the client of the SDK cannot be made without one."""


@contextmanager
def receiver_environment(public_key: str | None) -> Iterator[None]:
    """Set the public key (base64; None removes it), and an API key if none is set.

    The end of the ``with`` block restores both.
    """
    before = {name: os.environ.get(name) for name in (PUBLIC_KEY, API_KEY)}
    if public_key is None:
        os.environ.pop(PUBLIC_KEY, None)
    else:
        os.environ[PUBLIC_KEY] = public_key
    os.environ.setdefault(API_KEY, DUMMY_API_KEY)
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = value
