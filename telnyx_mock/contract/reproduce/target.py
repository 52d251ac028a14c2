"""Writes the commands that reproduce a finding at the receiver of the run."""

from __future__ import annotations

import shlex
from dataclasses import dataclass

from telnyx_mock.attacks.forgeries import OURS
from telnyx_mock.contract.reproduce.send_options import send_options
from telnyx_mock.delivery import Delivery
from telnyx_mock.payload.request import Request

UNNAMED = "TARGET"
"""The placeholder for a receiver that a fixture gives, because only the user knows its name."""


@dataclass(frozen=True, slots=True)
class Target:
    """The name of a receiver on a command line, and the options to reach it.

    *headers* and *env* are as the user wrote them, secrets as ``Name: env:NAME``. *setup* names the
    function that prepares an app. *events* are the patterns
    of the run. *judged_by* are other options of ``telnyx-mock check`` that decide verdicts, such as
    a probe. *rules_from* are modules with forgeries of the user's own. curl cannot reach an app *in_process*.
    """

    name: str = UNNAMED
    path: str = ""
    host: str = ""
    key: str = ""
    hosts: tuple[str, ...] = ()
    headers: tuple[str, ...] = ()
    env: tuple[str, ...] = ()
    setup: str = ""
    ca_bundle: str = ""
    events: tuple[str, ...] = ()
    judged_by: tuple[str, ...] = ()
    in_process: bool = False
    rules_from: tuple[str, ...] = ()

    def send(self, request: Request) -> str:
        """Return the command that sends the content of *request*; empty if no command can."""
        options = send_options(request)
        if options is None:
            return ""
        options += self._own(request.forgery)
        return " ".join(["telnyx-mock send", request.event, self._named(), *options])

    def check(self, rule: str, event: str) -> str:
        """Return the command that tries *rule* for *event*, or for all events if it is empty."""
        events = (event,) if event else self.events
        about = [word for pattern in events for word in ("--events", pattern)]
        words = shlex.join([*about, *self.judged_by, "--only", rule])
        return f"telnyx-mock check {self._named()} {words}"

    def replay(self, delivery: str, forgery: str | None = None) -> str:
        """Return the command that sends the *delivery* with this id again; empty without an id.

        *forgery* is the name of the forgery that was delivered.
        """
        if not delivery:
            return ""
        words = [self._named(), *self._own(forgery)]
        return f"telnyx-mock replay {shlex.quote(delivery)} {' '.join(words)}"

    def curl(self, delivery: Delivery) -> str:
        """Return the curl command for the same bytes.

        Shell variables replace the values of secret headers.
        """
        if self.in_process:
            return ""
        words = ["--cacert", shlex.quote(self.ca_bundle)] if self.ca_bundle else []
        for header in self.headers:
            name, _, value = header.partition(":")
            kind, _, variable = value.strip().partition(":")
            secret = kind == "env" and variable.isidentifier()
            words += ["-H", f'"{name}: ${variable}"' if secret else shlex.quote(header)]
        return delivery.curl(words)

    def _own(self, forgery: str | None) -> list[str]:
        """The options that name the modules with a *forgery* of the user's own."""
        if forgery is None or forgery in OURS:
            return []
        return [word for module in self.rules_from for word in ("--rules-from", module)]

    def _named(self) -> str:
        """The receiver as an argument, with the options that are needed to reach it."""
        words = ["--path", self.path] if self.path else []
        words += ["--host", self.host] if self.host else []
        words += ["--key", self.key] if self.key else []
        return shlex.join([self.name, *words, *self._access()])

    def _access(self) -> list[str]:
        """The options that are needed to reach a receiver; the journal does not keep them."""
        words = [word for host in self.hosts for word in ("--allow-host", host)]
        words += [word for each in self.env for word in ("--env", each)]
        words += ["--setup", self.setup] if self.setup else []
        words += [word for header in self.headers for word in ("--header", header)]
        return [*words, *(["--ca-bundle", self.ca_bundle] if self.ca_bundle else [])]
