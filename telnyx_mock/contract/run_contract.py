"""Runs the contract against a receiver: the library call behind the command line."""

from __future__ import annotations

import secrets
import time
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import ExitStack, suppress
from pathlib import Path
from typing import Any

from telnyx_mock.catalogue.registry import EVERYTHING, find, select
from telnyx_mock.contract.all_rules import contract
from telnyx_mock.contract.effects.probe import open_probe, reads_address, snapshot
from telnyx_mock.contract.engine.app_code import app_facts
from telnyx_mock.contract.engine.finding import Finding
from telnyx_mock.contract.engine.result import Result
from telnyx_mock.contract.engine.rule import Rule
from telnyx_mock.contract.engine.rule_runner import Runner
from telnyx_mock.contract.opening import databases
from telnyx_mock.contract.opening.app_with_keys import open_app_with_keys
from telnyx_mock.contract.opening.given import app_environment, key_pair, settings_of
from telnyx_mock.contract.opening.objects import left_alone
from telnyx_mock.contract.opening.receiver_opener import Opener
from telnyx_mock.contract.opening.run_journal import run_journal
from telnyx_mock.contract.report import Report
from telnyx_mock.contract.reproduce.target import UNNAMED, Target
from telnyx_mock.contract.rules.registry import chosen, subjects
from telnyx_mock.contract.watched import Watch, Watched
from telnyx_mock.emulator import Emulator
from telnyx_mock.errors import BudgetSpent, TelnyxMockError, UsageError
from telnyx_mock.journal import Journal
from telnyx_mock.names import EventName, RuleName
from telnyx_mock.patience import PATIENCE, Patience
from telnyx_mock.schema.event import Event
from telnyx_mock.settings import DEFAULT_PRODUCTS, Settings
from telnyx_mock.signing.keys import KeyPair
from telnyx_mock.transports.drained import drained
from telnyx_mock.transports.environment import added_variables
from telnyx_mock.transports.loading import is_address

OnResult = Callable[[Result, int], None]
"""A function that is called with each result, and with the number of planned checks."""

OnWarning = Callable[[str], None]
"""A function that is called with a sentence that the user should read before the first delivery."""


def run(
    target: Any,
    *,
    events: Sequence[EventName | str] = (),
    products: str = ",".join(DEFAULT_PRODUCTS),
    only: Sequence[RuleName | str] = (),
    exclude: Sequence[RuleName | str] = (),
    severity: Sequence[str] = (),
    rules_from: Sequence[str] = (),
    seed: int | None = None,
    examples: int | None = None,
    thorough: bool = False,
    deadline: float = 2.0,
    success: str = "200",
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
    forgeries_only: bool = False,
    probe: Any = "",
    api: int | None = None,
    drain: Any = "",
    failover: Any = "",
    app_with_keys: Any = "",
    no_reads: bool = False,
    strict: bool = False,
    fail_fast: bool = False,
    checks: Collection[tuple[str, str]] | None = None,
    run_id: str = "",
    journal: str | Path = "",
    on_result: OnResult | None = None,
    on_warning: OnWarning | None = None,
    watch: Watch | None = None,
    is_known: Callable[[Finding], bool] = lambda _: False,
    patience: Patience = PATIENCE,
) -> Report:
    """Run the contract against *target*, and report what was found.

    *target* is an app, a factory or a context manager that makes one, ``module:app``, or an
    address. An app in this process finds its public key in ``TELNYX_PUBLIC_KEY`` while it is
    imported or made; an app that was made earlier must know the public key of *key*.

    *events* are patterns such as ``call.*``; *only* and *exclude* are patterns of rule ids, and *rules_from* are modules with rules of your own. *seed*
    makes the generated webhooks repeatable, *examples* is their number for each event. With
    *thorough*, each event is tried with all that the usual run spreads over the events of a family.
    *probe* is a function that shows the app's work, *api* the port at which the fake API listens for a receiver in another process, *drain* one that does the work in its queue, *failover* the receiver at the failover address,
    *app_with_keys* a function that makes the app for a list of public keys. All other settings are
    the options of ``telnyx-mock check``. *journal* is the folder for a journal of the run;
    without a folder, no journal is kept. *checks*, if given, are the only checks to try, each a rule
    and the event of a :class:`Result`. *on_result* is called with each result as soon as its
    check ends, and *watch* hears of each
    delivery. With *fail_fast*, a finding that *is_known* does not stop the run.

    This call stays in this process, so it does not survive an app that ends the process, nor one that
    never returns from a webhook. ``telnyx-mock check`` survives both, because it runs in a child
    process.

    Raises UsageError if a setting or the target is wrong, and DeliveryError if the receiver cannot
    be reached. A run that must end early after its first result reports the *problem* instead.

    >>> from telnyx_mock import contract
    >>> def app(environ, start_response):
    ...     start_response("200 OK", [])
    ...     return [b""]
    >>> report = contract.run(app, events=["call.hangup"], only=["refuses-signature-missing"])
    >>> report.errors[0].message
    'call.hangup forged as signature-missing was accepted with 200.'
    """
    run_id = run_id or secrets.token_hex(4)
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
        forgeries_only=forgeries_only,
        events=events,
        products=products,
        only=only,
        exclude=exclude,
        severity=severity,
        rules_from=rules_from,
        examples=examples,
        thorough=thorough,
        seed=seed,
        deadline=deadline,
        success=success,
        probe=probe,
        api=api,
        drain=drain,
        failover=failover,
        app_with_keys=app_with_keys,
        no_reads=no_reads,
        strict=strict,
        fail_fast=fail_fast,
    )
    selected = select(settings.events or EVERYTHING)
    results: list[Result] = []
    problem = ""
    kept: Journal | None = None
    with ExitStack() as stack:
        pair = key_pair(key)
        elsewhere = isinstance(target, str) and is_address(target)
        if not elsewhere or _names_app(settings):
            stack.enter_context(app_environment(settings, pair))
        opener = Opener(settings)
        receiver = opener.open(target)
        stack.enter_context(left_alone())
        sentence = databases.warning(added_variables(settings.env)) if receiver.in_process else ""
        if sentence and on_warning is not None:
            on_warning(sentence)
        stack.callback(receiver.close)
        rules = contract(settings.rules_from)  # now, because they may import the app
        tried = chosen(settings.only, settings.exclude, rules, settings.rules_with_severity)
        planned = _planned(tried, selected, checks)
        named = target_of(target, settings, in_process=receiver.in_process)
        emulator = Emulator(key=pair, patience=patience)
        if journal:
            kept = emulator.journal = run_journal(journal, run_id, "check", target, settings, pair)
            stack.callback(kept.close)
        if watch is not None:
            emulator.journal = Watched(kept, watch)
        emulator.bind(drained(opener.throttled(receiver), drain), opener.reopening(target))
        stack.callback(emulator.unbind)
        if settings.api is not None:
            stack.enter_context(emulator.serving(settings.api))
        makes = open_app_with_keys(app_with_keys)
        runner = Runner(
            emulator,
            selected,
            rules,
            settings,
            patience,
            named,
            key_is_new=elsewhere and not key,
        )
        runner.is_known = is_known
        runner.equip(
            open_probe(probe, opener.address, patience.probe),
            makes
            and (lambda keys: opener.throttled(opener.open(makes(keys), name="the app with keys"))),
            opener.failover(
                failover, target, receiver, lambda path: _opened(stack, opener, failover, path)
            ),
        )
        try:
            for result in runner.run_all(_read_probe_early(runner, planned)):
                results.append(result)
                if kept is not None:
                    kept.result(result.to_json())
                if on_result is not None:
                    on_result(result, len(planned))
        except TelnyxMockError as error:
            if not results:
                raise
            problem = str(error)
        app = app_facts(receiver, runner.baseline.headers)
    return Report(
        run_id=run_id,
        target=named.name,
        settings=settings,
        seed=settings.seed or 0,
        results=tuple(results),
        ended=time.time(),
        problem=problem,
        journal_problem="" if kept is None else kept.problem,
        app=app,
    )


