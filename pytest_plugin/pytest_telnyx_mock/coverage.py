"""What of the catalogue the tests sent: counted where --telnyx-coverage asks for it.

Each worker of xdist counts for itself and hands its rows to the controller at its end.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import pytest

from pytest_telnyx_mock.options import OPTIONS

if TYPE_CHECKING:
    from telnyx_mock.generation.coverage import Coverage

__all__ = ["coverage_of", "lines", "pytest_sessionfinish", "pytest_testnodedown"]

_COVERAGE = pytest.StashKey["Coverage"]()
_OUTPUT = "telnyx_mock_coverage"


def coverage_of(config: pytest.Config) -> Coverage | None:
    """What counts in this process; None where nobody asked for it."""
    if not config.stash[OPTIONS].coverage:
        return None
    if _COVERAGE not in config.stash:
        from telnyx_mock.generation.coverage import Coverage

        config.stash[_COVERAGE] = Coverage()
    return config.stash[_COVERAGE]


def lines(config: pytest.Config) -> Iterator[str]:
    """What the terminal shows of it, where anything was sent; all of it with ``-v``."""
    coverage = config.stash.get(_COVERAGE, None)
    if coverage is not None and coverage.tried:
        yield from coverage.report(whole=config.get_verbosity() > 0)


def pytest_sessionfinish(session: pytest.Session) -> None:
    """A worker hands over what it counted."""
    output = getattr(session.config, "workeroutput", None)
    coverage = session.config.stash.get(_COVERAGE, None)
    if output is not None and coverage is not None:
        output[_OUTPUT] = coverage.rows()


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node: Any) -> None:
    """The controller adds what a worker handed over."""
    rows = getattr(node, "workeroutput", {}).get(_OUTPUT, ())
    coverage = coverage_of(node.config)
    if coverage is not None:
        coverage.add(rows)
