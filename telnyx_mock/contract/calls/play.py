"""Plays a state machine, again and again, until it finds no invariant more that does not hold."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from functools import partial
from typing import Any

import hypothesis
from hypothesis.errors import (
    FlakyFailure,
    FlakyStrategyDefinition,
    Unsatisfiable,
    UnsatisfiedAssumption,
)
from hypothesis.stateful import get_state_machine_test

from telnyx_mock.contract.calls import automaton, lateness
from telnyx_mock.contract.calls.address import Address
from telnyx_mock.contract.calls.app_elsewhere import AppElsewhere
from telnyx_mock.contract.calls.dialling import dialler
from telnyx_mock.contract.calls.invariants import (
    INVARIANTS,
    Certain,
    Invariant,
    OutOfBudget,
    OutOfTime,
    Violation,
)
from telnyx_mock.contract.calls.machine import BEGINNINGS, ReceiverMachine
from telnyx_mock.contract.calls.rehearsal import rehearse
from telnyx_mock.contract.calls.run import Run
from telnyx_mock.contract.calls.watched_calls import WatchedCalls
from telnyx_mock.contract.engine.reason import Reason, Why
from telnyx_mock.emulator import Emulator
from telnyx_mock.errors import ReceiverFailure
from telnyx_mock.fake_api.answering import served_at
from telnyx_mock.settings import Settings
from telnyx_mock.severity import failing
from telnyx_mock.simulator.commands import SENDS

RESTARTS = 2
"""So often all begins anew if the app did not do the same again in the same call."""

STEPS = 12
"""The most things that happen in one example."""

LATE = Reason(
    Why.OF_CALLS, details={"sentence": "The app answers late, so nobody called any more."}
)

OUT_OF_BUDGET = (
    "The budget of {requests} requests was used up in simulation {number}, so nobody called any more; raise it with "
    "--max-requests, or ask for fewer --examples."
)

TEXTS = ("Hello.", "STOP", "START")
"""What people write."""

DID_NOTHING = (
    "The app sent no command in any call or conversation, so only its answers were judged. If it calls people "
    "itself, say how: --dial MODULE:FUNCTION, or --dial 'POST /path'."
)

CALLED_NOTHING = (
    "The receiver sent no command to the fake API, so only its answers were judged. If it sends commands to "
    "Telnyx, start it with TELNYX_BASE_URL={address}."
)


def play(
    emulator: Emulator,
    machine: type[ReceiverMachine] | None,
    settings: Settings,
    invariants: Mapping[str, Invariant],
    dial: str | Callable[[], Any] = "",
    *,
    key_is_new: bool = False,
    watched: WatchedCalls | None = None,
    is_known: Callable[[Violation], bool] = lambda _: False,
) -> tuple[list[Violation], list[str], Run]:
    """Return which of the *invariants* do not hold, each with its story, what is unsure, and what was done.

    *settings* give the seed, the number of examples, and whether the first violation that fails the run ends it, unless
    it *is_known*. *dial* lets the app call somebody; see :func:`dialler`. With *key_is_new*, a receiver in another process
    cannot know the key. *watched* gets the story of the simulation under way. One fault must not hide the next, so an
    invariant that is known not to hold is left out, and all begins anew.

    Raises UsageError if *dial* lets nobody dial, or if the address is evidently not one for Telnyx's webhooks.
    """
    run = Run(
        left_out=INVARIANTS.keys() - invariants.keys(),
        deadline=settings.deadline,
        seconds=lateness.SECONDS * (settings.examples or 0),
    )
    if watched is not None:
        watched.story = lambda: run.story()
    violations: list[Violation] = []
    unsure: list[str] = []
    restarts = RESTARTS

    def note(violation: Violation) -> Violation:
        violations.append(violation.judged(invariants[violation.invariant.id]))
        return violations[-1]

    try:
        address = _prepare(emulator, run, settings, dial, key_is_new=key_is_new)
        if run.texts and automaton.INVARIANT not in run.left_out:
            with suppress(ReceiverFailure, UnsatisfiedAssumption):  # what is wrong is shown later
                if (talk := automaton.answers_without_end(emulator, run)) is not None:
                    note(talk)
        while run.ended is None:
            run.seen.clear()
            try:
                if lateness.has_worker(run):
                    unsure += _play_usual(machine or ReceiverMachine, emulator, run)
                play_once(
                    machine or ReceiverMachine, emulator, run, settings, begun=len(violations)
                )
            except Violation as violation:
                address.require_served(run.answers)
                run.left_out.add(violation.invariant.id)
                if _fails(note(violation), settings) and not is_known(violations[-1]):
                    run.ended = Reason(Why.STOPPED_AT_ERROR)
                continue
            except Certain as certain:
                note(certain.violation)
                run.ended = LATE
            except (FlakyFailure, FlakyStrategyDefinition) as flaky:
                found = _violation_in(flaky)
                if found is not None:
                    unsure.append(f"{found.message} It did not do so again.")
                    run.left_out.add(found.invariant.id)
                    continue
                if restarts:
                    restarts -= (
                        1  # the app may keep something for ever, and do the same from now on
                    )
                    continue
                unsure.append("The app does not do the same again in the same call.")
            except ReceiverFailure as failure:
                unsure.append(str(failure).partition("\n")[0])
            except OutOfTime:
                run.is_out_of_time = True
                if len(run.seen) > 1:
                    note(min(run.seen, key=lambda each: each.story.count("\n")))
                elif run.seen:
                    unsure.append(f"{run.seen[0].message} It did not do so again in time.")
            except Unsatisfiable:
                pass  # no call goes on, because of what is known by now
            break
    except OutOfBudget as spent:
        if len(run.seen) > 1:  # it did so again, so it is no accident
            note(min(run.seen, key=lambda each: each.story.count("\n")))
        sentence = OUT_OF_BUDGET.format(requests=spent.requests, number=run.examples + 1)
        run.ended = Reason(Why.BUDGET_SPENT, details={"problem": sentence})
        unsure.append(sentence)
    unsure += lateness.unsure(run)
    if run.misled:
        unsure.append(
            f"In {run.misled} of {run.examples} examples, the app called a service that has no true answer here."
        )
    if run.examples and not (run.acted or emulator.receiver.in_process):
        unsure.append(CALLED_NOTHING.format(address=served_at()))
    elif run.examples and not (run.acted or violations):
        unsure.append(DID_NOTHING)
    return violations, unsure, run


def _prepare(
    emulator: Emulator,
    run: Run,
    settings: Settings,
    dial: str | Callable[[], Any],
    *,
    key_is_new: bool,
) -> Address:
    """Find out what people can do with the app, and return its address."""
    run.dial = dialler(dial, emulator) if dial else None
    address = Address(emulator, settings)
    if emulator.receiver.in_process:
        address.require_for_webhooks()
    else:
        rehearse(emulator, run, address, key_is_new=key_is_new)
    run.texts = TEXTS if _answers_messages(emulator, run) else ()
    if isinstance(run.threads, AppElsewhere):
        run.threads.rehearsing = False
    return address


def _fails(violation: Violation, settings: Settings) -> bool:
    """Whether *violation* ends the run at once."""
    fails = failing(strict=settings.strict)
    return settings.fail_fast and violation.invariant.severity in fails


def _answers_messages(emulator: Emulator, run: Run) -> bool:
    """Whether the app sends a message to a person who writes one: an app for calls alone gets none."""
    machine = ReceiverMachine(emulator, run)
    with suppress(ReceiverFailure, UnsatisfiedAssumption):  # what is wrong is shown later
        machine.people.write(0, TEXTS[0])
    machine.close()
    return any(command.name in SENDS for command in machine.commands)


def _play_usual(machine: type[ReceiverMachine], emulator: Emulator, run: Run) -> Iterator[str]:
    """Play a usual call after each beginning: few others will be played, as each takes long.

    Raises a Violation that comes twice. Yields a sentence about each other one.
    """
    while run.usual < len(BEGINNINGS):
        beginning = BEGINNINGS[run.usual]
        with suppress(ReceiverFailure, UnsatisfiedAssumption):
            try:
                machine(emulator, run).play_usual_call(beginning)
            except Violation as first:
                machine(emulator, run).play_usual_call(beginning)
                yield f"{first.message} It did not do so again."
        if run.seen and _is_again(run):
            raise run.seen[-1]
        run.seen.clear()
        run.usual += 1


def _is_again(run: Run) -> bool:
    return len(run.seen) > 1 and run.seen[-1].invariant == run.seen[-2].invariant


def play_once(
    machine: type[ReceiverMachine],
    emulator: Emulator,
    run: Run,
    settings: Settings,
    *,
    begun: int = 0,
) -> None:
    """Raise the Violation that so many examples of *machine* find as the *settings* say, after shrinking it.

    If each example takes long, none is played for shrinking, nor again when all has *begun* anew so many times.

    Raises Certain, OutOfBudget and OutOfTime as soon as an example does.
    """
    is_slow = lateness.has_worker(run)
    assert settings.examples is not None  # run_calls knows how many
    make: Any = partial(machine, emulator, run)
    test = get_state_machine_test(
        make,
        settings=hypothesis.settings(
            database=None,
            deadline=None,
            max_examples=settings.examples,
            stateful_step_count=lateness.STEPS if is_slow else STEPS,
            phases=(hypothesis.Phase.generate, *([] if is_slow else [hypothesis.Phase.shrink])),
            print_blob=False,
            report_multiple_bugs=False,
            suppress_health_check=list(hypothesis.HealthCheck),
            verbosity=hypothesis.Verbosity.quiet,
        ),
    )
    try:
        hypothesis.seed((settings.seed or 0) + (begun if is_slow else 0))(test)()
    except FlakyStrategyDefinition as flaky:
        # Hypothesis says so of an example that ended earlier than before, whatever has ended it.
        ending: BaseException | None = flaky
        while ending is not None and not isinstance(ending, Certain | OutOfBudget | OutOfTime):
            ending = ending.__context__
        raise ending or flaky from None


def _violation_in(flaky: BaseException) -> Violation | None:
    if isinstance(flaky, Violation):
        return flaky
    inner: Any = getattr(flaky, "exceptions", ())
    return next((found for each in inner if (found := _violation_in(each))), None)
