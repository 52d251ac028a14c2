"""Writes the page about the Python interface: fixtures, settings of pytest, functions and classes."""

from __future__ import annotations

import inspect
from collections.abc import Iterator
from typing import Any

import pytest_telnyx_mock.options
import pytest_telnyx_mock.plugin
from pytest_telnyx_mock import known, strict_commands

import telnyx_mock
import telnyx_mock.contract
import telnyx_mock.strategies
from scripts.reference.docstrings import docstring, inline, members, signature, values
from scripts.reference.markdown import table

BESIDE = {
    "telnyx_mock": (
        "telnyx_mock.attacks.original:Original",
        "telnyx_mock.fake_api.state:FakeApi",
        "telnyx_mock.fake_api.command:Command",
        "telnyx_mock.severity:Severity",
    ),
    "telnyx_mock.contract": (
        "telnyx_mock.contract.report:Verdict",
        "telnyx_mock.contract.engine.result:Outcome",
    ),
    "telnyx_mock.strategies": (),
}
"""What users meet in each module besides the names to import from it: the types of values."""

INTERNAL = {
    "Emulator": {"adeliver_at", "begin", "deliver_at", "late_calls", "wait_between"},
    "FakeApi": {"accept", "delay", "note_blocked", "note_found", "note_made", "respond"},
}
"""What only telnyx-mock itself needs of the classes on the page."""


def python_interface() -> Iterator[str]:
    yield "# Python interface\n"
    yield "The fixtures and settings of the pytest plugin, and what to import. `help(telnyx_mock)` shows the"
    yield "same text. Errors are named where they may come; all others are mistakes of ours.\n"
    yield from _contents()
    yield "## Fixtures\n"
    yield "A test or a fixture of yours asks for these by name.\n"
    for name, fixture in fixtures():
        function = fixture._get_wrapped_function()
        scope = fixture._fixture_function_marker.scope
        yield f"### {name}\n"
        yield f"Scope: {scope}.\n"
        yield from docstring(function)
    yield "## Settings of pytest\n"
    yield "In `pytest.ini`, or in the table of pytest in `pyproject.toml`; the option overrides the setting.\n"
    yield from table(("setting", "option", "type", "what it does"), settings_of_pytest())
    yield "## Markers\n"
    for marker in (known.ABOUT, strict_commands.ABOUT):
        signature_, _, about = marker.partition(": ")
        yield f"`@pytest.mark.{signature_}`\n"
        yield f"{about[0].upper()}{about[1:]}\n"
    for module in (telnyx_mock, telnyx_mock.contract, telnyx_mock.strategies):
        yield f"## Module {module.__name__}\n"
        yield from docstring(module)
        for name, value in public(module):
            yield from _section(name, value)


def fixtures() -> Iterator[tuple[str, Any]]:
    """Yield the name and the definition of each fixture for users."""
    for name, value in sorted(vars(pytest_telnyx_mock.plugin).items()):
        if name.startswith("telnyx_") and hasattr(value, "_fixture_function_marker"):
            yield name, value


class _Recorder:
    """Stands for the parser of pytest, and keeps what the plugin declares."""

    def __init__(self) -> None:
        self.options: dict[str, str] = {}
        self.settings: dict[str, tuple[str, str]] = {}

    def getgroup(self, *_: Any) -> _Recorder:
        return self

    def addoption(self, name: str, **more: Any) -> None:
        field = more.get("dest") or name.removeprefix("--").replace("-", "_")
        self.options[field] = name

    def addini(self, name: str, about: str, type: str = "string", **_: Any) -> None:  # noqa: A002
        self.settings[name] = (type, about)


def settings_of_pytest() -> Iterator[tuple[str, str, str, str]]:
    recorder = _Recorder()
    pytest_telnyx_mock.options.add_options(recorder)  # type: ignore[arg-type]
    for name, (kind, about) in recorder.settings.items():
        option = f"`{recorder.options[name]}`" if name in recorder.options else ""
        kind = {"args": "texts", "string": "text", "bool": "true or false"}.get(kind, kind)
        yield f"`{name}`", option, kind, inline(about)


def public(module: Any) -> Iterator[tuple[str, Any]]:
    """Yield each public name of *module* with its value, and what users meet besides."""
    for name in sorted(module.__all__, key=str.casefold):
        value = getattr(module, name)
        if not name.startswith("_") and not inspect.ismodule(value):
            yield name, value
    for place in BESIDE[module.__name__]:
        where, _, name = place.partition(":")
        yield name, getattr(__import__(where, fromlist=[name]), name)


def _contents() -> Iterator[str]:
    yield "[Fixtures](#fixtures), [settings of pytest](#settings-of-pytest), [markers](#markers), "
    modules = (telnyx_mock, telnyx_mock.contract, telnyx_mock.strategies)
    anchors = [each.__name__.replace(".", "") for each in modules]
    names = [
        f"[`{each.__name__}`](#module-{at})" for each, at in zip(modules, anchors, strict=True)
    ]
    yield ", ".join(names) + ".\n"


def _section(name: str, value: Any) -> Iterator[str]:
    if inspect.isclass(value):
        yield f"### {name}\n"
        yield f"```python\nclass {signature(name, value)}\n```\n"
        yield from docstring(value)
        rows = [(f"`{attribute}`", f"`{kind}`") for attribute, kind in values(value)]
        if rows:
            yield from table(("attribute", "type or value"), rows)
        for member, kind, function in members(value):
            if member in INTERNAL.get(name, ()):
                continue
            yield f"**`{member}`** ({kind})\n"
            if kind != "property":
                yield f"```python\n{signature(member, function)}\n```\n"
            yield from docstring(function)
    elif inspect.isroutine(value):
        yield f"### {name}\n"
        yield f"```python\n{signature(name, value)}\n```\n"
        yield from docstring(value)
    else:
        yield f"### {name}\n"
        yield f"{constants()[name]}\n"


def constants() -> dict[str, str]:
    """Return what each public name that is neither a class nor a function stands for."""
    return {
        "ABSENT": "As the value of a field: leave the field out.",
        "FORGERIES": "Every [forgery](forgeries.md) by its name.",
        "EXAMPLES": "",
        "EventName": "The type of the name of an [event](events/index.md), for annotations.",
        "ForgeryName": "The type of the name of a [forgery](forgeries.md), for annotations.",
        "MalformedName": "The type of the name of a [malformed request](malformed.md), for annotations.",
        "RuleName": "The type of the id of a [rule](rules.md), for annotations.",
        "__version__": "The version of the package.",
    }
