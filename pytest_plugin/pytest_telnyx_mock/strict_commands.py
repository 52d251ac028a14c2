"""Fails a test at a command that it does not expect, if a marker or a setting says so.

The module imports only the standard library and pytest until such a test ends.
"""

from __future__ import annotations

from collections.abc import Generator

import pytest

from pytest_telnyx_mock.catching import emulator_of
from pytest_telnyx_mock.key import key_of
from pytest_telnyx_mock.options import OPTIONS

MARKER = "telnyx_mock_strict_commands"

ABOUT = (
    f"{MARKER}(strict=True): the test fails if the app sends a command to Telnyx that the test does not expect: one "
    "that no assertion and no telnyx_api.expect() describes. With False, it does not, whatever the setting "
    "telnyx_strict_commands says."
)
"""How the marker is written, and what it does."""

_FIXTURES = ("telnyx_mock", "telnyx_api")


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call(item: pytest.Item) -> Generator[None]:
    """Look for unexpected commands once the test itself has passed."""
    yield
    if not _is_strict(item):
        return
    from telnyx_mock.errors import ReceiverFailure
    from telnyx_mock.visible import visible

    try:
        emulator_of(item.config, key_of(item.config)).api.assert_nothing_else()
    except ReceiverFailure as failure:
        raise pytest.fail.Exception(visible(str(failure)), pytrace=False) from None


def _is_strict(item: pytest.Item) -> bool:
    names = getattr(item, "fixturenames", ())
    if "telnyx_rule" in names or not any(name in names for name in _FIXTURES):
        return False
    mark = item.get_closest_marker(MARKER)
    if mark is None:
        return item.config.stash[OPTIONS].strict_commands
    return bool(mark.args[0]) if mark.args else bool(mark.kwargs.get("strict", True))
