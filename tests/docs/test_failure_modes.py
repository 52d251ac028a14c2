"""The list of failure modes is complete, and names rules that exist and receivers that show it."""

from __future__ import annotations

from fnmatch import filter as matching

from scripts.reference.failure_modes import FAILURE_MODES, NEW
from telnyx_mock.contract.rules.registry import CONTRACT
from telnyx_mock.diagnosis.kinds import KINDS
from tests.receivers.faults import BAD


def test_the_list_is_complete() -> None:
    assert [mode.number for mode in FAILURE_MODES] == list(range(1, 79))
    assert len({mode.failure for mode in FAILURE_MODES}) == 78


def test_each_mode_names_rules_or_says_why_none_finds_it() -> None:
    assert [mode.number for mode in FAILURE_MODES if not (mode.found_by or mode.limit)] == []


def test_every_pattern_matches_a_rule() -> None:
    patterns = {pattern for mode in FAILURE_MODES for pattern in mode.found_by}
    assert {pattern for pattern in patterns if not matching(CONTRACT, pattern)} == set()


def test_each_mode_that_rules_find_has_a_receiver_that_shows_it() -> None:
    found = [mode for mode in FAILURE_MODES if mode.found_by]
    assert [mode.number for mode in found if not set(mode.rules(CONTRACT)) & set(BAD)] == []


def test_each_kind_of_fault_is_named_for_a_mode_or_new() -> None:
    named = {kind for mode in FAILURE_MODES for kind in mode.named}
    assert all(mode.named for mode in FAILURE_MODES)
    assert named | set(NEW) == set(KINDS)
    assert named & set(NEW) == set()
