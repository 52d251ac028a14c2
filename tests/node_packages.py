"""What Node programs need: their packages, installed once, beside them, as they are pinned.

Where Node or the registry is missing, tests are skipped, but not in CI.
"""

from __future__ import annotations

import json
import shutil
import subprocess
import tempfile
from pathlib import Path

from tests.programs import require_programs, unavailable


def require_packages(folder: Path) -> None:
    """Install what the package.json in *folder* pins, unless it is there. Skips where that fails."""
    require_programs("node", "npm")
    if not _installed(folder):
        _install(folder)


def _installed(folder: Path) -> bool:
    pinned = json.loads((folder / "package.json").read_text())["dependencies"]
    packages = {name: folder / "node_modules" / name / "package.json" for name in pinned}
    return all(
        package.exists() and json.loads(package.read_text())["version"] == pinned[name]
        for name, package in packages.items()
    )


def _install(folder: Path) -> None:
    """Install in another place, and move it here in one step: other workers may be at it too."""
    with tempfile.TemporaryDirectory(dir=folder, prefix="node_modules.") as temporary:
        for name in ("package.json", "package-lock.json"):
            shutil.copy(folder / name, temporary)
        ran = subprocess.run(
            ["npm", "ci", "--no-audit", "--no-fund", "--ignore-scripts"],
            cwd=temporary,
            capture_output=True,
            text=True,
            timeout=90,
        )
        if ran.returncode != 0:
            last = ran.stderr.strip().splitlines()[-1:]
            unavailable(f"npm could not install {folder.name}: {' '.join(last)}")
        if not _installed(folder):
            shutil.rmtree(folder / "node_modules", ignore_errors=True)
            try:
                Path(temporary, "node_modules").rename(folder / "node_modules")
            except OSError:
                assert _installed(folder)  # another worker was quicker
