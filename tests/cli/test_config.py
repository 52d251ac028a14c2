"""Settings in pyproject.toml and in the environment: what goes first, and what is wrong with them."""

from __future__ import annotations

import tomllib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft7Validator

from telnyx_mock.cli import check as module
from telnyx_mock.cli.check import command
from telnyx_mock.cli.config import schema, settings
from telnyx_mock.errors import UsageError
from telnyx_mock.settings import Settings, options
from tests.cli.conftest import Run, forget_modules_of

Settled = Callable[..., tuple[str, dict[str, Any]]]


@pytest.fixture
def settled(run: Run, project: Path, monkeypatch: pytest.MonkeyPatch) -> Settled:
    """Run ``check`` without sending anything: the target and the settings of the run."""

    def settled(*words: object) -> tuple[str, dict[str, Any]]:
        given: list[Any] = []

        def run_silently(target: str, settings: Settings, *_: object, **more: object) -> None:
            given.extend((target, settings))
            raise UsageError("This was all.")

        monkeypatch.setattr(module, "run_silently", run_silently)
        result = run("check", *words)
        assert result.stderr == "telnyx-mock: This was all.\n"
        target, found = given
        values = {option.field: getattr(found, option.field) for option in options()}
        changed = {option.field for option in options() if option.default != values[option.field]}
        return target, {field: values[field] for field in changed}

    return settled


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
env = ["CRM_HOST=crm.example", "CRM_GREETING=Hello there"]
setup = "shop:make_tables"
products = "sms,rcs"
max-requests = 100
rate = 2.5
forgeries-only = true
strict = true
quiet = true
only = ["accepts-*", "handles-retry-after-failure"]
exclude = ["accepts-null"]
success = "2xx"
probe = "shop:count"
failover = "/second"
app-with-keys = "shop:make"
journal = false
"""


SETTLED = (
    "http://shop.example/hook",
    {
        "path": "/hook",
        "allow_hosts": ("shop.example", "other.example"),
        "headers": ("X-Env: staging", "X-Token: env:TOKEN"),
        "env": ("CRM_HOST=crm.example", "CRM_GREETING=Hello there"),
        "setup": "shop:make_tables",
        "products": "sms,rcs",
        "max_requests": 100,
        "rate": 2.5,
        "forgeries_only": True,
        "events": ("call.hangup", "fax.*"),
        "examples": 7,
        "deadline": 3.0,
        "probe": "shop:count",
        "failover": "/second",
        "app_with_keys": "shop:make",
        "strict": True,
        "only": ("accepts-*", "handles-retry-after-failure"),
        "exclude": ("accepts-null",),
        "success": "2xx",
        "seed": 0,
    },
)


def test_everything_can_be_set_in_the_file(settled: Settled, project: Path) -> None:
    write(project, WHOLE)
    assert settled() == SETTLED


def test_everything_can_be_set_in_the_environment(
    settled: Settled, project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in tomllib.loads(WHOLE).items():
        lines = "\n" if name in ("header", "env") else " "
        text = lines.join(value) if isinstance(value, list) else str(value)
        monkeypatch.setenv(f"TELNYX_MOCK_{name.upper().replace('-', '_')}", text)
    assert settled() == SETTLED


def test_an_option_goes_before_the_environment_and_that_before_the_file(
    settled: Settled, project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(project, 'target = "shop:app"\nexamples = 7\nevents = ["fax.*"]\nseed = 1\nstrict = true')
    assert settled()[1]["examples"] == 7
    monkeypatch.setenv("TELNYX_MOCK_EXAMPLES", "8")
    monkeypatch.setenv("TELNYX_MOCK_EVENTS", "call.hangup call.answered")
    monkeypatch.setenv("TELNYX_MOCK_SEED", "")  # as CI has it for a variable that is not set
    monkeypatch.setenv("TELNYX_MOCK_STRICT", "no")
    assert settled() == (
        "shop:app",
        {"examples": 8, "events": ("call.hangup", "call.answered"), "seed": 1},
    )
    words = ("broken_shop:app", "--examples", 9, "--events", "call.*", "--strict")
    assert settled(*words) == (
        "broken_shop:app",
        {"examples": 9, "events": ("call.*",), "seed": 1, "strict": True},
    )


def test_the_nearest_file_that_has_settings_is_read(
    settled: Settled, project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(project, 'target = "shop:app"\nexamples = 7')
    inner = project / "services" / "voice"
    inner.mkdir(parents=True)
    (inner / "pyproject.toml").write_text("[tool.other]\n")
    monkeypatch.chdir(inner)
    assert settled()[1]["examples"] == 7
    write(inner, 'target = "shop:app"')
    assert "examples" not in settled()[1]


def test_files_are_looked_for_beside_the_settings(
    settled: Settled, project: Path, monkeypatch: pytest.MonkeyPatch, run: Run
) -> None:
    (project / "inner").mkdir()
    (project / "build").mkdir()
    write(project, 'target = "shop:app"\nkey = "file:staging.key"\nreport = "build/report.json"')
    assert run("keys", "new", "--out", "staging.key").exit_code == 0
    monkeypatch.chdir(project / "inner")
    assert settled()[1]["key"] == f"file:{project}/staging.key"
    assert (project / "build" / "report.json").exists()


def test_modules_are_looked_for_beside_the_settings_too(
    project: Path, monkeypatch: pytest.MonkeyPatch, run: Run
) -> None:
    (project / "inner").mkdir()
    (project / "shop.py").rename(project / "my_shop.py")
    write(project, 'target = "my_shop:app"')
    monkeypatch.chdir(project / "inner")
    checked = run("check", "--events", "call.hangup", "--only", "accepts-sample", "-q")
    assert checked.exit_code == 0, checked.output
    forget_modules_of(project)
    assert run("send", "call.initiated", "my_shop:app").exit_code == 0
    (project / "inner" / "my_shop.py").write_text("raise RuntimeError('the nearer one')\n")
    forget_modules_of(project)
    assert "the nearer one" in run("send", "call.initiated", "my_shop:app").output


FILE = "of pyproject.toml"
WRONG = {
    "exmples = 3": "There is no setting 'exmples' in [tool.telnyx-mock] of pyproject.toml. "
    "Did you mean 'examples'?",
    "allow_host = []": "Did you mean 'allow-host'",
    "examples = 'many'": "examples in [tool.telnyx-mock] of pyproject.toml must be a whole number, "
    "not 'many'.",
    "examples = true": "must be a whole number, not True.",
    "examples = 0": "examples in [tool.telnyx-mock] of pyproject.toml: 0 is not in the range 1<=x<=10000.",
    "deadline = 'soon'": "must be a number, not 'soon'.",
    "deadline = 0": "0.0 is not in the range x>=0.001.",
    "rate = -1": "-1.0 is not in the range x>=0.",
    "success = '3xx'": "success in [tool.telnyx-mock] of pyproject.toml: '3xx' is not one of",
    "dry-run = true": "dry-run in [tool.telnyx-mock] of pyproject.toml would let every run end "
    "without a verdict; use --dry-run only on the command line.",
    "strict = 'yes'": "must be true or false, not 'yes'.",
    "events = 'call.*'": "must be a list of texts, not 'call.*'.",
    "events = [1]": "must be a list of texts, not [1].",
    "path = 3": "must be a text, not 3.",
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
            "TELNYX_MOCK_DRY_RUN in the environment would let every run end without a verdict; "
            "use --dry-run only on the command line.",
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
            "Nothing reads the table 'telnyx-mok' in pyproject.toml; write [tool.telnyx-mock].",
        ),
        (
            "[tool.telnyx_mock]\nseed = 1",
            "Nothing reads the table 'telnyx_mock' in pyproject.toml; write [tool.telnyx-mock].",
        ),
        (
            "[tool]\ntelnyx-mock = 3",
            "telnyx-mock in [tool] of pyproject.toml must be a table, [tool.telnyx-mock].",
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
def test_what_is_not_ours_is_let_be(text: str, settled: Settled, project: Path) -> None:
    (project / "pyproject.toml").write_text(text)
    assert settled("shop:app", "--seed", 3) == ("shop:app", {"seed": 3})


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


@pytest.mark.parametrize("text", [text for text in WRONG if text not in ("x", "report = '.'")])
def test_the_schema_finds_wrong_what_the_command_does(text: str) -> None:
    [error] = validator().iter_errors(document(text))
    assert "tool" in error.absolute_path


def test_the_schema_says_what_each_setting_is_for() -> None:
    table = schema(command)["properties"]["tool"]["properties"]["telnyx-mock"]["properties"]
    assert set(table) == set(settings(command))
    assert all(rule["description"] for rule in table.values())
