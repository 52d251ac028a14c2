"""Sets the environment variables of an app under test: its keys, and those that the user adds.

Set them before the app is imported: many apps read them at import.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager

from telnyx_mock.errors import UsageError
from telnyx_mock.hidden import hide

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


def without_key(reference: str) -> dict[str, str | None]:
    """Return the variable to remove if *reference* is ``env:NAME``: an app needs no private key."""
    scheme, _, name = reference.partition(":")
    return {name: None} if scheme == "env" else {}


_VARIABLE = re.compile(r"(?P<name>[A-Za-z_]\w*)=(?P<value>.*)", re.DOTALL)


def added_variables(texts: Iterable[str]) -> dict[str, str | None]:
    """Return the variables in *texts*, each ``NAME=VALUE``, or ``NAME=env:OTHER`` for a secret.

    Raises UsageError if a text is not of this form, or if the variable OTHER is not set. No error
    message contains a value.
    """
    added: dict[str, str | None] = {}
    for text in texts:
        match = _VARIABLE.fullmatch(text)
        if match is None:
            raise UsageError(
                "A variable is written as NAME=VALUE, or as NAME=env:OTHER for a secret."
            )
        name, value = match["name"], match["value"]
        if value.startswith("env:"):
            other = value.removeprefix("env:")
            if other not in os.environ:
                raise UsageError(
                    f"The environment has no variable {other} to read the value of {name} from."
                )
            value = os.environ[other]
            hide(value)
        if "\0" in value:
            raise UsageError(f"The value of {name} holds a NUL character.")
        added[name] = value
    return added
