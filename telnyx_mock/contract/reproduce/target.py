"""The receiver as a run was pointed at it, in the words of a command line."""

from __future__ import annotations

import shlex
from dataclasses import dataclass, replace

from telnyx_mock.contract.engine.finding import Result
from telnyx_mock.contract.reproduce.command import TARGET

__all__ = ["Target"]


@dataclass(frozen=True, slots=True)
class Target:
    """A receiver and how to get to it. *headers* are as written, secrets as ``Name: env:NAME``.

    *events* are what a run was about, and *judged_by* is what else it was told, such as a probe: as
    options of ``telnyx-mock check``.
    """

    name: str
    path: str | None = None
    key: str | None = None
    hosts: tuple[str, ...] = ()
    headers: tuple[str, ...] = ()
    ca_bundle: str = ""
    events: tuple[str, ...] = ()
    judged_by: tuple[str, ...] = ()

    def words(self) -> str:
        """The receiver as it is named on a command line, for a shell."""
        words = ["--path", self.path] if self.path is not None else []
        words += ["--key", self.key] if self.key is not None else []
        return shlex.join([self.name, *words, *self._ways()])

    def named_in(self, result: Result, *, in_process: bool) -> Result:
        """*result*, with commands for seeing its findings again that lead to this receiver.

        No curl leads to an app *in process*.
        """
        findings = (
            replace(
                finding,
                repeat=self._repeat(finding.repeat),
                replay=" ".join([finding.replay, *map(shlex.quote, self._ways())])
                if finding.replay
                else "",
                curl="" if in_process else self._curl(finding.curl),
            )
            for finding in result.findings
        )
        return replace(result, findings=tuple(findings))

    def _repeat(self, command: str) -> str:
        """*command* with this receiver in it, and with what a check of it was told."""
        words = self.words()
        if command.startswith("telnyx-mock check "):
            events = [word for event in self.events for word in ("--events", event)]
            told = [*([] if " --events " in command else events), *self.judged_by]
            words = " ".join([words, *map(shlex.quote, told)])
        return command.replace(TARGET, words, 1)

    def _ways(self) -> list[str]:
        """What it takes to get to an address, and is in no journal."""
        words = [word for host in self.hosts for word in ("--allow-host", host)]
        words += [word for header in self.headers for word in ("--header", header)]
        return [*words, *(["--ca-bundle", self.ca_bundle] if self.ca_bundle else [])]

    def _curl(self, command: str) -> str:
        """*command* with what else it takes to get to this receiver; a secret stays a variable."""
        words = ["--cacert", shlex.quote(self.ca_bundle)] if self.ca_bundle else []
        for header in self.headers:
            name, _, value = header.partition(":")
            kind, _, variable = value.strip().partition(":")
            secret = kind == "env" and variable.isidentifier()
            words += ["-H", f'"{name}: ${variable}"' if secret else shlex.quote(header)]
        return command.replace("curl -sS", " ".join(["curl -sS", *words]), 1)
