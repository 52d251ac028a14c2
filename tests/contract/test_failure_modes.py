"""The map of the ways in which receivers break is complete, and names checks that exist."""

from __future__ import annotations

from fnmatch import filter as matching

import pytest

from telnyx_mock.contract.failure_modes import FAILURE_MODES, FailureMode
from telnyx_mock.contract.rules.registry import CONTRACT
from tests.receivers.bad import BAD


def test_the_map_is_complete() -> None:
    assert [mode.number for mode in FAILURE_MODES] == list(range(1, 79))
    assert len({mode.failure for mode in FAILURE_MODES}) == 78


@pytest.mark.parametrize("mode", FAILURE_MODES, ids=lambda mode: str(mode.number))
def test_each_mode_is_judged_or_says_why_not(mode: FailureMode) -> None:
    assert mode.judged_by or mode.limit
    for pattern in mode.judged_by:
        assert matching(CONTRACT, pattern), f"no check is called {pattern}"


@pytest.mark.parametrize("mode", FAILURE_MODES, ids=lambda mode: str(mode.number))
def test_each_mode_that_is_judged_has_a_receiver_that_shows_it(mode: FailureMode) -> None:
    if mode.judged_by:
        assert set(mode.checks(CONTRACT)) & set(BAD)
