"""Sets the environment variables of an app under test: its public key, and an API key.

Set them before the app is imported: many apps read them at import.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager

PUBLIC_KEY = "TELNYX_PUBLIC_KEY"
API_KEY = "TELNYX_API_KEY"
"""The variables that the official SDK reads (``telnyx/_client.py``)."""

DUMMY_API_KEY = "KEY-of-telnyx-mock"
"""The API key if none is set. The client of the SDK cannot be created without an API key."""


@contextmanager
def receiver_environment(public_key: str | None) -> Iterator[None]:
    """Set the public key (base64; None removes it), and an API key if none is set.

    The end of the ``with`` block restores the public key and the API key.
    """
    with variables({PUBLIC_KEY: public_key, API_KEY: os.environ.get(API_KEY, DUMMY_API_KEY)}):
        yield


@contextmanager
def variables(values: Mapping[str, str | None]) -> Iterator[None]:
    """Set these environment variables within the ``with`` block. None removes a variable."""
    before = {name: os.environ.get(name) for name in values}
    _set(values)
    try:
        yield
    finally:
        _set(before)


def _set(values: Mapping[str, str | None]) -> None:
    for name, value in values.items():
        if value is None:
            os.environ.pop(name, None)
        else:
            os.environ[name] = value
