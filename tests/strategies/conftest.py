"""Events to draw from: all of them in a quick run, and each of them alone in a slow one."""

from __future__ import annotations

import pytest

from telnyx_mock.catalogue.registry import all_events

EVERY_EVENT = [event.name for event in all_events()]
ALONE = [pytest.param([name], id=name, marks=pytest.mark.slow) for name in EVERY_EVENT]


@pytest.fixture(params=[pytest.param(EVERY_EVENT, id="any-event"), *ALONE])
def names(request: pytest.FixtureRequest) -> list[str]:
    """The names of the events to draw from."""
    chosen: list[str] = request.param
    return chosen
