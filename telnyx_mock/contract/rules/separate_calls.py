"""The receiver keeps calls apart: an event causes commands only for its own call."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from functools import partial
from itertools import permutations, product
from typing import TypeAlias

from telnyx_mock.contract.engine.finding import Finding
from telnyx_mock.contract.engine.reason import Skipped, Why
from telnyx_mock.contract.engine.related import histories, natural_order, related
from telnyx_mock.contract.engine.rule import Check, Rule, Scope
from telnyx_mock.contract.engine.rule_context import Context
from telnyx_mock.contract.rules.concurrency import ROUNDS, send_at_once
from telnyx_mock.payload.webhook import sample
from telnyx_mock.provider_urls import FUNDAMENTALS
from telnyx_mock.schema.event import Event
from telnyx_mock.severity import Severity

CommandsOfCall: TypeAlias = list[list[tuple[str, bool]]]
"""For each event of a call, the names of the commands after it, and whether for that call."""

MOST = 4
"""The largest number of acting events per family that are delivered for two calls, besides the
beginning of the calls."""


def _keeps_apart(check: Check, context: Context, event: Event) -> Iterator[Finding]:
    judged = False
    clock = context.emulator.clock
    acting = [
        each for each in context.worst_first() if "call_control_id" in sample(each.name).payload
    ]
    for family in dict.fromkeys(each.family for each in acting):
        of_calls = [each for each in acting if each.family == family][:MOST]
        events = natural_order([*_beginning(context, of_calls), *of_calls])
        started = clock.monotonic()
        [alone] = _commands_in_turn(context, events, 1)
        if not any(alone):
            continue
        judged = True
        took = clock.monotonic() - started
        how = "in turn"
        mixed_up = _mixed_up_in_turn(context, events, alone)
        if mixed_up is None:
            how = "at the same moment"
            mixed_up = _mixed_up_at_once(context, events, alone, took)
        if mixed_up is None or not context.observer.wait_until_idle():
            continue
        # Counts only if it shows again, with time for threads to finish in between.
        [alone] = _commands_in_turn(context, events, 1, until_idle=True)
        mixed_up = _mixed_up_in_turn(context, events, alone, until_idle=True) or _mixed_up_at_once(
            context, events, alone, context.patience.effect
        )
        if mixed_up is not None:
            of_call, command = mixed_up
            problem = (
                f"delivered for two calls {how} made the receiver send the command {command} for "
                "the other call, and not for its own"
            )
            expected = f"{command} for the call that the event is about"
            delivery = context.baseline.sample_of(of_call)
            yield check.finding(delivery, problem, expected, alone=False)
    if not judged:
        raise Skipped(Why.NO_COMMAND_FOR_CALL)


def _beginning(context: Context, events: Sequence[Event]) -> list[Event]:
    """Return the accepted events with which a call begins, if *events* are about a call."""
    known = context.baseline.accepted(context.events)
    begun = [each for event in events for each in next(iter(histories(event, known)), ())]
    return list(dict.fromkeys(begun))


def _commands_in_turn(
    context: Context, events: Sequence[Event], calls: int, *, until_idle: bool = False
) -> list[CommandsOfCall]:
    """Return the commands of *calls*; each of *events* is delivered for one call after another.

    With *until_idle*, the run waits between two deliveries until the receiver is idle.
    """
    observe = context.observer.observe_until_idle
    if not until_idle:
        observe = partial(context.observer.observe_soon, probed=False)
    now = context.emulator.clock.now()
    commands: list[CommandsOfCall] = [[] for _ in range(calls)]
    for webhooks in zip(*(related(events, now) for _ in range(calls)), strict=True):
        for of_call, webhook in zip(commands, webhooks, strict=True):
            _, effects = observe(partial(context.sender.send, webhook))
            own = webhook.payload["call_control_id"]
            of_call.append([(each.name, each.call == own) for each in effects.commands])
    return commands


def _mixed_up_in_turn(
    context: Context, events: Sequence[Event], alone: CommandsOfCall, *, until_idle: bool = False
) -> tuple[Event, str] | None:
    """Return an event of two calls in turn whose command goes to the other call, and the command.

    *alone* are the commands of one call while there is no other call.
    """
    calls = _commands_in_turn(context, events, 2, until_idle=until_idle)
    for event, usual, *commands in zip(events, alone, *calls, strict=True):
        for name, is_own in usual:
            if is_own and any(
                (name, True) not in each and (name, False) in each for each in commands
            ):
                return event, name
    return None


def _mixed_up_at_once(
    context: Context, events: Sequence[Event], alone: CommandsOfCall, seconds: float
) -> tuple[Event, str] | None:
    """Do as :func:`_mixed_up_in_turn`, but deliver each event for two calls at the same moment.

    The run waits *seconds* for commands. A command to the wrong call counts only if that call gets
    it more often than it does *alone*, because a receiver may also delay a command, or refuse an
    event.
    """
    observe = partial(context.observer.observe, seconds=seconds, probed=False)
    for _ in range(ROUNDS):
        now = context.emulator.clock.now()
        calls = [related(events, now) for _ in range(2)]
        for event, usual, *webhooks in zip(events, alone, *calls, strict=True):
            requests = [context.emulator.request(webhook) for webhook in webhooks]
            _, effects = send_at_once(context, requests, observe)
            sent = Counter((each.name, each.call) for each in effects.commands)
            ids = [str(webhook.payload["call_control_id"]) for webhook in webhooks]
            own = Counter(name for name, is_own in usual if is_own)
            for name, (one, other) in product(own, permutations(ids)):
                if not sent[name, one] and sent[name, other] > own[name]:
                    return event, name
    return None


RULES: tuple[Rule, ...] = (
    Rule(
        "keeps-calls-apart",
        "keeps two calls apart",
        Severity.ERROR,
        Scope.RUN,
        "Several calls go on at the same time, and one process handles the events of all calls.",
        FUNDAMENTALS,
        "Take call_control_id from the event that you handle. Do not keep the current call in a "
        "global variable or on the app.",
        _keeps_apart,
    ),
)
