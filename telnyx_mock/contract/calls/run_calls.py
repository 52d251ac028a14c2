"""Plays calls with a receiver: the library call behind ``telnyx-mock calls``."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from typing import Any

from telnyx_mock.contract.app_facts import NOTHING_KNOWN, AppFacts
from telnyx_mock.contract.calls.invariants import Violation, chosen_invariants
from telnyx_mock.contract.calls.told import Told
from telnyx_mock.contract.calls.unjudged import unjudged
from telnyx_mock.contract.engine.app_code import app_facts
from telnyx_mock.contract.engine.reason import Reason
from telnyx_mock.contract.opening.given import app_environment, key_pair, settings_of
from telnyx_mock.contract.opening.receiver_opener import Opener
from telnyx_mock.contract.watched import Watch
from telnyx_mock.emulator import Emulator
from telnyx_mock.hidden import json_without_secrets
from telnyx_mock.schema.json_values import Json
from telnyx_mock.settings import API_PORT
from telnyx_mock.severity import failing
from telnyx_mock.signing.keys import KeyPair
from telnyx_mock.transports.drained import drained

EXAMPLES = 200
"""How many times people call, unless the user asks for another number."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CallsReport:
    """What people who called *target* found: each *violation* is an invariant that does not hold.

    *seed* lets the same people call again. *examples* counts the simulations, and *deliveries* the webhooks
    in them. *unsure* has sentences about what could not be judged, which change the exit code. *unjudged* says which
    invariants, by id, were not judged for another reason. *strict* counts warnings as errors. *app* is what is known of the app's code.
    """

    target: str
    seed: int
    examples: int
    deliveries: int
    violations: tuple[Violation, ...]
    unsure: tuple[str, ...] = ()
    unjudged: Mapping[str, Reason] = field(default_factory=dict)
    strict: bool = False
    app: AppFacts = NOTHING_KNOWN

    @property
    def errors(self) -> tuple[Violation, ...]:
        """The violations that fail the run: errors, and warnings if it is strict."""
        fails = failing(strict=self.strict)
        return tuple(each for each in self.violations if each.invariant.severity in fails)

    @property
    def skipped(self) -> tuple[str, ...]:
        """Sentences about what was not tried, or could not show."""
        return tuple(dict.fromkeys(map(str, self.unjudged.values())))

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
            "unjudged": {name: str(reason) for name, reason in self.unjudged.items()},
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
    max_requests: int | None = None,
    rate: float | None = None,
    deadline: float = 2.0,
    api: int | None = None,
    drain: Any = "",
    only: Sequence[str] = (),
    exclude: Sequence[str] = (),
    severity: Sequence[str] = (),
    strict: bool = False,
    fail_fast: bool = False,
    watch: Watch | None = None,
    is_known: Callable[[Violation], bool] = lambda _: False,
) -> CallsReport:
    """Let simulated people call *target*, and report what must hold in every call, and does not.

    *target* is an app, or names one, as for :func:`telnyx_mock.contract.run`; the other settings are those of it.
    The commands of a server elsewhere must come to the fake API, which listens on the port *api* (12111). *machine* is a subclass of
    :class:`ReceiverMachine` with rules of your own. *dial* lets the app call somebody: a function, or the name of one
    (``MODULE:FUNCTION``), or a request to the app (``POST /call``, with a JSON body if need be). *examples* is the number of simulations (200): in
    each, up to two people call. *only* and *exclude* are patterns of invariants, and *severity* gives some another
    one, as in ``answers-once=error``. *watch* hears of each delivery. With *fail_fast*, a violation that *is_known* does not end
    the run.

    This call stays in this process, so it does not survive an app that ends the process, or never returns from a
    webhook. ``telnyx-mock calls`` does, as it runs in a child process.

    Raises UsageError if a setting or the target is wrong, and DeliveryError if a server cannot be reached.
    """
    from telnyx_mock.contract.calls.play import play  # it loads Hypothesis

    settings = settings_of(
        path=path,
        host=host,
        key=key,
        allow_hosts=allow_hosts,
        headers=headers,
        env=env,
        setup=setup,
        ca_bundle=ca_bundle,
        max_requests=max_requests,
        rate=rate,
        deadline=deadline,
        api=api,
        drain=drain,
        seed=seed,
        examples=EXAMPLES if examples is None else examples,
        only=only,
        exclude=exclude,
        severity=severity,
        strict=strict,
        fail_fast=fail_fast,
    )
    invariants = chosen_invariants(settings)
    pair = key_pair(key)
    with ExitStack() as stack:
        stack.enter_context(app_environment(settings, pair))
        opener = Opener(settings)
        receiver = opener.open(target)
        stack.callback(receiver.close)
        told = None if watch is None else Told(watch)
        emulator = Emulator(drained(opener.throttled(receiver), drain), key=pair, journal=told)
        stack.callback(emulator.unbind)
        if not receiver.in_process:
            stack.enter_context(emulator.serving(settings.api or API_PORT))
        stack.enter_context(emulator.isolated(settings.allow_hosts))
        violations, unsure, run = play(
            emulator,
            machine,
            settings,
            invariants,
            dial,
            key_is_new=not key,
            told=told,
            is_known=is_known,
        )
        app = app_facts(receiver, ())
    return CallsReport(
        target=target if isinstance(target, str) else "an app",
        seed=settings.seed or 0,
        examples=run.examples,
        deliveries=run.deliveries,
        violations=tuple(sorted(violations, key=lambda each: each.invariant.severity.rank)),
        unsure=tuple(unsure),
        unjudged=unjudged(
            run,
            invariants,
            [each.invariant.id for each in violations],
            writes=bool(getattr(machine, "texts", ())),
        ),
        strict=strict,
        app=app,
    )
