"""Keeps copies of the project, so that no mutant ever stands in the project itself."""

from __future__ import annotations

import filecmp
import shutil
import subprocess
from pathlib import Path

from scripts.mutation.settings import ROOT


def make_tree(tree: Path) -> Path:
    """Make *tree* a copy of the project's files as they are now, and return it.

    Files that are the same already stay as they are, and so does their compiled code.
    """
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],  # noqa: S607
        cwd=ROOT,
        check=True,
        capture_output=True,
        text=True,
    )
    wanted = {name for name in listed.stdout.split("\0") if name and (ROOT / name).is_file()}
    present = {
        str(path.relative_to(tree))
        for path in tree.rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }
    for name in present - wanted:
        (tree / name).unlink()
    for name in wanted:
        copy = tree / name
        if name not in present or not filecmp.cmp(ROOT / name, copy, shallow=False):
            copy.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(ROOT / name, copy)
    return tree
