"""The key pair that the webhooks of a pytest run are signed with."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from pytest_telnyx_mock.options import OPTIONS

if TYPE_CHECKING:  # the core loads when a test asks for it
    from telnyx_mock.signing.keys import KeyPair

__all__ = ["key_of"]

_KEY = pytest.StashKey["KeyPair"]()


def key_of(config: pytest.Config) -> KeyPair:
    """The key pair of this run: the one that was named, or a new one for each process.

    Raises UsageError where the one that was named cannot be had.
    """
    if _KEY not in config.stash:
        from telnyx_mock.signing.keys import KeyPair

        reference = config.stash[OPTIONS].settings.key
        config.stash[_KEY] = KeyPair.load(reference) if reference else KeyPair.generate()
    return config.stash[_KEY]
