"""What can be set: the options of the command line, and their twins in the settings file.

Standard library and pytest only, since this is read whenever pytest starts.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

import pytest

__all__ = ["NEW", "OPTIONS", "Options", "add_options", "read_options"]

NEW = "new"
"""What to call a run in the journal for it to get a name of its own."""

T = TypeVar("T", int, float)

_TEXTS = {
    "app": ("MODULE:NAME", "the app under test; MODULE:NAME() for a factory"),
    "url": ("URL", "the address of the receiver under test, where it runs by itself"),
    "path": ("PATH", "where in the app webhooks go (default: /)"),
    "key": ("REF", "the private key to sign with, env:NAME or file:PATH (default: a new one)"),
    "examples": ("N", "generated webhooks per event in the contract (default: 50)"),
    "seed": ("N", "makes what the contract generates repeatable"),
    "probe": (
        "MODULE:FUNCTION",
        "reads back what the work of the app shows in, for the contract; or an address to read",
    ),
    "failover": (
        "TARGET",
        "the receiver at the failover address, for the contract: MODULE:NAME, an address, or /PATH "
        "for another path of the first one",
    ),
    "app-with-keys": (
        "MODULE:FUNCTION",
        "makes the app for a list of public keys, for the contract, which tries to change them",
    ),
    "success": (
        "200|2xx",
        "which answer counts as success in the contract: 200, or any 2xx (default: 200)",
    ),
    "deadline": ("SECONDS", "how long an answer may take in the contract (default: 2)"),
    "max-requests": (
        "N",
        "how many requests a run may send; 0 for no end (default: 10000 to another machine)",
    ),
    "rate": (
        "N",
        "how many requests a second may be sent; 0 for no bound (default: 20 to another machine)",
    ),
    "ca-bundle": ("FILE", "the certificates (PEM) to verify an https address with"),
    "journal": (
        "RUN",
        "keep every delivery in .telnyx-mock/ under this name; 'new' makes one (default: keep none)",
    ),
}
_LISTS = {
    "events": (
        "events",
        "PATTERN",
        "events that the contract is about, such as call.*; repeatable",
    ),
    "only": ("only", "CHECK", "the checks of the contract to run, such as refuses-*; repeatable"),
    "allow-host": (
        "allow_hosts",
        "HOST",
        "a host that may be sent to besides this one; repeatable",
    ),
    "header": (
        "headers",
        "HEADER",
        "added to each request: 'X-Env: staging', or 'X-Token: env:NAME' for a secret; repeatable",
    ),
}
_SWITCHES = {
    "strict": "let the contract fail on warnings too",
    "forgeries-only": "send nothing genuine in the contract: for a receiver whose key you do not hold",
    "coverage": "tell which events no test has sent, and which coverage goals no test has reached",
}


@dataclass(frozen=True, slots=True)
class Options:
    """Everything that was set. A target on the command line goes before one in the settings."""

    app: str
    url: str
    path: str
    key: str
    examples: int
    seed: int | None
    deadline: float
    success: str
    journal: str
    probe: str
    failover: str
    app_with_keys: str
    events: tuple[str, ...]
    only: tuple[str, ...]
    allow_hosts: tuple[str, ...]
    headers: tuple[str, ...]
    max_requests: int | None
    rate: float | None
    ca_bundle: str
    forgeries_only: bool
    strict: bool
    coverage: bool

    @property
    def target(self) -> str:
        """The app or the address that was named; empty where none was."""
        return self.app or self.url

    @property
    def names_app(self) -> bool:
        """Whether an app was named, which is imported here and reads its key from the environment."""
        failover = self.failover
        return bool(self.app) or (":" in failover and "://" not in failover)


OPTIONS = pytest.StashKey[Options]()
"""Where the options are kept in ``config.stash``."""


def add_options(parser: pytest.Parser) -> None:
    """Declare all options and settings."""
    group = parser.getgroup("telnyx-mock", "be Telnyx, for a test (telnyx-mock)")
    for name, (metavar, about) in _TEXTS.items():
        group.addoption(f"--telnyx-{name}", metavar=metavar, help=about)
        parser.addini(_setting(name), about, default="")
    for name, (setting, metavar, about) in _LISTS.items():
        dest = f"telnyx_{setting}"
        group.addoption(
            f"--telnyx-{name}", dest=dest, action="append", default=[], metavar=metavar, help=about
        )
        parser.addini(dest, about, type="args", default=[])
    for name, about in _SWITCHES.items():
        group.addoption(f"--telnyx-{name}", action="store_true", default=None, help=about)
        parser.addini(_setting(name), about, type="bool", default=False)


def _setting(name: str) -> str:
    return f"telnyx_{name.replace('-', '_')}"


def read_options(config: pytest.Config, given: argparse.Namespace) -> Options:
    """The options *given*, and the settings for what was not.

    Raises pytest.UsageError for what is no number, and where both an app and an address are named.
    """

    def text(name: str) -> str:
        value = getattr(given, _setting(name), None)
        return str(config.getini(_setting(name)) if value is None else value)

    def several(name: str) -> tuple[str, ...]:
        return tuple(getattr(given, f"telnyx_{name}", None) or config.getini(f"telnyx_{name}"))

    def switch(name: str) -> bool:
        value = getattr(given, _setting(name), None)
        return bool(config.getini(_setting(name)) if value is None else value)

    def number(name: str, kind: Callable[[Any], T], *, least: float) -> T | None:
        return _number(name, text(name), kind, least=least) if text(name) else None

    app, url = (getattr(given, name, None) or "" for name in ("telnyx_app", "telnyx_url"))
    if not app and not url:
        app, url = text("app"), text("url")
    if app and url:
        raise pytest.UsageError(
            "Both telnyx_app and telnyx_url are set, and there is one receiver; leave one out."
        )
    return Options(
        app=app,
        url=url,
        path=text("path") or "/",
        key=text("key"),
        examples=_number("examples", text("examples") or "50", int, least=1),
        seed=number("seed", int, least=0),
        deadline=_number("deadline", text("deadline") or "2", float, least=0.001),
        success=_one_of("success", text("success") or "200", ("200", "2xx")),
        journal=text("journal"),
        probe=text("probe"),
        failover=text("failover"),
        app_with_keys=text("app-with-keys"),
        events=several("events"),
        only=several("only"),
        allow_hosts=several("allow_hosts"),
        headers=several("headers"),
        max_requests=number("max-requests", int, least=0),
        rate=number("rate", float, least=0),
        ca_bundle=text("ca-bundle"),
        forgeries_only=switch("forgeries-only"),
        strict=switch("strict"),
        coverage=switch("coverage"),
    )


def _one_of(name: str, value: str, known: tuple[str, ...]) -> str:
    if value not in known:
        raise pytest.UsageError(
            f"--telnyx-{name} ({_setting(name)}) wants {' or '.join(known)}, not {value!r}."
        )
    return value


def _number(name: str, value: Any, kind: Callable[[Any], T], *, least: float) -> T:
    try:
        number = kind(value)
    except ValueError:
        number = None
    if number is None or not least <= number < float("inf"):
        what = "a whole number" if kind is int else "a number"
        raise pytest.UsageError(
            f"--telnyx-{name} ({_setting(name)}) wants {what} from {least:g}, not {value!r}."
        )
    return number
