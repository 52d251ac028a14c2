"""The receiver accepts generated webhooks: whatever the declaration of an event allows.

Hypothesis looks for the smallest one that is not accepted, away from what the checks before found
guilty. Then it looks again, away from what it found, so that one fault does not hide the next.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from telnyx_mock.contract.engine.context import Context
from telnyx_mock.contract.engine.finding import Finding, FindingFailure
from telnyx_mock.contract.engine.reason import Inconclusive, Why
from telnyx_mock.contract.engine.rule import Check, Rule, Scope, difference
from telnyx_mock.contract.rules.accepts import FIND_FIELDS, FIND_LAYOUTS, unaccepted
from telnyx_mock.errors import BudgetSpent
from telnyx_mock.payload.draft import Draft
from telnyx_mock.payload.paths import short_path
from telnyx_mock.provider import FUNDAMENTALS
from telnyx_mock.schema.event import Event
from telnyx_mock.schema.field_tree import descendants, field_tree
from telnyx_mock.severity import Severity

__all__ = ["RULES"]

MOST_FINDINGS = 5
"""How many faults are looked for in one event."""


MOST_SHRINKS = 300
"""How many smaller webhooks are tried once one was not accepted. Where answers are slow, a smaller
one is worth less than the time it takes."""


def _look(check: Check, context: Context, event: Event) -> Iterator[Finding]:
    context.baseline.require_accepted(event)
    suspects = context.culprits(event, *FIND_FIELDS, "accepts-each-choice")
    as_usual = any(context.found(rule, event) for rule in FIND_LAYOUTS)
    for _ in range(MOST_FINDINGS):
        finding = _smallest(check, context, event, suspects, as_usual)
        if finding is None:
            return
        yield finding
        if finding.fields:
            suspects.update(finding.fields)
        elif as_usual:
            return
        else:
            as_usual = True


def _smallest(
    check: Check, context: Context, event: Event, suspects: set[str], as_usual: bool
) -> Finding | None:
    """The smallest generated webhook that is not accepted, away from the fields in *suspects*.

    If *as_usual*, bytes and headers are written as they mostly are.
    """
    import hypothesis
    from hypothesis.errors import FlakyFailure

    from telnyx_mock.strategies import drafts, webhooks

    known = {short_path(event, node.path) for node in descendants(field_tree(event))}
    # A suspect may be a member that is not declared.
    avoid = frozenset(path for path in suspects if path.removesuffix("[]") in known)
    strategy = (
        webhooks(event.name, avoid=avoid).map(Draft)
        if as_usual
        else drafts(event.name, avoid=avoid)
    )

    patience = MOST_SHRINKS
    smallest: str | None = None
    found: Finding | None = None
    spent: BudgetSpent | None = None

    @hypothesis.settings(
        database=None,
        deadline=None,
        max_examples=context.settings.examples,
        phases=(hypothesis.Phase.generate, hypothesis.Phase.shrink),
        print_blob=False,
        report_multiple_bugs=False,
        verbosity=hypothesis.Verbosity.quiet,
    )
    @hypothesis.given(strategy)
    def accepts(draft: Draft) -> None:
        nonlocal patience, smallest, found, spent
        if smallest is not None:
            patience -= 1
            if patience < 0 and repr(draft) != smallest:
                return
        try:
            delivery = context.sender.send(draft)
        except BudgetSpent as problem:
            spent = problem
            raise
        if delivery.accepted:
            return
        found = unaccepted(check, delivery, _how(draft), _sites(draft))
        assert found is not None
        smallest = repr(draft)
        raise FindingFailure((found,))

    if context.settings.seed is not None:
        accepts = hypothesis.seed(context.settings.seed)(accepts)
    try:
        accepts()
    except FindingFailure as failure:
        return failure.findings[0]
    except (FlakyFailure, BudgetSpent):
        if spent is not None and found is None:
            raise spent from None
        if spent is not None:  # in the middle of making it smaller
            return found
        raise Inconclusive(Why.NOT_REPRODUCED, event.name, how="as generated") from None
    return None


def _sites(draft: Draft) -> tuple[str, ...]:
    """The fields in which *draft* was made to depart from the sample."""
    paths = (re.sub(r"\[[0-9]+\]", "[]", path) for path in draft.webhook.decisions())
    return tuple(dict.fromkeys(paths))


def _how(draft: Draft) -> str:
    departures = [
        difference(draft.webhook.event, path, value)
        for path, value in draft.webhook.decisions().items()
    ]
    if draft.layout is not None:
        departures.append(f"the layout {draft.layout!r}")
    if draft.header_case != "lower":
        departures.append(f"header names in {draft.header_case} case")
    if draft.charset:
        departures.append("a charset in its content type")
    if draft.reverse_headers:
        departures.append("its headers in reverse order")
    return f"with {', '.join(departures)}" if departures else ""


RULES: tuple[Rule, ...] = (
    Rule(
        "accepts-generated",
        "accepts every valid webhook that was generated",
        Severity.ERROR,
        Scope.EVENT,
        "Each of these could be sent tomorrow: the fields, their values and their combinations "
        "are within what the catalogue allows.",
        FUNDAMENTALS,
        "A finding says what to do about the values it names. Acknowledge with 200 what you cannot "
        "use.",
        _look,
    ),
)
