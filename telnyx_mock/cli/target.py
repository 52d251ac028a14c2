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
            "--ca-bundle",
            type=click.Path(dir_okay=False),
            metavar="FILE",
            help="Certificates (PEM) to verify an https address with.",
        ),
        click.option(
            "--header",
            "headers",
            multiple=True,
            metavar="HEADER",
            help="Add 'X-Env: staging', or 'X-Token: env:NAME' for a secret, to each request.",
        ),
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
    headers: tuple[str, ...] = ()
    ca_bundle: str = ""

    def options(self) -> list[str]:
        """The options that name the receiver to the pytest plugin."""
        return [
            f"--telnyx-{'url' if is_address(self.name) else 'app'}={self.name}",
            *([f"--telnyx-path={self.path}"] if self.path is not None else []),
            *([f"--telnyx-key={self.key}"] if self.key is not None else []),
            *(f"--telnyx-allow-host={host}" for host in self.hosts),
            *(f"--telnyx-header={header}" for header in self.headers),
            *([f"--telnyx-ca-bundle={self.ca_bundle}"] if self.ca_bundle else []),
        ]

    def words(self) -> str:
        """The receiver as it is named on a command line, for a shell."""
        words = [self.name]
        words += ["--path", self.path] if self.path is not None else []
        words += ["--key", self.key] if self.key is not None else []
        for host in self.hosts:
            words += ["--allow-host", host]
        for header in self.headers:
            words += ["--header", header]
        words += ["--ca-bundle", self.ca_bundle] if self.ca_bundle else []
        return shlex.join(words)

    def _curl(self, command: str) -> str:
        """*command* with what else it takes to get to this receiver; a secret stays a variable."""
        words = ["--cacert", shlex.quote(self.ca_bundle)] if self.ca_bundle else []
        for header in self.headers:
            name, _, value = header.partition(":")
            kind, _, variable = value.strip().partition(":")
            secret = kind == "env" and variable.isidentifier()
            words += ["-H", f'"{name}: ${variable}"' if secret else shlex.quote(header)]
        return command.replace("curl -sS", " ".join(["curl -sS", *words]), 1)

    def named_in(self, result: Result) -> Result:
        """*result*, with commands for repeating its findings that lead to this receiver."""
        findings = (
            replace(
                finding,
                repeat=finding.repeat.replace("TARGET", self.words(), 1),
                curl=self._curl(finding.curl),
            )
            for finding in result.findings
        )
        return replace(result, findings=tuple(findings))
