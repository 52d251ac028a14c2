"""The receiver finishes what it goes on with after its answer.

An exception there reaches nobody: Telnyx has its 200, and does not deliver again.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from telnyx_mock.contract.engine.context import Context
from telnyx_mock.contract.engine.finding import Finding
from telnyx_mock.contract.engine.reason import Skipped, Why
from telnyx_mock.contract.engine.rule import Check, Rule, Scope
from telnyx_mock.contract.rules.mutations import mutated, nullable_fields, optional_fields
from telnyx_mock.delivery import Delivery
from telnyx_mock.payload.paths import short_path
from telnyx_mock.payload.webhook import Webhook, sample
from telnyx_mock.provider import FUNDAMENTALS
from telnyx_mock.schema.event import ContentType, Event
from telnyx_mock.schema.field import Presence
from telnyx_mock.severity import Severity
from telnyx_mock.transports.app_errors import background_errors

__all__ = ["RULES"]


@dataclass(frozen=True, slots=True)
class _Failure:
    """A *delivery* that was accepted, and the *traceback* of what failed because of it."""

    delivery: Delivery
    traceback: str

    def cause(self) -> str:
        """The exception in one line."""
        return self.traceback.strip().rpartition("\n")[2]


@dataclass(slots=True)
class _Watch:
    """Waits for what goes on after answers; that took *waited* seconds up to now."""

    context: Context
    waited: float = 0.0

    def failure(self, webhook: Webhook) -> _Failure | None:
        """What fails after the answer to *webhook*, if that is accepted.

        It is believed only if it shows again: an older task may have been found out late.
        """
        return self._once(webhook) and self._once(webhook)

    def _once(self, webhook: Webhook) -> _Failure | None:
        with background_errors() as failures:
            delivery = self.context.sender.send(webhook)
            started = self.context.emulator.clock.monotonic()
            self.context.emulator.wait_until_idle()
            self.waited += self.context.emulator.clock.monotonic() - started
        return _Failure(delivery, failures[0]) if failures and delivery.accepted else None


def _finishes(check: Check, context: Context, event: Event) -> Iterator[Finding]:
    if not context.emulator.receiver.in_process:
        raise Skipped(Why.NEEDS_PROCESS, what="An error in the background")
    context.baseline.require_accepted(event)
    context.emulator.wait_until_idle()  # so that nothing is blamed on this family that is older
    causes: set[str] = set()
    watch = _Watch(context)
    for each in context.events:
        if each.family != event.family or not context.baseline.accepts(each):
            continue
        if watch.waited > context.patience.background_errors:
            raise Skipped(Why.BACKGROUND_TOO_LONG, event.family)
        for failure, how, names in _failures(watch, each):
            if not names and _is_stray(context, each):
                raise Skipped(Why.FAMILY_NOT_SERVED, event.family)
            if failure.cause() not in causes:
                causes.add(failure.cause())
                yield _finding(check, failure, how, names)
    if not causes:
        context.baseline.require_known(
            each for each in context.events if each.family == event.family
        )


def _is_stray(context: Context, event: Event) -> bool:
    """Whether *event* may be none of the receiver's: forms have addresses of their own as a rule.

    Who answers first and parses later accepts them all the same.
    """
    return event.content_type is ContentType.FORM and not context.settings.events


def _failures(watch: _Watch, event: Event) -> Iterator[tuple[_Failure, str, tuple[str, ...]]]:
    """What fails after the answer to *event*, how the webhook departed, and in which fields."""
    failure = watch.failure(sample(event.name))
    if failure is not None:
        yield failure, "", ()
        return
    for departure, fields in (
        (Presence.ABSENT, optional_fields(event)),
        (Presence.NULL, nullable_fields(event)),
    ):
        failure = watch.failure(mutated(event, fields, departure)) if fields else None
        if failure is None:
            continue
        for path in sorted(fields):
            alone = watch.failure(mutated(event, frozenset({path}), departure))
            if alone is not None:
                failure, fields = alone, frozenset({path})
                break
        names = tuple(short_path(event, path) for path in sorted(fields))
        yield failure, f"with {' and '.join(names)} {departure.value} ", names


def _finding(check: Check, failure: _Failure, how: str, fields: tuple[str, ...]) -> Finding:
    problem = (
        f"{how}was answered {failure.delivery.answer()}, and then made the app fail: "
        f"{failure.cause()}"
    )
    finding = check.finding(
        failure.delivery, problem, "200, and the work done that goes on after it", fields=fields
    )
    return replace(finding, traceback=failure.traceback)


RULES: tuple[Rule, ...] = (
    Rule(
        "finishes-background-work",
        "does not fail at what it goes on with after its answer",
        Severity.ERROR,
        Scope.FAMILY,
        "What is answered 200 is not delivered again, so an exception in a background task loses "
        "the event, and only a log tells. Work in threads of the app is not seen.",
        FUNDAMENTALS,
        "Handle the value that the exception is about, and catch what can fail in the background: "
        "put the event back on a queue, or send an alarm.",
        _finishes,
    ),
)
