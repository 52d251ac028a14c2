"""Makes a rule of the contract from a function of the user's own."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import TypeAlias

from telnyx_mock.catalogue.registry import select
from telnyx_mock.contract.engine.confirmation import reproduced
from telnyx_mock.contract.engine.finding import Finding
from telnyx_mock.contract.engine.reason import Inconclusive, Skipped
from telnyx_mock.contract.engine.rule import Check, Rule, Scope
from telnyx_mock.contract.engine.rule_context import Context
from telnyx_mock.delivery import Delivery
from telnyx_mock.errors import TelnyxMockError, UsageError
from telnyx_mock.payload.draft import Draft
from telnyx_mock.payload.request import Request
from telnyx_mock.payload.webhook import Webhook, sample
from telnyx_mock.schema.event import Event
from telnyx_mock.schema.json_values import Json
from telnyx_mock.severity import Severity
from telnyx_mock.transports.loading import place

_ID = re.compile(r"[a-z][a-z0-9]*(-[a-z0-9]+)*")


@dataclass(frozen=True, slots=True)
class Trial:
    """One try of a rule of your own, for one event. Your function sends, and tells what is wrong.

    *event* is the name of the event.
    """

    event: str
    _check: Check
    _context: Context

    def webhook(self, **overrides: Json) -> Webhook:
        """Return the documented sample of the event with your values, as for ``telnyx_mock.send``."""
        return sample(self.event, **overrides)

    def send(
        self,
        what: Webhook | Draft | Request | None = None,
        /,
        *,
        forge: str | None = None,
        **overrides: Json,
    ) -> Delivery:
        """Send *what*, or else :meth:`webhook` with *overrides*, and return what happened.

        *forge* names a forgery to send instead. ``Delivery.commands`` holds the commands with
        an effect that the receiver sent to Telnyx for it, also after its answer. The check ends
        without a verdict if the budget of the run is used up, or if the receiver is too busy.
        """
        what = self.webhook(**overrides) if what is None else what
        send = partial(self._context.sender.send, what, forge=forge)
        delivery, effects = self._context.observer.observe_soon(send, probed=False)
        return replace(delivery, commands=effects.commands)

    def finding(
        self, delivery: Delivery, problem: str, *, expected: str = "", fields: Sequence[str] = ()
    ) -> Finding:
        """Return the finding that *delivery* shows; *problem* completes a sentence about it.

        The sentence begins with the delivery, as in "call.hangup *was answered without a date*".
        *expected* says what the receiver should have answered. *fields* are the paths of the fields
        without which there would be no problem.
        """
        return self._check.finding(
            delivery, problem, expected or "200", fields=tuple(fields), alone=False
        )


Look: TypeAlias = Callable[[Trial], Iterable[Finding] | None]


def rule(
    id: str,  # noqa: A002
    title: str,
    *,
    events: str | Sequence[str] = "*",
    severity: str = "error",
    fix: str = "",
    source: str = "",
) -> Callable[[Look], Rule]:
    """Make a contract rule of the function below; the run tries it for each of *events*.

    The function takes a :class:`Trial` and yields its findings. Its docstring is the reason of the
    rule. *id* is a name in small letters with hyphens. *title* completes "A receiver ...". *events*
    are patterns as for ``--events``. *severity* is ``error``, ``warning`` or ``advice``. *fix* says
    what to do about a finding, and *source* is a page about it. Name the module of your rules in
    ``--rules-from``, or in an entry point of the group ``telnyx_mock.rules``.

    A rule is tried only for an event whose sample the receiver accepts. If the receiver fails while
    the function runs, a finding counts only if the function finds it again.

    Raises UsageError for an impossible *id* or *severity*, and for unknown *events*.

    >>> import telnyx_mock
    >>> @telnyx_mock.rule(
    ...     "answers-hangup-briefly",
    ...     "answers a hangup with an empty body",
    ...     events="call.hangup",
    ...     severity="advice",
    ... )
    ... def answers_hangup_briefly(trial):
    ...     "Nobody reads the body."
    ...     delivery = trial.send()
    ...     if delivery.body:
    ...         yield trial.finding(delivery, "was answered with a body", expected="200, no body")
    >>> answers_hangup_briefly.id
    'answers-hangup-briefly'
    """
    if not _ID.fullmatch(id):
        raise UsageError(f"The id {id!r} of a rule must be in small letters, as in 'stores-calls'.")
    if severity not in {each.value for each in Severity}:
        raise UsageError(
            f"The severity of {id} must be error, warning or advice, not {severity!r}."
        )
    chosen = frozenset(select((events,) if isinstance(events, str) else events))

    def decorate(function: Look) -> Rule:
        def look(check: Check, context: Context, event: Event) -> Iterator[Finding]:
            context.baseline.require_accepted(event)
            trial = Trial(event.name, check, context)
            yield from reproduced(context, lambda: _found(id, function, trial)) or ()

        return Rule(
            id,
            title,
            Severity(severity),
            Scope.EVENT,
            " ".join((function.__doc__ or "").split()),
            source,
            fix,
            look,
            applies=lambda event: event in chosen,
        )

    return decorate


def _found(id_: str, function: Look, trial: Trial) -> list[Finding] | None:
    """Return what the user's *function* finds, or None. Raises UsageError if it fails."""
    try:
        found = list(function(trial) or ())
    except (TelnyxMockError, Skipped, Inconclusive):
        raise
    except Exception as error:
        raise UsageError(
            f"The rule {id_} failed: {type(error).__name__}: {error} ({place(error)})."
        ) from error
    for each in found:
        if not isinstance(each, Finding):
            raise UsageError(f"The rule {id_} must yield trial.finding(...), not {each!r:.80}.")
    return found or None
