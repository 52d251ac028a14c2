"""What an app under test finds in its environment: the public key to verify with.

Must be in place before the app is imported, since many read it there and then.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager

__all__ = ["API_KEY", "DUMMY_API_KEY", "PUBLIC_KEY", "receiver_environment"]

PUBLIC_KEY = "TELNYX_PUBLIC_KEY"
API_KEY = "TELNYX_API_KEY"
"""The names that the official SDK reads (``telnyx/_client.py``)."""

DUMMY_API_KEY = "KEY-of-telnyx-mock"
"""Stands in where no API key is set, since the SDK's client cannot be made without one."""


@contextmanager
def receiver_environment(public_key: str | None) -> Iterator[None]:
    """Set the public key (base64; None for none), and an API key where none is set.

    Both are put back at the end.
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
