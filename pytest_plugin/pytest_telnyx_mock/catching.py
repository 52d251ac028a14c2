"""Catches the app's calls to Telnyx from the first use of a fixture until the process ends.

It also reports, at the end of the session, the calls that came after their test. The module imports
only the standard library and pytest until a test uses one of the fixtures.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import pytest

from pytest_telnyx_mock.coverage import coverage_of
from pytest_telnyx_mock.options import OPTIONS

if TYPE_CHECKING:
    from telnyx_mock.emulator import Emulator
    from telnyx_mock.signing.keys import KeyPair

CATCHING = frozenset(
    f"telnyx_{name}" for name in ("key", "mock", "api", "receiver", "failover_receiver", "probe")
)
"""The fixtures whose first use begins it, whoever defines them."""

_EMULATOR = pytest.StashKey["Emulator"]()
_CAUGHT = pytest.StashKey[bool]()
_LATE = pytest.StashKey[list[tuple[str, bool]]]()
_OUTPUT = "telnyx_mock_late"
_SHOWN = 20


def catch_calls(config: pytest.Config) -> None:
    """Catch all calls to Telnyx until the process ends, and mend what another mock has undone."""
    from telnyx_mock.fake_api import intercept

    config.stash[_CAUGHT] = True
    intercept()


def stay_between(config: pytest.Config, about: str) -> None:
    """Note that *about* is a test without our fixtures, and mend what mocks have undone."""
    if _CAUGHT in config.stash:
        catch_calls(config)
    if _EMULATOR in config.stash:
        config.stash[_EMULATOR].wait_between(about)


def emulator_of(config: pytest.Config, key: KeyPair) -> Emulator:
    """Return the emulator of this process; the first call makes it, with *key*."""
    if _EMULATOR not in config.stash:
        from telnyx_mock.emulator import Emulator

        journal = None
        if config.stash[OPTIONS].journal:
            from pytest_telnyx_mock.journal import journal_of

            journal = journal_of(config)
        config.stash[_EMULATOR] = Emulator(key=key, coverage=coverage_of(config), journal=journal)
    return config.stash[_EMULATOR]


def leave_to_controller(config: pytest.Config) -> None:
    """Send the late calls of a worker to the controller."""
    output = getattr(config, "workeroutput", None)
    if output is not None:
        output[_OUTPUT] = _late(config)


def take_from_worker(node: Any) -> None:
    """In the controller, add the late calls of a worker that has ended."""
    late = getattr(node, "workeroutput", {}).get(_OUTPUT, ())
    node.config.stash.setdefault(_LATE, []).extend((what, beside) for what, beside in late)


def lines(config: pytest.Config) -> Iterator[str]:
    """Yield what the terminal says about the calls that came after their test, or beside the tests."""
    late = [*_late(config), *config.stash.get(_LATE, [])]
    after = [what for what, is_beside in late if not is_beside]
    beside = [what for what, is_beside in late if is_beside]
    whose = "its test" if len(after) == 1 else "their tests"
    yield from _list(after, f"came after {whose}, and no test counts this:")
    yield from _list(beside, "came in tests that do not ask for telnyx_api:")


def _list(calls: list[str], sentence: str) -> Iterator[str]:
    if calls:
        from telnyx_mock.reports.amounts import count

        shown = list(dict.fromkeys(calls))
        yield f"{count(len(calls), 'command')} {sentence}"
        yield from (f"  {each}" for each in shown[:_SHOWN])
        if len(shown) > _SHOWN:
            yield f"  and {count(len(shown) - _SHOWN, 'other')}"


def _late(config: pytest.Config) -> list[tuple[str, bool]]:
    """Return what to say about each late call, and whether it came in a test without our fixtures."""
    emulator = config.stash.get(_EMULATOR, None)
    late = () if emulator is None else emulator.late_calls
    return [(str(each), each.period.is_between) for each in late]