def _planned(
    rules: Mapping[str, Rule],
    selected: Sequence[Event],
    checks: Collection[tuple[str, str]] | None,
) -> list[tuple[Rule, str]]:
    """Return the checks of *rules* for the *selected* events; of these, *checks* if they are given."""
    planned = [(rule, subject) for rule in rules.values() for subject in subjects(rule, selected)]
    if checks is not None:
        wanted = {
            (name, rules[name].subject(find(event)) if event else "")
            for name, event in checks
            if name in rules
        }
        planned = [each for each in planned if (each[0].id, each[1]) in wanted]
    if not planned:
        raise UsageError("There is nothing to check, because no rule applies to these events.")
    return planned


def _read_probe_early(
    runner: Runner, planned: Sequence[tuple[Rule, str]]
) -> Iterator[tuple[Rule, str]]:
    """Yield each *planned* check, and read the probe between two of them as early as possible.

    A probe that is an address can be read at once. A probe that is a function may read data that
    exists only after the app has started.
    """
    probe = runner.observer.probe
    unread = probe is not None
    for each in planned:
        if probe is not None and unread and (reads_address(probe) or runner.sender.first):
            unread = False
            with suppress(BudgetSpent):  # which the checks say better
                snapshot(probe, runner.patience.probe)
        yield each


def _names_app(settings: Settings) -> bool:
    """Whether the failover address names an app, which the run imports in this process."""
    return ":" in settings.failover and "://" not in settings.failover


def _opened(stack: ExitStack, opener: Opener, value: Any, path: str | None) -> Any:
    receiver = opener.open(value, path=path)
    stack.callback(receiver.close)
    return receiver


def target_of(target: Any, settings: Settings, *, in_process: bool) -> Target:
    """Return how commands name the *target*; an app object has no name."""
    return Target(
        target if isinstance(target, str) and target else UNNAMED,
        "" if settings.path == "/" else settings.path,
        "" if settings.host == "localhost" else settings.host,
        settings.key,
        settings.allow_hosts,
        settings.headers,
        settings.env,
        settings.setup,
        settings.ca_bundle,
        settings.events,
        tuple(settings.words(judging=True)),
        in_process,
        settings.rules_from,
    )
