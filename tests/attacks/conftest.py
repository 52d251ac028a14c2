"""Events to attack with: one of each family in a quick run, and all of them in a slow one."""

from __future__ import annotations

import pytest

from telnyx_mock.catalogue.registry import all_events

SIGNED = [event for event in all_events() if event.signed]
ONE_OF_EACH_FAMILY = [*{(event.family, event.root): event.name for event in SIGNED}.values()]
ALL = [event.name for event in SIGNED]


@pytest.fixture(
    params=[
        pytest.param(ONE_OF_EACH_FAMILY, id="one-of-each-family"),
        pytest.param(ALL, id="all", marks=pytest.mark.slow),
    ]
)
def signed_events(request: pytest.FixtureRequest) -> list[str]:
    """The names of the events; every family and every depth of envelope is among them."""
    chosen: list[str] = request.param
    return chosen
