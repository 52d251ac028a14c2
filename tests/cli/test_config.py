"""Settings in pyproject.toml and in the environment: what goes first, and what is wrong with them."""

from __future__ import annotations

import tomllib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft7Validator
from telnyx_mock.cli.collect import Collected

from telnyx_mock.cli import check as module
from telnyx_mock.cli.check import command
from telnyx_mock.cli.config import schema, settings
from tests.cli.conftest import Run

Told = Callable[..., dict[str, list[str]]]


@pytest.fixture
def told(run: Run, project: Path, monkeypatch: pytest.MonkeyPatch) -> Told:
    """Run ``check`` without sending anything: the options that the contract is run with, by name."""

    def told(*words: object) -> dict[str, list[str]]:
        given: list[str] = []

        def run_contract(options: list[str], **_: object) -> Collected:
            given.extend(options)
            return Collected(trouble=["This was all."])

        monkeypatch.setattr(module, "run_contract", run_contract)
        result = run("check", *words)
        assert result.stderr == "telnyx-mock: This was all.\n"
        pairs: dict[str, list[str]] = {}
        for option in given:
            name, _, value = option.removeprefix("--telnyx-").partition("=")
            pairs.setdefault(name, []).append(value)
        return pairs

    return told


def write(project: Path, text: str) -> Path:
    file = project / "pyproject.toml"
    file.write_text(f"[tool.telnyx-mock]\n{text}\n")
    return file


WHOLE = """
target = "http://shop.example/hook"
path = "/hook"
events = ["call.hangup", "fax.*"]
examples = 7
seed = 0
deadline = 3
allow-host = ["shop.example", "other.example"]
header = ["X-Env: staging", "X-Token: env:TOKEN"]
max-requests = 100
rate = 2.5
forgeries-only = true
strict = true
quiet = true
only = ["accepts-*", "retried"]
success = "2xx"
probe = "shop:count"
failover = "/second"
app-with-keys = "shop:make"
journal = false
"""


def test_everything_can_be_set_in_the_file(told: Told, project: Path) -> None:
    write(project, WHOLE)
    assert told() == {
        "url": ["http://shop.example/hook"],
        "path": ["/hook"],
        "allow-host": ["shop.example", "other.example"],
        "header": ["X-Env: staging", "X-Token: env:TOKEN"],
        "max-requests": ["100"],
        "rate": ["2.5"],
        "forgeries-only": [""],
        "events": ["call.hangup", "fax.*"],
        "examples": ["7"],
        "deadline": ["3.0"],
        "probe": ["shop:count"],
        "failover": ["/second"],
        "app-with-keys": ["shop:make"],
        "strict": [""],
        "only": ["accepts-*", "retried"],
        "success": ["2xx"],
        "seed": ["0"],
    }


