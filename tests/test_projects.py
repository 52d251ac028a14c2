"""Projects as users have them, each with the tests that its team would write from the documentation."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.neighbours import environment_with

pytestmark = [pytest.mark.long, pytest.mark.timeout(900)]  # a busy machine imports for long

PROJECTS = Path(__file__).parent / "projects"

PLUGINS = {"django_clinic": ["pytest-django"], "fastapi_calls": ["pytest-asyncio"]}
"""The plugins of pytest that a project needs."""


@pytest.mark.parametrize("name", sorted(each.name for each in PROJECTS.iterdir() if each.is_dir()))
def test_the_tests_of_a_project_pass(name: str, tmp_path: Path) -> None:
    project = shutil.copytree(PROJECTS / name, tmp_path / name)
    calm = ("--hypothesis-profile", "ci")  # no deadline for an example
    little_of_the_contract = ("-k", "not test_contract or accepts-sample or signature-missing")
    ran = subprocess.run(
        [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", *calm, *little_of_the_contract],
        cwd=project,
        env=environment_with(*PLUGINS.get(name, ())),
        capture_output=True,
        text=True,
    )
    assert ran.returncode == 0, ran.stdout + ran.stderr
    assert re.search(r"\d+ passed", ran.stdout)
    assert not re.search(r"skipped|warning", ran.stdout.splitlines()[-1])
