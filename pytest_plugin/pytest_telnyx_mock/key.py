"""The key pair that signs the webhooks of a pytest run."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from pytest_telnyx_mock.options import OPTIONS

if TYPE_CHECKING:  # the core loads when a test asks for it
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
