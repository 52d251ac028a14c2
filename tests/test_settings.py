"""Settings are declared once: every door reads the same names, defaults and bounds."""

from __future__ import annotations

import dataclasses
import inspect

import pytest

from telnyx_mock import contract
from telnyx_mock.errors import UsageError
from telnyx_mock.settings import Option, Settings, options


def option(name: str) -> Option:
    return next(each for each in options() if each.name == name)


def test_the_library_call_takes_every_setting_with_the_same_default() -> None:
    """Sequences and secrets are given more freely there; what counts as unset is the same."""
    parameters = inspect.signature(contract.run).parameters
    for field in dataclasses.fields(Settings):
        assert parameters[field.name].default == field.default, field.name


@pytest.mark.parametrize(
    ("name", "text", "value"),
    [
        ("path", "/hook", "/hook"),
        ("examples", "7", 7),
        ("rate", "2.5", 2.5),
        ("max-requests", "0", 0),
        ("success", "2xx", "2xx"),
    ],
)
def test_a_text_is_read(name: str, text: str, value: object) -> None:
    assert option(name).read(text, "here") == value


@pytest.mark.parametrize(
    ("name", "text", "problem"),
    [
        (
            "examples",
            "few",
            "here must be a whole number of at least 1 and at most 10000, not 'few'.",
        ),
        ("examples", "0", "here must be a whole number of at least 1 and at most 10000, not '0'."),
        ("deadline", "nan", "here must be a number of at least 0.001, not 'nan'."),
        ("rate", "inf", "here must be a number of at least 0, not 'inf'."),
        ("success", "3xx", "here must be 200 or 2xx, not '3xx'."),
    ],
)
def test_a_text_that_is_no_value_is_one_sentence(name: str, text: str, problem: str) -> None:
    with pytest.raises(UsageError) as raised:
        option(name).read(text, "here")
    assert str(raised.value) == problem


@pytest.mark.parametrize(
    "values", [{"examples": 0}, {"deadline": 0.0}, {"rate": -1.0}, {"success": "3xx"}], ids=str
)
def test_values_out_of_range_are_refused(values: dict[str, object]) -> None:
    with pytest.raises(UsageError, match=f"^{next(iter(values))} must be "):
        Settings(**values)  # type: ignore[arg-type]


def test_settings_are_options_again() -> None:
    settings = Settings(events=("call.*", "fax.*"), rate=2.5, strict=True, seed=0)
    assert settings.words() == [
        *("--rate", "2.5", "--events", "call.*", "--events", "fax.*", "--seed", "0", "--strict")
    ]
    assert settings.words(judging=True) == ["--rate", "2.5"]
