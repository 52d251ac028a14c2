"""The key pair that signs the webhooks of a pytest run, and what to do if an app lacks its key."""

from __future__ import annotations

import traceback
from typing import TYPE_CHECKING

import pytest

from pytest_telnyx_mock.options import OPTIONS

if TYPE_CHECKING:  # the core loads when a test asks for it
    from telnyx_mock.errors import UsageError
    from telnyx_mock.signing.keys import KeyPair

_KEY = pytest.StashKey["KeyPair"]()


def key_of(config: pytest.Config) -> KeyPair:
    """Return the key pair of this run: the pair that the user named, or a new one per process.

    Raises UsageError if the pair that the user named cannot be read.
    """
    if _KEY not in config.stash:
        from telnyx_mock.signing.keys import KeyPair

        reference = config.stash[OPTIONS].settings.key
        config.stash[_KEY] = KeyPair.load(reference) if reference else KeyPair.generate()
    return config.stash[_KEY]


def lacks_key(error: Exception) -> bool:
    """Return whether the user's fixture failed with *error* for lack of a key in the environment."""
    from telnyx_mock.transports.configuration import missing_configuration
    from telnyx_mock.transports.environment import API_KEY, PUBLIC_KEY

    missing = missing_configuration("".join(traceback.format_exception(error)))
    return PUBLIC_KEY in missing or API_KEY in missing


def no_key(error: Exception) -> UsageError:
    """Return the sentence for the *error* of a fixture whose app lacks its key."""
    from telnyx_mock.errors import UsageError
    from telnyx_mock.transports.loading import place

    return UsageError(
        f"The app of the fixture telnyx_receiver finds no key: {type(error).__name__}: {error} "
        f"({place(error)}). Name the app in telnyx_app as well; then its keys are in the environment "
        "before a test file or a fixture imports it. Or write, before the fixture imports the app: "
        "monkeypatch.setenv('TELNYX_PUBLIC_KEY', telnyx_key.public_key)."
    )
