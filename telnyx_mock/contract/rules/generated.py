"""The receiver accepts generated webhooks: all webhooks that the declaration of an event allows.

Hypothesis looks for the smallest webhook that the receiver does not accept. Fields with known
faults keep their sample values, so that one fault does not hide the next.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Set
from dataclasses import replace
from random import Random
from typing import TYPE_CHECKING

from telnyx_mock.contract.engine.confirmation import confirmed
from telnyx_mock.contract.engine.finding import Finding
from telnyx_mock.contract.engine.reason import Skipped, Why
from telnyx_mock.contract.engine.rule import Check, Rule, Scope
from telnyx_mock.contract.engine.rule_context import Context
from telnyx_mock.contract.rules.accepts import FIND_FIELDS, FIND_LAYOUTS
from telnyx_mock.contract.rules.genuine import describe, unaccepted
from telnyx_mock.delivery import Delivery
from telnyx_mock.errors import BudgetSpent
from telnyx_mock.payload.draft import Draft
from telnyx_mock.payload.paths import field_names, short_path
from telnyx_mock.provider_urls import FUNDAMENTALS
from telnyx_mock.schema.event import Event
from telnyx_mock.schema.field_tree import descendants, field_tree
from telnyx_mock.schema.products import product_in
from telnyx_mock.severity import Severity

if TYPE_CHECKING:
    from hypothesis import strategies as st

MOST_FINDINGS = 5
"""The largest number of faults that are looked for in one event."""

EXAMPLES = 60
"""The number of generated webhooks for all events together, in the usual run; at least one each."""

MOST_EXAMPLES = 50
"""The largest number of generated webhooks for one event, unless the user asks for another."""

MOST_SHRINKS = 300
"""The limit of smaller webhooks that are tried after a failure: more would take too long."""


def _check_generated(check: Check, context: Context, event: Event) -> Iterator[Finding]:
    context.baseline.require_accepted(event)
    if context.settings.examples is None:
        context.readings.require_payload_read(event)
    if context.settings.examples is None and context.alike.others_stand_for(event):
        raise Skipped(Why.HANDLED_ALIKE, event.family)
    culprits = context.culprits(event, *FIND_FIELDS, "accepts-each-choice")
    usual_layout = any(context.found(rule, event) for rule in FIND_LAYOUTS)
    for _ in range(MOST_FINDINGS):
        finding = _find_smallest(check, context, event, culprits, usual_layout=usual_layout)
        if finding is None:
            return
        yield finding
        culprits.update(finding.fields)
        if not finding.fields:
            if usual_layout:
                return
            usual_layout = True


def _examples(context: Context, event: Event) -> int:
    """Return how many webhooks of *event* are generated."""
    settings = context.settings
    if settings.examples is not None:
        return settings.examples
    if settings.thorough:
        return MOST_EXAMPLES
    return min(MOST_EXAMPLES, max(1, EXAMPLES // len(context.events)))


def _unread(context: Context, event: Event, known: Mapping[str, str]) -> frozenset[str]:
    """Return those names of *known* members (with their paths) that the app was seen never to read."""
    unread = context.readings.unread(event, known.values())
    return frozenset(name for name, path in known.items() if path in unread)


def _is_sample(draft: Draft) -> bool:
    """Whether *draft* is the sample in its usual layout, which the receiver is known to accept."""
    return draft == Draft(draft.webhook) and next(draft.webhook.differences(), None) is None


class _Seed(Random):
    """Gives Hypothesis the *seed* itself, so that ``find`` draws what it drew with ``@seed``."""

    def __init__(self, seed: int) -> None:
        super().__init__(seed)
        self._seed = seed

    def getrandbits(self, _: int, /) -> int:
        return self._seed


def _find_smallest(
    check: Check, context: Context, event: Event, culprits: Set[str], *, usual_layout: bool
) -> Finding | None:
    """Return the finding about the smallest generated webhook that is not accepted, or None.

    The fields in *culprits* have the values of the sample. With *usual_layout*, the layout of bytes
    and headers is also that of the sample.
    """
    # Imported here to keep start-up fast.
    import hypothesis
    from hypothesis.errors import FlakyFailure, NoSuchExample

    from telnyx_mock.strategies import drafts, webhooks

    known = {short_path(event, node.path): node.path for node in descendants(field_tree(event))}
    # A culprit may be a member that is not declared.
    avoid = frozenset(path for path in culprits if path.removesuffix("[]") in known)
    examples = _examples(context, event)
    unread = _unread(context, event, known) if examples > 1 else frozenset()

    def drawn(avoid: frozenset[str]) -> st.SearchStrategy[Draft]:
        return (
            webhooks(event.name, avoid=avoid).map(Draft)
            if usual_layout
            else drafts(event.name, avoid=avoid)
        )

    strategy = drawn(avoid)
    if unread:
        # Half of the webhooks then differ only in what the app reads, so half as many will do.
        strategy = drawn(avoid | unread) | strategy
        examples = examples if context.settings.examples is not None else examples // 2
    products = context.baseline.accepted_products(event).products
    if products != event.products:
        strategy = strategy.filter(lambda draft: product_in(event, draft.webhook.body) in products)

    shrinks_left = MOST_SHRINKS
    failed: tuple[Draft, Delivery] | None = None
    spent: BudgetSpent | None = None
    familiar: Skipped | None = None

    def fails(draft: Draft) -> bool:
        nonlocal shrinks_left, failed, spent, familiar
        if familiar is not None or (failed is None and _is_sample(draft)):
            return False
        if failed is not None:
            shrinks_left -= 1
            if shrinks_left < 0:
                return repr(draft) == repr(failed[0])
        try:
            delivery = context.sender.send(context.sender.placed(draft))
        except BudgetSpent as problem:
            spent = problem
            raise
        except Skipped as problem:
            familiar = problem
            return False
        if not delivery.accepted:
            failed = draft, delivery
        return not delivery.accepted

    settings = hypothesis.settings(
        database=None,
        deadline=None,
        # The first example is the sample, which is not sent again.
        max_examples=examples + 1,
        phases=(hypothesis.Phase.generate, hypothesis.Phase.shrink),
        print_blob=False,
        verbosity=hypothesis.Verbosity.quiet,
    )
    seed = context.settings.seed
    try:
        hypothesis.find(
            strategy, fails, settings=settings, random=None if seed is None else _Seed(seed)
        )
    except (NoSuchExample, FlakyFailure, BudgetSpent):
        if spent is not None and failed is None:
            raise spent from None
    if familiar is not None:
        raise familiar
    if failed is None:
        return None
    draft, delivery = failed
    how, fields = describe(draft), field_names(draft.webhook.decisions())
    if spent is None:

        def send() -> Delivery:
            # With new ids: a receiver may take the same event for a duplicate.
            return context.sender.send(
                context.sender.placed(replace(draft, webhook=draft.webhook.fresh()))
            )

        return unaccepted(check, confirmed(context, event, delivery, send), how, fields)
    # It is not yet the smallest, so a value that the app decides may have no part in it.
    finding = unaccepted(check, delivery, how, fields)
    return finding and replace(finding, severity=check.rule.severity)


RULES: tuple[Rule, ...] = (
    Rule(
        "accepts-generated",
        "accepts every generated webhook",
        Severity.ERROR,
        Scope.EVENT,
        "Telnyx may send any of these webhooks tomorrow: the catalogue allows their fields, "
        "their values and the combinations of both.",
        FUNDAMENTALS,
        "Handle the values that the finding names. If your app cannot use an event, answer 200.",
        _check_generated,
    ),
)
