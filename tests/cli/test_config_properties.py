"""Settings that nobody thought of: each is taken, or is one line of an error of ours."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from telnyx_mock.cli import telnyx_mock
from telnyx_mock.cli.check import command as check
from telnyx_mock.cli.config import PREFIX
from telnyx_mock.cli.config import settings as known_settings
from telnyx_mock.errors import UsageError
from telnyx_mock.settings import Settings, options
from tests.foreign_text import HOSTILE, assert_clear, raw

NAMES = [name for name in sorted(known_settings(check)) if name not in ("report", "html", "junit")]
NUMBERS = st.integers() | st.floats() | st.sampled_from([0, -1, 2**63, 10**400])
TEXT = st.text(max_size=10) | st.sampled_from(
    [
        HOSTILE,
        "",
        "\0",
        "\ud800",
        "1e999",
        "nan",
        "-0",
        "9" * 5000,
        "env:",
        "a=env:\0",
        "/\n",
        "x:y",
    ]
)
in_folder = settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])


def toml(value: Any) -> str:
    """Write *value* as TOML."""
    if isinstance(value, str):
        text = json.dumps(value.encode("utf-8", "replace").decode())
        return (
            text.encode("utf-16", "surrogatepass").decode("utf-16", "replace").replace("\x7f", "")
        )
    if isinstance(value, list):
        return f"[{', '.join(map(toml, value))}]"
    if isinstance(value, dict):
        return f"{{{', '.join(f'{toml(name)} = {toml(each)}' for name, each in value.items())}}}"
    return str(value).lower()


VALUE = st.recursive(
    TEXT | st.booleans() | NUMBERS | st.sampled_from(["1979-05-27"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXT, inner, max_size=2),
    max_leaves=4,
)


def assert_one_line_of_ours(environment: dict[str, str | None] | None = None) -> None:
    """Run ``check --dry-run``: it takes the settings, or says in one line what is wrong with them."""
    unset: dict[str, str | None] = {name: None for name in os.environ if name.startswith(PREFIX)}
    result = CliRunner().invoke(
        telnyx_mock, ["check", "shop:app", "--dry-run"], env={**unset, **(environment or {})}
    )
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    assert raw(result.output) == set()
    if result.exit_code:
        assert (result.exit_code, result.stdout) == (2, "")
        assert result.stderr.startswith("telnyx-mock: ")
        assert len(result.stderr.splitlines()) == 1


@given(st.dictionaries(st.sampled_from(NAMES) | TEXT, VALUE, max_size=2))
@in_folder
def test_any_table(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, table: dict[str, Any]) -> None:
    monkeypatch.chdir(tmp_path)
    lines = [f"{toml(name)} = {toml(value)}" for name, value in table.items()]
    text = "\n".join(["[tool.telnyx-mock]", *lines])
    (tmp_path / "pyproject.toml").write_text(text, encoding="utf-8", errors="replace")
    assert_one_line_of_ours()


@pytest.mark.slow
@given(
    st.binary()
    | VALUE.map(lambda value: f"tool = {toml(value)}".encode("utf-8", "replace"))
    | VALUE.map(lambda value: f"tool.telnyx-mock = {toml(value)}".encode("utf-8", "replace"))
    | st.just(b"a = " + b"[" * 50_000)
)
@in_folder
def test_any_file(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, content: bytes) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "pyproject.toml").write_bytes(content)
    assert_one_line_of_ours()


@pytest.mark.slow
@given(st.sampled_from(NAMES), TEXT | st.binary().map(os.fsdecode))
@in_folder
def test_any_variable(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, name: str, text: str
) -> None:
    monkeypatch.chdir(tmp_path)
    text = text.replace("\0", "").replace("\ud800", "")
    assert_one_line_of_ours({PREFIX + name.upper().replace("-", "_"): text})


def kinds(option: Any) -> st.SearchStrategy[Any]:
    """Values of the kind that the setting has, in range or not."""
    one = {
        str: TEXT | st.sampled_from(option.choices or ("x",)),
        int: st.integers() | st.just(10**400),
        float: st.floats() | st.integers(),
        bool: st.booleans(),
    }[option.kind]
    return st.lists(one, max_size=3).map(tuple) if option.many else one


@given(st.fixed_dictionaries({}, optional={each.field: kinds(each) for each in options()}))
def test_any_settings_in_python(values: dict[str, Any]) -> None:
    try:
        made = Settings(**values)
    except UsageError as error:
        assert_clear(error)
        return
    assert all(isinstance(word, str) for word in made.words())


@given(st.sampled_from([*options()]), TEXT)
def test_any_text_for_an_option_of_pytest(option: Any, text: str) -> None:
    try:
        option.read(text, f"--telnyx-{option.name}")
    except UsageError as error:
        assert_clear(error)
