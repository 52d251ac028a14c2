"""The GitHub action and the pre-commit hook do what they are for, as far as a machine without GitHub shows."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.processes import environment

pytestmark = pytest.mark.long

ROOT = Path(__file__).parents[1]
ACTION = yaml.safe_load((ROOT / "action.yml").read_text())
PATH = f"{Path(sys.executable).parent}:{os.environ['PATH']}"

FAULTY = """
from app import app as correct


async def app(scope, receive, send):
    if scope["type"] == "http":
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": b""})
    else:
        await correct(scope, receive, send)
"""


@pytest.fixture
def workspace(tmp_path: Path) -> Path:
    """What a job finds checked out: an app that keeps the contract, and one that verifies nothing."""
    folder = tmp_path / "checked out" / "backend"
    folder.mkdir(parents=True)
    shutil.copy(ROOT / "examples" / "fastapi_receiver" / "app.py", folder)
    (folder / "faulty.py").write_text(FAULTY)
    return folder.parent


def run(workspace: Path, inputs: dict[str, str]) -> subprocess.CompletedProcess[str]:
    """Run the last step of the action with these *inputs*, as a runner does."""
    given = {name: each["default"] for name, each in ACTION["inputs"].items()} | inputs
    assert set(given) == set(ACTION["inputs"])

    def filled(text: str) -> str:
        return re.sub(r"\$\{\{ inputs\.([\w-]+) \}\}", lambda match: given[match[1]], text)

    install, step = ACTION["runs"]["steps"]
    assert install["run"] == 'python -m pip install --quiet "$GITHUB_ACTION_PATH"'
    assert "${{" not in step["run"], "what a workflow passes must not become a part of the script"
    return subprocess.run(
        ["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", step["run"]],
        cwd=workspace / filled(step["working-directory"]),
        env=environment(
            PATH=PATH,
            GITHUB_ACTIONS="true",
            GITHUB_WORKSPACE=str(workspace),
            GITHUB_STEP_SUMMARY=str(workspace / "summary.md"),
            **{name: filled(text) for name, text in step["env"].items()},
        ),
        capture_output=True,
        text=True,
        timeout=100,
    )


def few(*more: str) -> str:
    """The options of a short run, as the action takes them, and *more*."""
    return " ".join(("--events call.initiated", "--only accepts-absent", *more))


@pytest.mark.parametrize("kind", ["github-actions", "github-workflows", "gitlab-ci"])
def test_the_files_keep_the_schemas_of_their_systems(kind: str) -> None:
    file = {
        "github-actions": ROOT / "action.yml",
        "github-workflows": ROOT / "examples" / "ci" / "github-actions.yml",
        "gitlab-ci": ROOT / "examples" / "ci" / "gitlab-ci.yml",
    }[kind]
    checked = subprocess.run(
        [sys.executable, "-m", "check_jsonschema", "--builtin-schema", f"vendor.{kind}", file],
        capture_output=True,
        text=True,
        timeout=100,
    )
    assert checked.returncode == 0, checked.stdout


def test_the_action_passes_a_correct_app(workspace: Path) -> None:
    inputs = {
        "target": "app:app",
        "path": "/webhooks",
        "working-directory": "backend",
        "sarif": "found here.sarif",
        "html": "page.html",
        "options": few("--exclude survives-*"),
    }
    result = run(workspace, inputs)
    assert result.returncode == 0, result.stdout + result.stderr
    assert "no fault found" in result.stdout
    assert (workspace / "summary.md").read_text().startswith("## ✅")
    log = json.loads((workspace / "backend" / "found here.sarif").read_text())
    assert log["runs"][0]["results"] == []
    assert (workspace / "backend" / "page.html").exists()


def test_the_action_fails_with_an_annotation(workspace: Path) -> None:
    inputs = {
        "target": "faulty:app",
        "working-directory": "backend",
        "options": "--events call.initiated --only refuses-signature-*",
    }
    result = run(workspace, inputs)
    assert result.returncode == 1, result.stdout + result.stderr
    commands = [line for line in result.stdout.splitlines() if line.startswith("::")]
    assert [command.partition(" ")[0] for command in commands] == ["::error"]
    assert (workspace / "summary.md").read_text().startswith("## ❌")


def test_the_action_runs_nothing_that_a_workflow_passes(workspace: Path) -> None:
    order = '$(touch owned)`touch owned`";touch owned;"'
    inputs = {name: order for name in ACTION["inputs"] if name != "working-directory"}
    assert run(workspace, inputs).returncode == 2
    assert not (workspace / "owned").exists()


def git(folder: Path, *words: str) -> None:
    who = ("-c", "user.name=x", "-c", "user.email=x@example.com")
    subprocess.run(["git", *who, *words], cwd=folder, check=True, capture_output=True, timeout=60)


def hook(project: Path, hooks: Path) -> subprocess.CompletedProcess[str]:
    words: list[Any] = ["try-repo", hooks, "telnyx-mock", "--all-files", "--verbose"]
    return subprocess.run(
        [sys.executable, "-m", "pre_commit", *words],
        cwd=project,
        env=environment(PATH=PATH, PRE_COMMIT_HOME=str(project.parent / "home")),
        capture_output=True,
        text=True,
        timeout=200,
    )


def test_the_hook_judges_the_app_of_the_settings(workspace: Path, tmp_path: Path) -> None:
    hooks, project = tmp_path / "hooks", workspace / "backend"
    hooks.mkdir()
    shutil.copy(ROOT / ".pre-commit-hooks.yaml", hooks)
    for folder in (hooks, project):
        git(folder, "init", "-q")
    git(hooks, "add", ".")
    git(hooks, "commit", "-qm", "hooks")
    settings = project / "pyproject.toml"
    text = '[tool.telnyx-mock]\npath = "/webhooks"\nevents = ["call.initiated"]\nonly = ["refuses-signature-*"]\n'
    settings.write_text(f'{text}target = "app:app"\n')
    git(project, "add", ".")
    passed = hook(project, hooks)
    assert passed.returncode == 0, passed.stdout + passed.stderr
    assert "no fault found" in passed.stdout
    settings.write_text(f'{text}target = "faulty:app"\n')
    git(project, "add", ".")
    failed = hook(project, hooks)
    assert failed.returncode == 1
    assert "exit code: 1" in failed.stdout
    assert "error 1" in failed.stdout
    assert not (project / ".telnyx-mock").exists()
