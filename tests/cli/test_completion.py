"""The shell completes the names of events, forgeries, malformed requests, rules and faults."""

from __future__ import annotations

import pytest
from click.shell_completion import ShellComplete

from telnyx_mock.attacks.forgeries import FORGERIES
from telnyx_mock.catalogue.registry import all_events
from telnyx_mock.cli import telnyx_mock
from telnyx_mock.contract.calls.invariants import INVARIANTS
from telnyx_mock.contract.rules.registry import CONTRACT
from telnyx_mock.diagnosis.kinds import KINDS
from tests.cli.conftest import Process


def completed(words: str, incomplete: str) -> list[str]:
    shell = ShellComplete(telnyx_mock, {}, "telnyx-mock", "_TELNYX_MOCK_COMPLETE")
    return [item.value for item in shell.get_completions(words.split(), incomplete)]


EVENTS = list(dict.fromkeys(event.name for event in all_events()))


@pytest.mark.parametrize(
    ("words", "names"),
    [
        ("send", EVENTS),
        ("sample", EVENTS),
        ("schema", EVENTS),
        ("events", EVENTS),
        ("explain", [*EVENTS, *CONTRACT, *KINDS, *INVARIANTS]),
        ("check app:app --events", EVENTS),
        ("check app:app --only", list(CONTRACT)),
        ("check app:app --exclude", list(CONTRACT)),
        ("calls app:app --only", list(INVARIANTS)),
        ("calls app:app --exclude", list(INVARIANTS)),
        ("send call.hangup app:app --forge", list(FORGERIES)),
    ],
)
def test_a_name_completes(words: str, names: list[str]) -> None:
    for start in ("", names[0][:4], names[-1]):
        assert completed(words, start) == [name for name in names if name.startswith(start)]
    assert completed(words, "no-such") == []


def test_a_malformed_request_completes() -> None:
    assert completed("send call.hangup --malform", "json-nul") == ["json-null", "json-nul"]


@pytest.mark.parametrize(
    ("incomplete", "names"),
    [
        ("", list(CONTRACT)),
        ("survives-json-nu", [name for name in CONTRACT if name.startswith("survives-json-nu")]),
        ("accepts-abs", [f"accepts-absent={each}" for each in ("error", "warning", "advice")]),
        ("survives-json-nul=w", ["survives-json-nul=warning"]),
        ("accepts-abs=w", []),
        ("no-such=w", []),
    ],
)
def test_a_severity_completes(incomplete: str, names: list[str]) -> None:
    assert completed("check app:app --severity", incomplete) == names


def test_a_mistake_in_the_settings_does_not_disturb(
    tmp_path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "pyproject.toml").write_text("[tool.telnyx-mock]\nexmples = 5\n")
    monkeypatch.chdir(tmp_path)
    assert completed("check app:app --only", "accepts-nu") == ["accepts-null"]


def test_bash_gets_the_names(process: Process) -> None:
    variables = {"COMP_WORDS": "telnyx-mock send call.hang", "COMP_CWORD": "2"}
    result = process(_TELNYX_MOCK_COMPLETE="bash_complete", **variables)
    assert result.stdout == "plain,call.hangup\n"
