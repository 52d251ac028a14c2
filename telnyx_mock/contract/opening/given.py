"""What the user gives to a library call, objects or names, as settings, a key pair and an environment."""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from telnyx_mock.settings import Settings, options
from telnyx_mock.signing.keys import KeyPair
from telnyx_mock.transports.environment import (
    added_variables,
    receiver_environment,
    variables,
    without_key,
)


def settings_of(**values: Any) -> Settings:
    """Return the settings with these *values*, and with a drawn seed if there is none.

    A list may stand for a tuple. An object in place of its name has none, and is empty there. Raises UsageError
    if a value is wrong.
    """
    for option in options(*values):
        value = values[option.field]
        if option.many:
            values[option.field] = tuple(value)
        elif option.kind is str and not isinstance(value, str):
            values[option.field] = ""
    if values["seed"] is None:
        values["seed"] = secrets.randbelow(2**32)
    return Settings(**values)


def key_pair(key: str | KeyPair) -> KeyPair:
    """Return the key pair that *key* is or names; a new one if it is empty. Raises UsageError."""
    if isinstance(key, KeyPair):
        return key
    return KeyPair.load(key) if key else KeyPair.generate()


@contextmanager
def app_environment(settings: Settings, pair: KeyPair) -> Iterator[None]:
    """Give an app in this process what it reads from the environment, inside the ``with`` block."""
    added = variables({**without_key(settings.key), **added_variables(settings.env)})
    with receiver_environment(pair.public_key), added:
        yield
