"""The receiver answers in time, before Telnyx stops waiting and delivers the webhook again."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from functools import partial
from itertools import chain

from telnyx_mock.contract.engine.finding import Finding
from telnyx_mock.contract.engine.machine_load import Measured, measured, require_free_machine
from telnyx_mock.contract.engine.reason import Blocked, Inconclusive, Skipped, Why
from telnyx_mock.contract.engine.rule import Check, Rule, Scope
from telnyx_mock.contract.engine.rule_context import Context
from telnyx_mock.delivery import Delivery
from telnyx_mock.payload.webhook import Webhook, sample
from telnyx_mock.provider_urls import API_HOST, MESSAGING_GUIDE
from telnyx_mock.schema.event import Event
from telnyx_mock.severity import Severity

WHY = (
    "The messaging and RCS guides say that Telnyx waits about two seconds for an answer; for a "
    "voice application you can set this time. After it Telnyx delivers the webhook again, so slow "
    "answers cause duplicates."
)
BURST, BURSTS = 10, 3
"""How many webhooks are sent at the same time, and how often at most."""


def _check_in_time(check: Check, context: Context, event: Event) -> Iterator[Finding]:
    context.baseline.require_accepted(event)
    deadline = context.settings.deadline
    for each in context.events:
        if each.family != event.family or not context.baseline.accepts(each):
            continue
        usual, name = context.baseline.sample_of(each), each.name
        if usual.elapsed <= deadline:
            continue
        again = (measured(partial(context.sender.send, sample(name))) for _ in range(3))
        # The first request of the run does not count: the receiver may have had to start.
        first = [] if usual is context.sender.first else [Measured(usual, usual.elapsed)]
        tries = chain(first, again)
        late = _two_late(tries, deadline)
        if late is not None:
            _require_free_machine(context)
            once, twice = (f"{delivery.elapsed:.1f} s" for delivery in late)
            problem = f"was answered after {once}, and again after {twice}"
            yield check.finding(late[1], problem, f"an answer within {deadline:g} s")
            return
    context.baseline.require_known(each for each in context.events if each.family == event.family)


def _two_late(tries: Iterable[Measured], deadline: float) -> tuple[Delivery, Delivery] | None:
    """Make up to three *tries*, and return two late ones, or None. Stop when it is certain.

    Raises Inconclusive if they are late only because this machine is busy.
    """
    late, in_time = [], 0
    for each in tries:
        if each.delivery.elapsed > deadline:
            late.append(each)
        else:
            in_time += 1
        if len(late) == 2:
            for one in late:
                one.require_late(deadline)
            return late[0].delivery, late[1].delivery
        if in_time == 2:
            return None
    return None


def _check_first_in_time(check: Check, context: Context, event: Event) -> Iterator[Finding]:
    with suppress(Inconclusive):  # the receiver was sent its first request all the same
        context.baseline.sample_of(event)
    first, deadline = context.sender.first, context.settings.deadline
    if first is not None and first.elapsed > deadline:
        _require_free_machine(context)
        problem = f"was the first request of the run, and was answered after {first.elapsed:.1f} s"
        expected = f"an answer within {deadline:g} s"
        # Each command starts an app in this process anew, so the first request is slow again.
        alone = context.emulator.receiver.in_process
        yield check.finding(first, problem, expected, alone=alone)


def _check_bursts(check: Check, context: Context, event: Event) -> Iterator[Finding]:
    accepted = [each for each in context.events if context.baseline.accepts(each)]
    if not accepted:
        context.baseline.require_known(context.events)
        raise Skipped(Why.NO_SAMPLE_ACCEPTED)
    deadline = context.settings.deadline
    alone = context.sender.send(sample(accepted[0].name))
    if alone.elapsed > deadline:
        raise Skipped(Why.ALWAYS_LATE)
    expected = f"each answer within {deadline:g} s"
    late = _late_in_burst(context, accepted[0], deadline)
    if late is not None:
        _require_free_machine(context)
        problem = (
            f"in a burst of {BURST} was answered after {late.elapsed:.1f} s, and alone after "
            f"{alone.elapsed:.1f} s"
        )
        yield check.finding(late, problem, expected, alone=False)
        return
    # The samples have shown which services the receiver calls.
    calling = next(iter(context.sender.called.values()), None)
    if calling is None or not _can_be_slow(context, deadline):
        return
    wait = 1.5 * deadline / BURST
    # If the calls come one after another, their times add up; a slow machine alone does not do that.
    usual = _slowest_of_burst(context, calling.event).own
    with _services_taking(context, wait):
        late = _late_in_burst(context, calling.event, usual + 0.8 * BURST * wait)
    if late is not None:
        _require_free_machine(context)
        problem = (
            f"in a burst of {BURST} was answered after {late.elapsed:.1f} s, while each call of the "
            f"app to another service took {wait:g} s: meanwhile no other webhook is answered"
        )
        yield check.finding(late, problem, expected, severity=Severity.WARNING, alone=False)


def _can_be_slow(context: Context, seconds: float) -> bool:
    """Whether the run can make services take *seconds*, so that an answer is too late."""
    return context.emulator.sees_commands() and seconds <= context.patience.longest_slow_service


@contextmanager
def _services_taking(context: Context, seconds: float) -> Iterator[None]:
    """Let the Telnyx API and each other service take *seconds* in the ``with`` block."""
    api = context.emulator.api
    most = api.slow_for(BURSTS * BURST * seconds)
    with api.taking(seconds), api.services_taking(seconds), most, context.sender.not_late():
        yield


def _late_in_burst(context: Context, event: Event, deadline: float) -> Delivery | None:
    """Return a delivery after *deadline* of a burst of *event*, if two of three bursts have one."""
    first = _slowest_of_burst(context, event)
    if first.delivery.elapsed < deadline / 2 and not context.settings.thorough:
        return None
    others = (_slowest_of_burst(context, event) for _ in range(BURSTS - 1))
    late = _two_late(chain([first], others), deadline)
    return None if late is None else late[1]


def _slowest_of_burst(context: Context, event: Event) -> Measured:
    requests = [context.emulator.request(sample(event.name)) for _ in range(BURST)]
    at_once = context.sender.send_at_once
    return measured(lambda: max(at_once(requests), key=lambda delivery: delivery.elapsed))


def _check_slow_services(check: Check, context: Context, event: Event) -> Iterator[Finding]:
    context.observer.require_commands("A call of the app to another service")
    for each in context.events:  # whose samples show which services the receiver calls
        context.baseline.accepts(each)
    called = context.sender.callers
    if not called:
        raise Skipped(Why.NO_SERVICE_CALLED)
    # Another service first, since Telnyx does not look after it.
    for host in sorted(called, key=lambda each: each == API_HOST):
        late = _waits_for(context, called[host], host, context.patience.slow_service)
        if late is None:
            continue
        yield _waiting(check, context, called[host], host, late)
        return


def _waiting(
    check: Check, context: Context, webhook: Webhook, host: str, late: Delivery
) -> Finding:
    """Return the finding about a receiver that waits for the service at *host*."""
    seconds, expected = context.settings.deadline + 0.5, "an answer that waits for no other service"
    name, it = ("the Telnyx API", "the API") if host == API_HOST else (host, "it")
    answered = {API_HOST, *(call.host for call in context.emulator.api.service_calls)}
    if host in answered and _can_be_slow(context, seconds):
        # The client's own timeout counts here, so this shows whether the answer is late.
        too_late = _waits_for(context, webhook, host, seconds, times=1)
        if too_late is not None:
            problem = (
                f"was answered after {too_late.elapsed:.1f} s, because the app waited for {name}, "
                f"which took {seconds:g} s; Telnyx then delivers again"
            )
            severity = Severity.WARNING
            return check.finding(too_late, problem, expected, severity=severity, alone=False)
    problem = (
        f"is answered only after {name} has answered: if {it} takes {seconds:g} s and the app waits "
        "for it, the answer is late, and Telnyx delivers again"
    )
    return check.finding(late, problem, expected, alone=False)


def _waits_for(
    context: Context, webhook: Webhook, host: str, wait: float, times: int = 2
) -> Delivery | None:
    """Return a delivery that takes *wait* seconds each time if the service at *host* does."""
    api = context.emulator.api
    slow = api.taking if host == API_HOST else api.services_taking
    event, late = webhook.event, None
    for _ in range(times):
        with suppress(Blocked):
            usual = context.sender.send(sample(event.name))
            if usual.elapsed > wait / 2:
                return None
        with slow(wait), api.slow_for(wait):
            try:
                late = context.emulator.send(sample(event.name))
            finally:
                context.emulator.wait_until_idle()
        if late.elapsed < wait:
            return None
    _require_free_machine(context)
    return late


def _require_free_machine(context: Context) -> None:
    require_free_machine(context.emulator.clock, context.patience)


RULES: tuple[Rule, ...] = (
    Rule(
        "answers-in-time",
        "answers before the deadline",
        Severity.ERROR,
        Scope.FAMILY,
        WHY,
        MESSAGING_GUIDE,
        "Answer first and work later: put the event on a queue, or handle it in a background task.",
        _check_in_time,
        judges_time=True,
    ),
    Rule(
        "answers-first-in-time",
        "answers its first request before the deadline",
        Severity.ADVICE,
        Scope.RUN,
        WHY,
        MESSAGING_GUIDE,
        "Import modules and open connections when the app starts, not in the first request.",
        _check_first_in_time,
    ),
    Rule(
        "answers-bursts-in-time",
        "answers before the deadline if several webhooks come at once",
        Severity.ERROR,
        Scope.RUN,
        "Telnyx delivers concurrently: one call causes several events within a second. If a "
        "handler blocks the event loop or holds a lock, all other requests wait.",
        MESSAGING_GUIDE,
        "In an async handler, call nothing that blocks. Keep locks and transactions short, and "
        "run more than one worker.",
        _check_bursts,
    ),
    Rule(
        "answers-before-slow-services",
        "answers without waiting for other services",
        Severity.ADVICE,
        Scope.RUN,
        f"{WHY} A service that you call takes a second too long now and then.",
        MESSAGING_GUIDE,
        "Answer first, act later: put the event on a queue, or call the service in a background task. "
        "Or give the call a timeout of one second, and answer 503 when it passes.",
        _check_slow_services,
    ),
)
