"""The command line, run in process, and scratch projects to run it in."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import partial
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from telnyx_mock.cli import progress, silent_run, telnyx_mock
from telnyx_mock.patience import PATIENCE
from tests.processes import environment

Run = Callable[..., Result]
Process = Callable[..., "subprocess.CompletedProcess[str]"]

REPOSITORY = Path(__file__).parents[2]

SHOP = '''
"""A receiver that does one thing wrong: it takes client_state for granted, and it may be absent."""

from tests.receivers.correct import Receiver, payload


class Shop(Receiver):
    def act(self, event):
        "from" in payload(event) and payload(event)["client_state"]
        return 200


app = Shop()
'''

PUBLIC_PEM = """\
-----BEGIN PUBLIC KEY-----
MCowBQYDK2VwAyEAGb9ECWmEzf6FQbrBZ9w7lshQhqowtrbLDFw4rXAxZuE=
-----END PUBLIC KEY-----
"""


@pytest.fixture
def run() -> Run:
    """Run ``telnyx-mock`` in this process, by the same path as from a shell.

    An app is imported anew each time, as it would be in a new process.
    """

    def run(*words: object, stdin: str | bytes | None = None) -> Result:
        forget_modules_of(Path.cwd())
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
            timeout=150,  # a busy machine takes long
        )

    return run


@pytest.fixture
def clean_environment() -> dict[str, str]:
    """The environment, without what the pytest that runs here has put into it."""
    storage = str(REPOSITORY / ".hypothesis")
    return environment(
        PYTHONPATH=str(REPOSITORY), TERM="xterm", HYPOTHESIS_STORAGE_DIRECTORY=storage
    )


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """The working directory: a project with the faulty receiver ``shop:app`` and with others."""
    (tmp_path / "shop.py").write_text(SHOP)
    (tmp_path / "broken_shop.py").write_text("raise RuntimeError('no database')\n")
    (tmp_path / "no_shop.py").write_text(
        "number = 3\n\n\ndef make():\n    raise OSError('no disk')\n"
    )
    (tmp_path / "aio.py").write_text(
        "from aiohttp import web\n\napp = web.Application()\n\n\ndef make():\n    return app\n"
    )
    (tmp_path / "client.py").write_text("import httpx\n\nclient = httpx.Client()\n")
    (tmp_path / "public.pem").write_text(PUBLIC_PEM)
    for name in ("TELNYX_PUBLIC_KEY", "TELNYX_API_KEY", "GITHUB_ACTIONS"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "path", [name for name in sys.path if name])
    yield tmp_path
    forget_modules_of(tmp_path)


@pytest.fixture(autouse=True)
def _no_progress(monkeypatch: pytest.MonkeyPatch) -> None:
    """Print no progress: on a busy machine, a run takes long enough for it."""
    monkeypatch.setattr(progress, "INTERVAL", 3600.0)


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let ``check`` wait for nothing between deliveries to a busy receiver."""
    patience = replace(PATIENCE, busy_retries=(0.0, 0.0, 0.0))
    monkeypatch.setattr(silent_run, "run", partial(silent_run.run, patience=patience))


def forget_modules_of(project: Path) -> None:
    """Let the modules of a scratch project be imported anew."""
    for name, module in list(sys.modules.items()):
        file = getattr(module, "__file__", None)
        if file and Path(file).parent == project != REPOSITORY:
            del sys.modules[name]