def test_everything_can_be_set_in_the_environment(
    told: Told, project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(project, WHOLE)
    by_file = told()
    (project / "pyproject.toml").unlink()
    for name, value in tomllib.loads(WHOLE).items():
        lines = "\n" if name == "header" else " "
        text = lines.join(value) if isinstance(value, list) else str(value)
        monkeypatch.setenv(f"TELNYX_MOCK_{name.upper().replace('-', '_')}", text)
    assert told() == by_file


def test_an_option_goes_before_the_environment_and_that_before_the_file(
    told: Told, project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(project, 'target = "shop:app"\nexamples = 7\nevents = ["fax.*"]\nseed = 1\nstrict = true')
    assert told()["examples"] == ["7"]
    monkeypatch.setenv("TELNYX_MOCK_EXAMPLES", "8")
    monkeypatch.setenv("TELNYX_MOCK_EVENTS", "call.hangup call.answered")
    monkeypatch.setenv("TELNYX_MOCK_SEED", "")  # as CI has it for a variable that is not set
    monkeypatch.setenv("TELNYX_MOCK_STRICT", "no")
    got = told()
    assert (got["examples"], got["events"], got["seed"]) == (
        ["8"],
        ["call.hangup", "call.answered"],
        ["1"],
    )
    assert "strict" not in got
    got = told("broken_shop:app", "--examples", 9, "--events", "call.*", "--strict")
    assert (got["app"], got["examples"], got["events"]) == (["broken_shop:app"], ["9"], ["call.*"])
    assert "strict" in got


def test_the_nearest_file_that_has_settings_is_read(
    told: Told, project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(project, 'target = "shop:app"\nexamples = 7')
    inner = project / "services" / "voice"
    inner.mkdir(parents=True)
    (inner / "pyproject.toml").write_text("[tool.other]\n")
    monkeypatch.chdir(inner)
    assert told()["examples"] == ["7"]
    write(inner, 'target = "shop:app"')
    assert "examples" not in told()


def test_files_are_looked_for_beside_the_settings(
    told: Told, project: Path, monkeypatch: pytest.MonkeyPatch, run: Run
) -> None:
    (project / "inner").mkdir()
    write(project, 'target = "shop:app"\nkey = "file:staging.key"\nreport = "build/report.json"')
    assert run("keys", "new", "--out", "staging.key").exit_code == 0
    monkeypatch.chdir(project / "inner")
    assert told()["key"] == [f"file:{project}/staging.key"]
    assert (project / "build" / "report.json").exists()


FILE = "of pyproject.toml"
WRONG = {
    "exmples = 3": "There is no setting 'exmples' in [tool.telnyx-mock] of pyproject.toml. "
    "Did you mean 'examples'?",
    "allow_host = []": "Did you mean 'allow-host'",
    "examples = 'many'": "examples in [tool.telnyx-mock] of pyproject.toml takes a whole number, "
    "not 'many'.",
    "examples = true": "takes a whole number, not True.",
    "examples = 0": "examples in [tool.telnyx-mock] of pyproject.toml: 0 is not in the range x>=1.",
    "deadline = 'soon'": "takes a number, not 'soon'.",
    "deadline = 0": "0.0 is no time to wait; give seconds, such as 2.",
    "rate = -1": "-1.0 is not in the range x>=0.",
    "success = '3xx'": "success in [tool.telnyx-mock] of pyproject.toml: '3xx' is not one of",
    "dry-run = true": "dry-run in [tool.telnyx-mock] of pyproject.toml would let every run end "
    "without a judgement; ask for it with --dry-run alone.",
    "strict = 'yes'": "takes true or false, not 'yes'.",
    "events = 'call.*'": "takes a list of texts, not 'call.*'.",
    "events = [1]": "takes a list of texts, not [1].",
    "path = 3": "takes a text, not 3.",
    "report = '.'": "is a directory.",
    "x": "pyproject.toml cannot be read: ",
}


@pytest.mark.parametrize("text", WRONG)
def test_a_setting_that_will_not_do_is_one_line_and_exit_2(
    text: str, run: Run, project: Path
) -> None:
    write(project, text)
    result = run("check", "shop:app")
    assert WRONG[text] in result.stderr
    assert result.stderr.count("\n") == 1
    assert (result.exit_code, result.stdout) == (2, "")


@pytest.mark.parametrize(
    ("name", "value", "why"),
    [
        ("EXAMPLES", "many", "TELNYX_MOCK_EXAMPLES: 'many' is not a valid whole number"),
        ("MAX_REQUESTS", "-1", "TELNYX_MOCK_MAX_REQUESTS: -1 is not in the range x>=0."),
        ("STRICT", "perhaps", "TELNYX_MOCK_STRICT: 'perhaps' is not a valid boolean"),
        (
            "DRY_RUN",
            "1",
            "TELNYX_MOCK_DRY_RUN in the environment would let every run end without a judgement; "
            "ask for it with --dry-run alone.",
        ),
        (
            "EVNTS",
            "x",
            "There is no setting 'TELNYX_MOCK_EVNTS' in the environment. "
            "Did you mean 'TELNYX_MOCK_EVENTS'",
        ),
        ("EVENTS", "call.intiated", "Did you mean 'call.initiated'"),
    ],
)
def test_a_variable_that_will_not_do_is_one_line_and_exit_2(
    name: str, value: str, why: str, run: Run, project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(f"TELNYX_MOCK_{name}", value)
    result = run("check", "shop:app")
    assert why in result.stderr
    assert result.stderr.count("\n") == 1
    assert result.exit_code == 2


@pytest.mark.parametrize(
    ("text", "why"),
    [
        (
            "[tool.telnyx-mok]\nseed = 1",
            "There is no tool 'telnyx-mok' to set in pyproject.toml; write [tool.telnyx-mock].",
        ),
        (
            "[tool.telnyx_mock]\nseed = 1",
            "There is no tool 'telnyx_mock' to set in pyproject.toml; write [tool.telnyx-mock].",
        ),
        (
            "[tool]\ntelnyx-mock = 3",
            "telnyx-mock in [tool] of pyproject.toml is a table, [tool.telnyx-mock], not 3.",
        ),
    ],
)
def test_a_table_that_is_none_is_one_line_and_exit_2(
    text: str, why: str, run: Run, project: Path
) -> None:
    (project / "pyproject.toml").write_text(text)
    result = run("check", "shop:app")
    assert (result.stderr, result.exit_code, result.stdout) == (f"telnyx-mock: {why}\n", 2, "")


@pytest.mark.parametrize("text", ["tool = 3", "[tool.telnyx]\nx = 1"])
def test_what_is_not_ours_is_let_be(text: str, told: Told, project: Path) -> None:
    (project / "pyproject.toml").write_text(text)
    assert told("shop:app")["app"] == ["shop:app"]


def test_help_can_be_had_whatever_is_set(run: Run, project: Path) -> None:
    write(project, "exmples = 3")
    assert run("check", "--help").exit_code == 0


def test_other_commands_take_no_notice(run: Run, project: Path) -> None:
    write(project, "exmples = 3")
    assert run("sample", "call.hangup").exit_code == 0


def validator() -> Draft7Validator:
    Draft7Validator.check_schema(schema(command))
    return Draft7Validator(schema(command))


def document(text: str) -> dict[str, Any]:
    return tomllib.loads(
        f"[project]\nname = 'x'\n[tool.other]\ny = 1\n[tool.telnyx-mock]\n{text}\n"
    )


def test_the_schema_takes_what_the_command_takes() -> None:
    validator().validate(document(WHOLE))
    validator().validate({"project": {}})


@pytest.mark.parametrize(
    "text", [text for text in WRONG if text not in ("x", "deadline = 0", "report = '.'")]
)
def test_the_schema_finds_wrong_what_the_command_does(text: str) -> None:
    [error] = validator().iter_errors(document(text))
    assert "tool" in error.absolute_path


def test_the_schema_says_what_each_setting_is_for() -> None:
    table = schema(command)["properties"]["tool"]["properties"]["telnyx-mock"]["properties"]
    assert set(table) == set(settings(command))
    assert all(rule["description"] for rule in table.values())
