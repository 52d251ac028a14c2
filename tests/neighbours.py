"""Other plugins of pytest that our users have, each in a folder of its own.

Pytest loads every plugin that is installed, so each would change all runs of our own tests. A test
gives some folders to a process instead. They are installed once, as pyproject.toml pins them. Where
the registry is missing, tests are skipped; but not in CI (``CI`` is set).
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
import tomllib
from pathlib import Path

import pytest

from tests.processes import environment

ROOT = Path(__file__).parents[1]
FOLDER = ROOT / ".neighbours"
NEEDED = {"pytest-trio": ("trio", "outcome")}
"""What a plugin needs that others must not meet: httpcore loads trio wherever it is installed."""


def environment_with(*plugins: str, **more: str) -> dict[str, str]:
    """Return the environment of a process in which pytest finds these *plugins*."""
    names = [name for plugin in plugins for name in (plugin, *NEEDED.get(plugin, ()))]
    paths = [str(folder(name)) for name in names]
    given = os.environ.get("PYTHONPATH")
    return environment(PYTHONPATH=os.pathsep.join([*paths, *([given] if given else [])]), **more)


def folder(name: str) -> Path:
    """Return the folder of a distribution, which is installed there if need be."""
    groups = tomllib.loads((ROOT / "pyproject.toml").read_text())["dependency-groups"]
    pinned = next(each for each in groups["neighbours"] if each.startswith(f"{name}=="))
    wanted = FOLDER / pinned
    if not wanted.exists():
        _install(pinned, wanted)
    return wanted


def _install(pinned: str, wanted: Path) -> None:
    """Install in another place, and move it here in one step: other workers may be at it too."""
    FOLDER.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory(dir=FOLDER) as temporary:
        made = Path(temporary, "made")
        words = ["install", "--quiet", "--no-deps", "--target", str(made), pinned]
        ran = subprocess.run(
            [sys.executable, "-m", "pip", *words], capture_output=True, text=True, timeout=90
        )
        if ran.returncode != 0:
            last = " ".join(ran.stderr.strip().splitlines()[-1:])
            reason = f"pip could not install {pinned}: {last}"
            if os.environ.get("CI"):
                pytest.fail(f"{reason}; CI must run what is written for it")
            pytest.skip(reason)
        try:
            made.rename(wanted)
        except OSError:
            assert wanted.exists()  # another worker was quicker
        shutil.rmtree(made, ignore_errors=True)
