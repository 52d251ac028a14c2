"""Programs in other languages that tests need: Node, npm, Java.

Where one is missing, tests are skipped; but not in CI (``CI`` is set), where a machine that lost it
would lose what the tests hold in silence.
"""

from __future__ import annotations

import os
import shutil
from typing import NoReturn

import pytest


def require_programs(*names: str) -> None:
    """Skip the test where one of the programs *names* is not installed."""
    for name in names:
        if shutil.which(name) is None:
            unavailable(f"{name} is not installed")


def unavailable(reason: str) -> NoReturn:
    """Skip the test for *reason*, or fail it in CI."""
    if os.environ.get("CI"):
        pytest.fail(f"{reason}; CI must run what is written for other languages")
    pytest.skip(reason)
