"""Plays calls with a receiver: the library call behind ``telnyx-mock calls``."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path
from typing import Any

from telnyx_mock.contract.calls import lateness
from telnyx_mock.contract.calls.calls_report import CallsReport
from telnyx_mock.contract.calls.invariants import Violation, chosen_invariants
from telnyx_mock.contract.calls.results import WHOLE_RUN, again, results
from telnyx_mock.contract.calls.unjudged import unjudged
from telnyx_mock.contract.calls.watched_calls import WatchedCalls
from telnyx_mock.contract.engine.app_code import app_facts
from telnyx_mock.contract.opening.given import app_environment, key_pair, settings_of
from telnyx_mock.contract.opening.receiver_opener import Opener
from telnyx_mock.contract.opening.run_journal import run_journal
from telnyx_mock.contract.watched import Watch
from telnyx_mock.emulator import Emulator
from telnyx_mock.journal import Journal
from telnyx_mock.settings import API_PORT
from telnyx_mock.signing.keys import KeyPair
from telnyx_mock.transports.drained import drained

EXAMPLES = 200
"""How many times people call, unless the user asks for another number."""


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
    run_id: str = "",
    journal: str | Path = "",
    watch: Watch | None = None,
    is_known: Callable[[Violation], bool] = lambda _: False,
) -> CallsReport:
    """Let simulated people call *target*, and report what must hold in every call, and does not.

    *target* is an app, or names one, as for :func:`telnyx_mock.contract.run`; the other settings are those of it.
    The commands of a server elsewhere must come to the fake API, which listens on the port *api* (12111). *machine* is a subclass of
    :class:`ReceiverMachine` with rules of your own. *dial* lets the app call somebody: a function, or the name of one
    (``MODULE:FUNCTION``), or a request to the app (``POST /call``, with a JSON body if need be). *examples* is the number of simulations (200): in
    each, up to two people call. *only* and *exclude* are patterns of invariants, and *severity* gives some another
    one, as in ``answers-once=error``. *journal* is the folder for a journal of the
    run, with its *run_id*; without a folder, no journal is kept. *watch* hears of each delivery. With *fail_fast*, a violation that *is_known* does not end
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
        kept: Journal | None = None
        if journal:
            run_id = run_id or secrets.token_hex(4)
            kept = run_journal(journal, run_id, "calls", target, settings, pair)
            stack.callback(kept.close)
        watched = None if watch is None else WatchedCalls(kept, watch)
        limited = drained(opener.throttled(receiver), drain)
        emulator = Emulator(limited, key=pair, journal=watched or kept)
        if emulator.journal is not None:
            emulator.journal.about = WHOLE_RUN
        began = emulator.clock.monotonic()
        stack.callback(emulator.unbind)
        if not receiver.in_process:
            stack.enter_context(emulator.serving(settings.api or API_PORT))
        stack.enter_context(emulator.isolated(settings.allow_hosts))
        if kept is not None:
            emulator.api.listeners.append(kept.commanded)
        violations, unsure, run = play(
            emulator,
            machine,
            settings,
            invariants,
            dial,
            key_is_new=not key,
            watched=watched,
            is_known=is_known,
        )
        report = CallsReport(
            target=target if isinstance(target, str) else "an app",
            seed=settings.seed or 0,
            examples=run.examples,
            deliveries=run.deliveries,
            violations=tuple(sorted(violations, key=lambda each: each.invariant.severity.rank)),
            unsure=tuple(unsure),
            limits=tuple(lateness.limits(run)),
            unjudged=unjudged(
                run,
                invariants,
                [each.invariant.id for each in violations],
                writes=bool(getattr(machine, "texts", ())),
            ),
            strict=strict,
            app=app_facts(receiver, ()),
        )
        command = again(target, settings, dial) if machine is None else ""
        seconds = round(emulator.clock.monotonic() - began, 3)
        judged = tuple(results(report, invariants, command, seconds))
        if kept is not None:
            for each in judged:
                kept.result(each.to_json())
    journal_problem = "" if kept is None else kept.problem
    return replace(report, results=judged, journal_problem=journal_problem)
