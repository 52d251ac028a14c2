"""What a run is pointed at, as the command line takes it: a target, a path, a key, hosts."""

from __future__ import annotations

import shlex
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import click

from telnyx_mock.checks.finding import Result
from telnyx_mock.receivers.target import is_address

__all__ = ["Target", "target_options"]


def target_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """The options of a command that sends something to a target."""
    for option in (
        click.option(
            "--allow-host", "hosts", multiple=True, metavar="HOST", help="Allow sending to it."
        ),
        click.option("--key", metavar="REF", help="The private key: env:NAME or file:PATH."),
        click.option("--path", metavar="PATH", help="Where webhooks go, such as /webhooks."),
    ):
        command = option(command)
    return command


@dataclass(frozen=True, slots=True)
class Target:
    """A receiver as it was named on the command line."""

    name: str
    path: str | None = None
    key: str | None = None
    hosts: tuple[str, ...] = ()

    def options(self) -> list[str]:
        """The options that name the receiver to the pytest plugin."""
        return [
            f"--telnyx-{'url' if is_address(self.name) else 'app'}={self.name}",
            *([f"--telnyx-path={self.path}"] if self.path is not None else []),
            *([f"--telnyx-key={self.key}"] if self.key is not None else []),
            *(f"--telnyx-allow-host={host}" for host in self.hosts),
        ]

    def words(self) -> str:
        """The receiver as it is named on a command line, for a shell."""
        words = [self.name]
        words += ["--path", self.path] if self.path is not None else []
        words += ["--key", self.key] if self.key is not None else []
        for host in self.hosts:
            words += ["--allow-host", host]
        return shlex.join(words)

    def named_in(self, result: Result) -> Result:
        """*result*, with commands for repeating its findings that name this receiver."""
        findings = (
            replace(finding, repeat=finding.repeat.replace("TARGET", self.words(), 1))
            for finding in result.findings
        )
        return replace(result, findings=tuple(findings))
