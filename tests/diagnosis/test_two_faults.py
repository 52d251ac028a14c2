"""Receivers with two faults at once: the diagnosis names both, unless one hides the other."""

from __future__ import annotations

from typing import Any

import pytest

from telnyx_mock import contract
from telnyx_mock.diagnosis.diagnose import diagnose
from telnyx_mock.severity import Severity
from tests.receivers.faults import FAULTS
from tests.receivers.planted import PLANTED

PAIRS = (
    ("never verifies", "indexes client_state"),
    ("never verifies", "remembers no event"),
    ("verifies a signature only if there is one", "takes statistics that are null for an object"),
    ("verifies a signature only if there is one", "does not look at the age"),
    ("looks whether the signature has 64 bytes, and never verifies it", "takes the call for the event"),
    ("verifies only if there is a timestamp", "indexes the cost"),
    ("does not look at the age", "keeps names in a narrow column"),
    ("does not look at the age", "remembers no event"),
    ("accepts what is dated ahead, however far", "refuses events that it has no branch for"),
    ("allows ten minutes", "answers 201"),
    ("indexes the signature", "takes an error that is null for an object"),
    ("indexes the signature", "does not look at the age"),
    ("does not catch what decoding raises", "writes names down as ASCII"),
    ("takes any number of digits", "leaves errors of the API to the framework"),
    ("verifies what it parsed and wrote anew, not the bytes that came", "remembers no event"),
    ("verifies what it parsed and wrote anew, not the bytes that came", "indexes the statistics"),
    ("decodes a body before it verifies it", "says goodbye in a call that is over"),
    ("looks up the event in any JSON before it verifies it", "knows which calls are over, and fails at whatever comes after that"),
    ("fails at what it refuses", "takes the session for the event"),
    ("compares the content type with its parameters", "keeps the current call on the app"),
)  # fmt: skip

HIDDEN: dict[tuple[str, str], str] = {}
"""The pairs of which one fault is not named, and why."""


def named(pair: tuple[str, str]) -> set[str]:
    """The kinds of faults that the diagnosis names in a receiver that has both faults of the *pair*."""
    faults = [FAULTS[name] for name in pair]
    receiver: type[Any] = type("HasTwo", tuple(each.receiver for each in faults), {})
    events = dict.fromkeys(name for each in faults for name in each.events)
    found = contract.run(receiver, events=tuple(events), seed=3, deadline=9.0)
    return {
        each.kind.id for each in diagnose(found.results) if each.severity is not Severity.ADVICE
    }


@pytest.mark.long
@pytest.mark.parametrize("pair", PAIRS, ids=" and ".join)
def test_both_are_named(pair: tuple[str, str]) -> None:
    expected = {kind for name in pair for kind in PLANTED[name]}
    found = named(pair)
    assert (expected - found == set()) == (pair not in HIDDEN), (expected, found)
    assert found - expected == set()


def test_hardly_any_fault_hides_another() -> None:
    assert len(PAIRS) == 20
    assert len(HIDDEN) <= 2
