"""Plays calls with a receiver: the library call behind ``telnyx-mock calls``."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from telnyx_mock.contract.calls.invariants import Violation
from telnyx_mock.contract.opening.receiver_opener import Opener
from telnyx_mock.emulator import Emulator
from telnyx_mock.errors import UsageError
from telnyx_mock.hidden import json_without_secrets
from telnyx_mock.schema.json_values import Json
from telnyx_mock.settings import Settings
from telnyx_mock.severity import Severity
from telnyx_mock.signing.keys import KeyPair
from telnyx_mock.transports.environment import (
    added_variables,
    receiver_environment,
    variables,
    without_key,
)
from telnyx_mock.transports.loading import is_address

EXAMPLES = 200
"""How many times people call, unless the user asks for another number."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CallsReport:
    """What people who called *target* found: each *violation* is an invariant that does not hold.

    *seed* lets the same people call again. *examples* counts the simulations, and *deliveries* the webhooks
    in them. *unsure* has sentences about what could not be judged, and *skipped* about what was not tried;
    only the former change the exit code. *strict* counts warnings as errors.
    """

    target: str
    seed: int
    examples: int
    deliveries: int
    violations: tuple[Violation, ...]
    unsure: tuple[str, ...] = ()
    skipped: tuple[str, ...] = ()
    strict: bool = False

    @property
    def errors(self) -> tuple[Violation, ...]:
        """The violations that fail the run: errors, and warnings if it is strict."""
        failing = {Severity.ERROR, Severity.WARNING} if self.strict else {Severity.ERROR}
        return tuple(each for each in self.violations if each.invariant.severity in failing)

    def to_json(self) -> dict[str, Json]:
        """The report as JSON, without secrets."""
        row: dict[str, Json] = {
            "target": self.target,
            "seed": self.seed,
            "examples": self.examples,
            "deliveries": self.deliveries,
            "violations": [
                {
                    "invariant": each.invariant.id,
                    "title": each.invariant.title,
                    "severity": each.invariant.severity.value,
                    "message": each.message,
                    "why": each.invariant.why,
                    "fix": each.invariant.fix,
                    "story": each.story.splitlines(),
                }
                for each in self.violations
            ],
            "unsure": list(self.unsure),
            "skipped": list(self.skipped),
        }
        shown: dict[str, Json] = json_without_secrets(row)
        return shown


def run_calls(
    target: Any,
    *,
    machine: Any = None,
    dial: str | Callable[[], Any] = "",
    seed: int | None = None,
    examples: int | None = None,
    path: str = "/",
    host: str = "localhost",
    key: str | KeyPair = "",
    allow_hosts: Sequence[str] = (),
    headers: Sequence[str] = (),
    env: Sequence[str] = (),
    setup: str = "",
    ca_bundle: str = "",
    strict: bool = False,
) -> CallsReport:
    """Let simulated people call *target*, and report what must hold in every call, and does not.

    *target* is an app, or names one, as for :func:`telnyx_mock.contract.run`; the other settings are those of it.
    It must run in this process, because its commands are judged. *machine* is a subclass of
    :class:`ReceiverMachine` with rules of your own. *dial* lets the app call somebody: a function, or the name of one
    (``MODULE:FUNCTION``), or a request to the app (``POST /call``, with a JSON body if need be). *examples* is the number of simulations (200): in
    each, up to two people call.

    Raises UsageError if a setting or the target is wrong.
    """
    from telnyx_mock.contract.calls.play import play  # it loads Hypothesis

    settings = Settings(
        path=path,
        host=host,
        key=key if isinstance(key, str) else "",
        allow_hosts=tuple(allow_hosts),
        headers=tuple(headers),
        env=tuple(env),
        setup=setup,
        ca_bundle=ca_bundle,
        seed=secrets.randbelow(2**32) if seed is None else seed,
        examples=examples,
        strict=strict,
    )
    if isinstance(target, str) and is_address(target):
        raise UsageError(
            f"{target} is an address, but calls need an app in this process (myapp:app): only its "
            "commands can be seen."
        )
    pair = key if isinstance(key, KeyPair) else KeyPair.load(key) if key else KeyPair.generate()
    added = variables({**without_key(settings.key), **added_variables(settings.env)})
    with receiver_environment(pair.public_key), added:
        opener = Opener(settings)
        receiver = opener.open(target)
        emulator = Emulator(opener.throttled(receiver), key=pair)
        try:
            with emulator.isolated(settings.allow_hosts):
                violations, unsure, run = play(
                    emulator, machine, settings.seed or 0, settings.examples or EXAMPLES, dial
                )
                skipped = tuple(_skipped(run, getattr(machine, "texts", ())))
        finally:
            emulator.unbind()
            receiver.close()
    return CallsReport(
        target=target if isinstance(target, str) else "an app",
        seed=settings.seed or 0,
        examples=run.examples,
        deliveries=run.deliveries,
        violations=tuple(sorted(violations, key=lambda each: each.invariant.severity.rank)),
        unsure=tuple(unsure),
        skipped=skipped,
        strict=strict,
    )


def _skipped(run: Any, texts: Sequence[str]) -> Iterator[str]:
    if not (run.texts or texts):
        yield "The app did not answer a text message, so nobody wrote any more."
    if run.threads.stay:
        yield (
            "Threads of the app may act at any time, so nobody can say here whether it leaves a person in silence, "
            "sends a command for an ended call, or loses a call when the API fails."
        )
