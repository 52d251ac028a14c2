"""The verdict does not depend on the pytest project that ``check`` is run in, unless it is asked to."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.cli.conftest import Process, Run

ABOUT = ("--events", "call.initiated", "--examples", 3, "--seed", 1, "--report", "report.json")

AUTOUSE = """
import pytest

@pytest.fixture(autouse=True)
def no_database():
    raise RuntimeError("there is no database")
"""

SKIPS_EVERYTHING = """
import pytest

def pytest_collection_modifyitems(items):
    items[:] = items[:1]
"""

PYTEST_CI = """
[tool.pytest.ini_options]
addopts = ["--cov=.", "--cov-fail-under=100", "--strict-markers", "-p", "no:telnyx_mock"]
filterwarnings = ["error"]
required_plugins = ["pytest-of-another-machine"]
"""

PROJECTS: dict[str, dict[str, str]] = {
    "stops at the first failure": {"pytest.ini": "[pytest]\naddopts = -x\n"},
    "selects nothing": {"pytest.ini": "[pytest]\naddopts = -k nothing -m nothing\n"},
    "demands coverage": {
        "setup.cfg": "[tool:pytest]\naddopts = --cov=. --cov-fail-under=100\n",
        "shop_test.py": "",
    },
    "has strict settings for another machine": {"pyproject.toml": PYTEST_CI},
    "collects other names": {
        "tox.ini": "[pytest]\npython_functions = check_*\ntestpaths = nowhere\n"
    },
    "sets the plugin up otherwise": {
        "pytest.ini": "[pytest]\ntelnyx_url = http://localhost:1/\ntelnyx_events = fax.*\ntelnyx_path = /x\n"
    },
    "has a fixture for every test that raises": {"conftest.py": AUTOUSE},
    "has a conftest that breaks": {"conftest.py": "import there_is_no_such_module\n"},
    "has a conftest that drops tests": {"conftest.py": SKIPS_EVERYTHING},
    "has a receiver of its own": {
        "conftest.py": "import pytest\n\n@pytest.fixture\ndef telnyx_receiver(): return 7\n"
    },
    "has modules of the same names": {
        "test_contract.py": "raise RuntimeError\n",
        "contract/__init__.py": "raise RuntimeError\n",
        "conftest.py": "raise RuntimeError\n",
    },
    "has settings that cannot be read": {"pytest.ini": "no settings at all\n"},
}

REVERSES = """
def pytest_collection_modifyitems(items):
    items.reverse()
    del items[3:]

def pytest_runtest_setup(item):
    raise RuntimeError("this plugin breaks every test")
"""

DISTURBED = {
    "PYTEST_ADDOPTS": "-x -k nothing --cov-fail-under=100",
    "PYTEST_PLUGINS": "reverses",
    "CI": "1",
    "TELNYX_PUBLIC_KEY": "c" * 43 + "=",
    "TELNYX_API_KEY": "KEY0123456789_abcdefghij",
    "HYPOTHESIS_PROFILE": "nightly",
    "PYTHONHASHSEED": "7",
}

Verdict = tuple[int, object, object]


def verdict(code: int, project: Path) -> Verdict:
    """Exit code, outcomes and findings of the check that was run in *project*."""
    report = json.loads((project / "report.json").read_bytes())
    findings = [(finding["check"], finding["message"]) for finding in report["findings"]]
    return code, report["checks"], findings


@pytest.fixture(scope="module")
def known() -> dict[str, Verdict]:
    """Keeps what is expected, once it is known."""
    return {}


@pytest.fixture
def expected(known: dict[str, Verdict], run: Run, project: Path) -> Verdict:
    """The verdict in a project without pytest settings."""
    if not known:
        known["verdict"] = verdict(run("check", "shop:app", *ABOUT).exit_code, project)
    return known["verdict"]


def test_the_verdict_is_that_of_the_receiver(expected: Verdict) -> None:
    code, _, findings = expected
    assert code == 1
    assert "accepts-null" in str(findings)


@pytest.mark.parametrize("files", PROJECTS.values(), ids=PROJECTS)
def test_settings_of_the_project_change_nothing(
    files: dict[str, str], run: Run, project: Path, expected: Verdict
) -> None:
    for name, content in files.items():
        (project / name).parent.mkdir(exist_ok=True)
        (project / name).write_text(content)
    result = run("check", "shop:app", *ABOUT)
    assert result.stderr == ""
    assert verdict(result.exit_code, project) == expected


@pytest.mark.parametrize("workers", [0, 2])
def test_nothing_around_changes_anything(
    workers: int, process: Process, project: Path, expected: Verdict
) -> None:
    """Everything at once, in processes of their own, as it is for a user."""
    (project / "reverses.py").write_text(REVERSES)
    (project / "pytest.ini").write_text(
        "[pytest]\naddopts = -x -k nothing --cov=. --cov-fail-under=100\n"
    )
    (project / "conftest.py").write_text(AUTOUSE)
    result = process("check", "shop:app", *ABOUT, "-n", workers, **DISTURBED)
    assert result.stderr == ""
    assert verdict(result.returncode, project) == expected


def test_plugins_that_are_installed_change_nothing(
    process: Process, project: Path, expected: Verdict, clean_environment: dict[str, str]
) -> None:
    """Random order, coverage and the like enter by an entry point, as this one does."""
    (project / "reverses.py").write_text(REVERSES)
    metadata = project / "reverses-1.0.dist-info"
    metadata.mkdir()
    (metadata / "METADATA").write_text("Metadata-Version: 2.1\nName: reverses\nVersion: 1.0\n")
    (metadata / "entry_points.txt").write_text("[pytest11]\nreverses = reverses\n")
    path = f"{project}:{clean_environment['PYTHONPATH']}"
    result = process("check", "shop:app", *ABOUT, PYTHONPATH=path)
    assert verdict(result.returncode, project) == expected
    asked = process("check", "shop:app", *ABOUT, "--use-project-config", PYTHONPATH=path)
    assert "this plugin breaks every test" in asked.stderr


def test_settings_of_the_project_count_when_asked_for(process: Process, project: Path) -> None:
    (project / "pytest.ini").write_text("[pytest]\naddopts = -k accepts-null\n")
    result = process("check", "shop:app", *ABOUT, "--use-project-config")
    assert (result.returncode, result.stderr) == (1, "")
    report = json.loads((project / "report.json").read_bytes())
    assert [check["id"] for check in report["checks"]] == ["accepts-null"]


def test_fixtures_of_the_project_count_when_asked_for(process: Process, project: Path) -> None:
    (project / "conftest.py").write_text(AUTOUSE)
    result = process("check", "shop:app", *ABOUT, "--use-project-config")
    assert result.returncode == 2
    assert "RuntimeError: there is no database" in result.stderr


def test_broken_settings_are_a_sentence_when_asked_for(process: Process, project: Path) -> None:
    (project / "pytest.ini").write_text("[pytest]\naddopts = --no-such-option\n")
    result = process("check", "shop:app", *ABOUT, "--use-project-config")
    assert result.returncode == 2
    assert "unrecognized arguments: --no-such-option" in result.stderr
    assert "Traceback" not in result.stderr
