"""Reads the settings of the plugin from the command line and from ini files.

The module imports only the standard library, pytest and the declaration of the settings, because
pytest imports it at every start.
"""

from __future__ import annotations

import argparse
from dataclasses import dataclass
from typing import Any

import pytest

from telnyx_mock.errors import UsageError
from telnyx_mock.settings import Settings, options

NEW = "new"
"""The value that lets the journal choose a name for the run."""

_TEXTS = {
    "app": ("MODULE:NAME", "The app under test; MODULE:NAME() for a factory."),
    "url": ("URL", "The address of the receiver under test, if another process serves it."),
    "journal": (
        "RUN",
        (
            "Keep every delivery in .telnyx-mock/ under this name; 'new' chooses a name. Without "
            "a name, no delivery is kept."
        ),
    ),
    "baseline": (
        "FILE",
        "Set the known faults in this file aside: only others fail. 'check --write-baseline' writes it.",
    ),
}
"""The options that only the plugin has; telnyx_mock.settings declares those of a contract run."""

_COVERAGE = "Report which events, and which values of their fields, no test has sent."

_STRICT_COMMANDS = (
    "Fail a test whose app sends a command to Telnyx that the test does not expect: one that no assertion "
    "and no telnyx_api.expect() describes."
)


@dataclass(frozen=True, slots=True)
class Options:
    """All settings of the plugin. A target on the command line replaces a target in an ini file."""

    app: str
    url: str
    journal: str
    baseline: str
    coverage: bool
    strict_commands: bool
    settings: Settings

    @property
    def target(self) -> str:
        """The app or the address under test; empty if neither is given."""
        return self.app or self.url

    @property
    def names_app(self) -> bool:
        """Whether the user names an app, under test or at the failover address, or its variables.

        An app is imported in this process and reads the environment.
        """
        failover = self.settings.failover
        return bool(self.app or self.settings.env) or (":" in failover and "://" not in failover)


OPTIONS = pytest.StashKey[Options]()
"""The place of the options in ``config.stash``."""


def add_options(parser: pytest.Parser) -> None:
    """Declare all options and ini settings."""
    group = parser.getgroup("telnyx-mock", "be Telnyx, for a test (telnyx-mock)")
    for name, (metavar, about) in _TEXTS.items():
        group.addoption(f"--telnyx-{name}", metavar=metavar, help=about)
        parser.addini(f"telnyx_{name}", about, default="")
    for option in options():
        dest = f"telnyx_{option.field}"
        given: dict[str, Any] = {"dest": dest, "help": option.about}
        if option.kind is bool:
            given |= {"action": "store_true", "default": None}
        elif option.many:
            given |= {"action": "append", "default": [], "metavar": option.metavar}
        else:
            given |= {"metavar": option.metavar or "|".join(option.choices)}
        group.addoption(f"--telnyx-{option.name}", **given)
        if option.kind is bool:
            parser.addini(dest, option.about, type="bool", default=False)
        elif option.many:
            parser.addini(dest, option.about, type="args", default=[])
        else:
            parser.addini(dest, option.about, default="")
    group.addoption("--telnyx-coverage", action="store_true", default=None, help=_COVERAGE)
    parser.addini("telnyx_coverage", _COVERAGE, type="bool", default=False)
    group.addoption(
        "--telnyx-strict-commands", action="store_true", default=None, help=_STRICT_COMMANDS
    )
    parser.addini("telnyx_strict_commands", _STRICT_COMMANDS, type="bool", default=False)


def read_options(config: pytest.Config, given: argparse.Namespace) -> Options:
    """Return the options *given* on the command line. Ini settings replace missing options.

    Raises pytest.UsageError for a value that an option does not allow, and if both an app and an
    address are named.
    """

    def value(field: str) -> Any:
        chosen = getattr(given, f"telnyx_{field}", None)
        return config.getini(f"telnyx_{field}") if chosen in (None, []) else chosen

    app, url = (getattr(given, name, None) or "" for name in ("telnyx_app", "telnyx_url"))
    if not app and not url:
        app, url = value("app"), value("url")
    if app and url:
        raise pytest.UsageError(
            "Both telnyx_app and telnyx_url are set, but a run has only one receiver; set "
            "only one of them."
        )
    values: dict[str, Any] = {}
    try:
        for option in options():
            chosen = value(option.field)
            if option.many:
                values[option.field] = tuple(chosen)
            elif option.kind is bool:
                values[option.field] = bool(chosen)
            elif chosen:
                where = f"--telnyx-{option.name} (telnyx_{option.field})"
                values[option.field] = option.read(str(chosen), where)
        settings = Settings(**values)
    except UsageError as error:
        raise pytest.UsageError(str(error)) from None
    return Options(
        app=app,
        url=url,
        journal=value("journal"),
        baseline=value("baseline"),
        coverage=bool(value("coverage")),
        strict_commands=bool(value("strict_commands")),
        settings=settings,
    )
