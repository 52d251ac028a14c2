"""The command line, run in process, and scratch projects to run it in."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from telnyx_mock.cli import telnyx_mock

Run = Callable[..., Result]
Process = Callable[..., "subprocess.CompletedProcess[str]"]

REPOSITORY = Path(__file__).parents[2]

SHOP = '''
"""A receiver that does one thing wrong: it takes client_state for a text, and it may be null."""

from tests.receivers.correct import Receiver, payload


class Shop(Receiver):
    def act(self, event):
        payload(event).get("client_state", "").encode()
        return 200


app = Shop()
'''


@pytest.fixture
def run() -> Run:
    """Run ``telnyx-mock`` in this process, by the same path as from a shell."""

    def run(*words: object, stdin: str | bytes | None = None) -> Result:
        return CliRunner().invoke(telnyx_mock, [str(word) for word in words], input=stdin)

    return run


@pytest.fixture
def process(clean_environment: dict[str, str]) -> Process:
    """Run ``telnyx-mock`` in a process of its own."""

    def run(*words: object, **more: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", "telnyx_mock", *map(str, words)],
            env={**clean_environment, **more},
            capture_output=True,
            text=True,
            timeout=60,
        )

    return run


@pytest.fixture
def clean_environment() -> dict[str, str]:
    """The environment, without what the pytest that runs here has put into it."""
    prefixes = ("PYTEST_", "TELNYX_", "HYPOTHESIS_", "COV_", "NO_COLOR", "FORCE_COLOR")
    kept = {name: value for name, value in os.environ.items() if not name.startswith(prefixes)}
    return {**kept, "PYTHONPATH": str(REPOSITORY), "TERM": "xterm"}


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """The working directory: a project with the faulty receiver ``shop:app`` and with others."""
    (tmp_path / "shop.py").write_text(SHOP)
    (tmp_path / "broken_shop.py").write_text("raise RuntimeError('no database')\n")
    (tmp_path / "no_shop.py").write_text(
        "number = 3\n\n\ndef make():\n    raise OSError('no disk')\n"
    )
    for name in ("TELNYX_PUBLIC_KEY", "TELNYX_API_KEY"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "path", [name for name in sys.path if name])
    before = set(sys.modules)
    yield tmp_path
    for name in set(sys.modules) - before:
        if str(tmp_path) in str(getattr(sys.modules[name], "__file__", "")):
            del sys.modules[name]
    shutil.rmtree(tmp_path, ignore_errors=True)
