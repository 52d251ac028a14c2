"""Counts which events and values the tests sent, if --telnyx-coverage is given.

Each worker of xdist counts alone. When the worker ends, it passes its counts to the controller.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import pytest

from pytest_telnyx_mock.options import OPTIONS

if TYPE_CHECKING:
    from telnyx_mock.generation.coverage import Coverage

_COVERAGE = pytest.StashKey["Coverage"]()
_OUTPUT = "telnyx_mock_coverage"


def coverage_of(config: pytest.Config) -> Coverage | None:
    """Return the counter of this process, or None if --telnyx-coverage is not given."""
    if not config.stash[OPTIONS].coverage:
        return None
    if _COVERAGE not in config.stash:
        from telnyx_mock.generation.coverage import Coverage

        config.stash[_COVERAGE] = Coverage()
    return config.stash[_COVERAGE]


def lines(config: pytest.Config) -> Iterator[str]:
    """Yield the coverage lines for the terminal if a webhook was sent.

    With ``-v``, yield all lines.
    """
    coverage = config.stash.get(_COVERAGE, None)
    if coverage is not None and coverage.tried:
        yield from coverage.report(whole=config.get_verbosity() > 0)


def leave_to_controller(config: pytest.Config) -> None:
    """Send the counts of a worker to the controller."""
    output = getattr(config, "workeroutput", None)
    coverage = config.stash.get(_COVERAGE, None)
    if output is not None and coverage is not None:
        output[_OUTPUT] = coverage.rows()


def take_from_worker(node: Any) -> None:
    """In the controller, add the counts of a worker that has ended."""
    rows = getattr(node, "workeroutput", {}).get(_OUTPUT, ())
    coverage = coverage_of(node.config)
    if coverage is not None:
        coverage.add(rows)
