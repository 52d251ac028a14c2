"""The CI files of the examples run as they stand, against an app and against a server."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest
import yaml

from telnyx_mock.signing.keys import KeyPair
from tests.processes import environment
from tests.test_real_server import serving

pytestmark = pytest.mark.slow

EXAMPLES = Path(__file__).parents[1] / "examples"
GITHUB = yaml.safe_load((EXAMPLES / "ci" / "github-actions.yml").read_text())
GITLAB = yaml.safe_load((EXAMPLES / "ci" / "gitlab-ci.yml").read_text())

QUICK = {"TELNYX_MOCK_EVENTS": "call.initiated", "TELNYX_MOCK_EXAMPLES": "2"}
"""One event instead of all, said in the environment, which the options of a job go before."""


@pytest.fixture
def workspace(tmp_path: Path) -> Path:
    """What a job finds checked out: an app that keeps the contract."""
    folder = tmp_path / "checked-out"
    folder.mkdir()
    shutil.copy(EXAMPLES / "fastapi_receiver" / "app.py", folder)
    return folder


@pytest.fixture
def account(workspace: Path, tmp_path: Path) -> Iterator[dict[str, str]]:
    """The variables and secrets of a repository whose staging is a server on this machine."""
    file = tmp_path / "staging.key"
    pair = KeyPair.generate()
    pair.save(file)
    with serving("app:app", workspace, pair.public_key, tmp_path / "log") as address:
        yield {
            "TELNYX_STAGING_URL": f"{address}/webhooks",
            "TELNYX_STAGING_HOST": "127.0.0.1",
            "TELNYX_STAGING_KEY": file.read_text().strip(),
        }


def run(lines: list[str], folder: Path, variables: Mapping[str, str]) -> str:
    """Run *lines* as a CI does, one shell after the other, but for what installs; their output."""
    path = f"{Path(sys.executable).parent}:{os.environ['PATH']}"
    assert [line for line in lines if line.startswith("pip install")] == lines[:1]
    printed = ""
    for line in lines[1:]:
        result = subprocess.run(
            ["bash", "-eo", "pipefail", "-c", line],
            cwd=folder,
            env=environment(**{"PATH": path, "NO_COLOR": "1", **variables, **QUICK}),
            capture_output=True,
            text=True,
            timeout=100,
        )
        printed += result.stdout + result.stderr
        assert result.returncode == 0, printed
    return printed


def left(folder: Path, names: list[str]) -> None:
    """Each file that a job keeps is there, and has something in it."""
    assert names
    for name in names:
        assert (folder / name).stat().st_size > 100, name
    assert len(list(ElementTree.parse(folder / "junit.xml").getroot().iter("testcase"))) > 50


def github(job: str, account: Mapping[str, str], folder: Path) -> str:
    """Run a job of the workflow; its output."""
    described: dict[str, Any] = GITHUB["jobs"][job]

    def known(match: re.Match[str]) -> str:
        return account[match[1]]

    pattern = re.compile(r"\$\{\{ (?:vars|secrets)\.(\w+) \}\}")
    variables = {name: pattern.sub(known, text) for name, text in described["env"].items()}
    assert not any("${{" in text for text in variables.values())
    printed = run([step["run"] for step in described["steps"] if "run" in step], folder, variables)
    left(folder, described["steps"][-1]["with"]["path"].split())
    return printed


def gitlab(job: str, account: Mapping[str, str], folder: Path) -> str:
    """Run a job of the pipeline; its output."""
    described: dict[str, Any] = GITLAB[job]
    variables = {
        name: re.sub(r"\$(\w+)", lambda match: account[match[1]], text)
        for name, text in described["variables"].items()
    }
    printed = run(described["script"], folder, {**account, **variables})
    artifacts = GITLAB[described["extends"]]["artifacts"]
    left(folder, [*artifacts["paths"], artifacts["reports"]["junit"]])
    return printed


@pytest.mark.parametrize("file", ["github-actions.yml", "gitlab-ci.yml"])
def test_the_address_of_the_package_stands_there_once(file: str) -> None:
    text = (EXAMPLES / "ci" / file).read_text()
    assert text.count("git+") == 1
    assert text.count("pip install ") == text.count('"$PACKAGE"') == 2


def test_github_actions_checks_the_app(workspace: Path) -> None:
    assert "no fault found" in github("app", {}, workspace)


def test_github_actions_checks_staging(workspace: Path, account: dict[str, str]) -> None:
    printed = github("staging", account, workspace)
    assert f"at {account['TELNYX_STAGING_URL']}\n" in printed
    assert "no fault found" in printed
    assert account["TELNYX_STAGING_KEY"] not in printed


def test_gitlab_checks_the_app(workspace: Path) -> None:
    assert "no fault found" in gitlab("telnyx-app", {}, workspace)


def test_gitlab_checks_staging(workspace: Path, account: dict[str, str]) -> None:
    printed = gitlab("telnyx-staging", account, workspace)
    assert f"at {account['TELNYX_STAGING_URL']}\n" in printed
    assert "no fault found" in printed
    assert account["TELNYX_STAGING_KEY"] not in printed
