"""The receiver finishes its background work: the work for an event after its answer.

An exception in this work stays unseen: Telnyx has its 200, and does not deliver the event again.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from telnyx_mock.contract.engine.failure import require_answered
from telnyx_mock.contract.engine.finding import Finding
from telnyx_mock.contract.engine.minimise import minimal_failures
from telnyx_mock.contract.engine.reason import Blocked, Skipped, Why
from telnyx_mock.contract.engine.rule import Check, Rule, Scope
from telnyx_mock.contract.engine.rule_context import Context
from telnyx_mock.contract.rules.accepts import FIND_FIELDS
from telnyx_mock.contract.rules.mutations import mutated, nullable_fields, optional_fields
from telnyx_mock.delivery import Delivery
from telnyx_mock.payload.paths import short_path
from telnyx_mock.payload.webhook import Webhook, sample
from telnyx_mock.provider_urls import FUNDAMENTALS
from telnyx_mock.schema.event import ContentType, Event
from telnyx_mock.schema.field import Presence
from telnyx_mock.severity import Severity
from telnyx_mock.transports.app_errors import background_errors
from telnyx_mock.transports.configuration import missing_configuration


@dataclass(frozen=True, slots=True)
class _Failure:
    """An accepted *delivery*, and the *traceback* of the background work that failed because of it.

    *fields* were absent or null, as *presence* says. They are empty if the sample itself fails.
    """

    delivery: Delivery
    traceback: str
    fields: tuple[str, ...] = ()
    presence: Presence = Presence.PRESENT

    def exception(self) -> str:
        """The exception in one line."""
        return self.traceback.strip().rpartition("\n")[2]


@dataclass(slots=True)
class _BackgroundWork:
    """Sends webhooks and waits for the background work after them; *waited* is in seconds."""

    context: Context
    waited: float = 0.0

    def failure(self, webhook: Webhook) -> _Failure | None:
        """Return what fails after the answer to *webhook*; None if nothing fails.

        A failure counts only if it occurs again, because the first one may belong to an earlier
        webhook.
        """
        return self._send(webhook) and self._send(webhook)

    def _send(self, webhook: Webhook) -> _Failure | None:
        clock = self.context.emulator.clock
        api = self.context.emulator.api
        blocked, unmodelled = api.blocked.position, api.unmodelled.position
        with background_errors() as failures:
            delivery = self.context.sender.send(webhook)
            started = clock.monotonic()
            self.context.emulator.wait_until_idle()
            self.waited += clock.monotonic() - started
        if not failures or not delivery.accepted:
            return None
        if missing := missing_configuration(failures[0]):
            raise Blocked(Why.NOT_CONFIGURED, delivery.sent(), missing=missing)
        require_answered(delivery, api.blocked.since(blocked), api.unmodelled.since(unmodelled))
        return _Failure(delivery, failures[0])


def _finishes(check: Check, context: Context, event: Event) -> Iterator[Finding]:
    if not context.emulator.receiver.in_process:
        raise Skipped(Why.NEEDS_PROCESS, what="An error in background work")
    context.baseline.require_accepted(event)
    context.emulator.wait_until_idle()  # an earlier family may have work that still fails
    work = _BackgroundWork(context)
    of_family = [each for each in context.events if each.family == event.family]
    exceptions: set[str] = set()
    for each in filter(context.baseline.accepts, of_family):
        for rule in FIND_FIELDS:  # which watch the background work after all fields at once
            context.found(rule, each)
        if each.name not in context.sender.may_fail_later:
            continue
        if work.waited > context.patience.background_errors:
            raise Skipped(Why.BACKGROUND_TOO_LONG, event.family)
        for failure in _failures(work, each):
            if not failure.fields and _may_go_elsewhere(context, each):
                raise Skipped(Why.FAMILY_NOT_SERVED, event.family)
            if failure.exception() not in exceptions:
                exceptions.add(failure.exception())
                yield _finding(check, failure)
    if not exceptions:
        context.baseline.require_known(of_family)


def _may_go_elsewhere(context: Context, event: Event) -> bool:
    """Whether *event* may be meant for another address, because forms usually go to separate ones.

    A receiver that answers first and parses later accepts such events all the same.
    """
    return event.content_type is ContentType.FORM and not context.settings.events


def _failures(work: _BackgroundWork, event: Event) -> Iterator[_Failure]:
    """Yield what fails after the sample of *event*, or else after its smallest mutations."""
    failure = work.failure(sample(event.name))
    if failure is not None:
        yield failure
        return
    yield from _failures_if(work, event, optional_fields(event), Presence.ABSENT)
    yield from _failures_if(work, event, nullable_fields(event), Presence.NULL)


def _failures_if(
    work: _BackgroundWork, event: Event, paths: Iterable[str], presence: Presence
) -> Iterator[_Failure]:
    """Yield a failure for each minimal set of fields whose *presence* causes it."""
    found: dict[frozenset[str], _Failure] = {}

    def fails(part: frozenset[str]) -> bool:
        failure = work.failure(mutated(event, part, presence))
        if failure is None:
            return False
        names = tuple(short_path(event, path) for path in sorted(part))
        found[part] = replace(failure, fields=names, presence=presence)
        return True

    for part in minimal_failures(sorted(paths), fails):
        yield found[part]


def _finding(check: Check, failure: _Failure) -> Finding:
    fields, delivery = failure.fields, failure.delivery
    how = f"with {' and '.join(fields)} {failure.presence.value} " if fields else ""
    problem = (
        f"{how}was answered {delivery.answer()}, and afterwards the app failed: "
        f"{failure.exception()}"
    )
    expected = "200, and background work that does not fail"
    finding = check.finding(delivery, problem, expected, fields=fields)
    return replace(finding, traceback=failure.traceback)


RULES: tuple[Rule, ...] = (
    Rule(
        "finishes-background-work",
        "finishes the background work for each accepted event",
        Severity.ERROR,
        Scope.FAMILY,
        "Telnyx does not deliver an accepted event again. So an exception in a background task "
        "loses the event, and only a log shows the loss. This rule cannot see work in threads of "
        "the app.",
        FUNDAMENTALS,
        "Handle the value that the exception names. Catch errors in background work: put the "
        "event back on a queue, or raise an alarm.",
        _finishes,
    ),
)
