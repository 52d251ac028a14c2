"""For all tests: pytester, which only the topmost conftest may ask for; snapshots; checks that nothing is left.

Runs of pytest inside a test collect garbage thrice each, and what stays to the end need not be looked
through for that.
"""

from __future__ import annotations

import gc
import signal
import sys
import threading
from collections.abc import Callable, Iterator

import pytest
from hypothesis import settings

from telnyx_mock import hidden

Snapshot = Callable[[str, str], None]

pytest_plugins = ["pytester"]

collect_ignore = ["projects"]  # test_projects.py runs each in a process of its own

settings.register_profile("no deadline", settings(), deadline=None)  # the machine may be busy
settings.load_profile("no deadline")


def pytest_configure() -> None:
    """Take Ctrl-C as in a terminal: a shell lets what it runs in the background ignore it."""
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--update-snapshots", action="store_true", help="Write the snapshots, and compare nothing."
    )


@pytest.fixture
def snapshot(request: pytest.FixtureRequest) -> Snapshot:
    """Compare a text with the file of that name in ``snapshots/``, beside the test.

    Sentences stand there alone: other tests assert codes and data. After a change of wording, run
    ``pytest --update-snapshots`` and review the diff.
    """

    def compare(name: str, text: str) -> None:
        file = request.path.parent / "snapshots" / f"{name}.txt"
        if request.config.getoption("update_snapshots"):
            file.parent.mkdir(exist_ok=True)
            file.write_text(text, encoding="utf-8")
        held = file.read_text(encoding="utf-8")
        assert text.splitlines() == held.splitlines(), (
            "if the new words are meant: --update-snapshots"
        )

    return compare


def pytest_collection_finish() -> None:
    gc.freeze()


@pytest.fixture(autouse=True)
def _no_secret_is_left(monkeypatch: pytest.MonkeyPatch) -> None:
    """A secret stays one until its process ends, and the secret of a test may be a plain word."""
    monkeypatch.setattr(hidden, "SECRETS", hidden.Secrets())


@pytest.fixture(autouse=True)
def _no_guard_is_left() -> Iterator[None]:
    """Whoever opens the fake API closes it: the worker goes on to other tests."""
    yield
    answering = sys.modules.get("telnyx_mock.fake_api.answering")
    if answering is not None:
        left = answering.stop_all()
        assert left == [], "unbind the emulator"


@pytest.fixture(autouse=True, scope="module")
def _no_thread_is_left() -> Iterator[None]:
    """Each module ends its threads: a later test would wait for them, as for threads of its app."""
    yield
    others = [thread for thread in threading.enumerate() if thread is not threading.main_thread()]
    left = [thread for thread in others if not thread.name.startswith("telnyx-mock")]
    for thread in left:
        thread.join(5)
    assert [thread for thread in left if thread.is_alive()] == []
