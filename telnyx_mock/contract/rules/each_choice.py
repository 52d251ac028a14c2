"""The receiver accepts each-choice coverage of an event: every value of every field occurs in it.

Each of these webhooks has many mutated fields. If the receiver does not accept a webhook, the
finding names a minimal set of fields that causes the failure.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from functools import partial
from itertools import islice

from telnyx_mock.contract.engine.confirmation import confirmed, steady
from telnyx_mock.contract.engine.finding import Finding
from telnyx_mock.contract.engine.minimise import minimal_failures
from telnyx_mock.contract.engine.rule import Check, Rule, Scope, difference
from telnyx_mock.contract.engine.rule_context import Context
from telnyx_mock.contract.rules.accepts import FIND_FIELDS
from telnyx_mock.contract.rules.genuine import unaccepted
from telnyx_mock.generation.each_choice import each_choice
from telnyx_mock.generation.goals import CoverageGoal
from telnyx_mock.payload.paths import field_names, is_within, short_path
from telnyx_mock.payload.webhook import Webhook, sample
from telnyx_mock.provider_urls import FUNDAMENTALS
from telnyx_mock.schema.event import Event
from telnyx_mock.schema.json_values import Json
from telnyx_mock.schema.validate import problems
from telnyx_mock.severity import Severity

LENGTHS = (41, 65, 161, 256)
"""A number of characters just beyond common limits of columns and messages."""

MOST_FINDINGS = 5
"""The largest number of faults that are reported for one event."""


def _check_each_choice(check: Check, context: Context, event: Event) -> Iterator[Finding]:
    context.baseline.require_accepted(event)
    context.readings.require_payload_read(event)
    culprits = context.culprits(event, *FIND_FIELDS)
    findings = (
        finding
        for webhook in choices_left(context, event)
        for finding in _find_faults(check, context, webhook, culprits)
    )
    return islice(findings, MOST_FINDINGS)


def choices_left(context: Context, event: Event) -> tuple[Webhook, ...]:
    """Return webhooks that reach the goals of *event* that the run has not reached before.

    Members that the app reads come first. The others share these webhooks, and at most a few more, but
    each kind of value occurs in one of them. A thorough run has reached nothing before, and knows no such
    difference.
    """
    accepted = context.baseline.accepted_products(event)
    if context.settings.thorough:
        return each_choice(accepted)
    goals = context.sender.reached.left(accepted, context.alike.is_distinguished)
    unread = context.readings.unread(event, {goal.path for goal in goals})
    others = [goal for goal in goals if goal.path in unread]
    first = [*(goal for goal in goals if goal.path not in unread), *_of_each_kind(others)]
    return each_choice(accepted, first, others) if goals else ()


def _of_each_kind(goals: Iterable[CoverageGoal]) -> tuple[CoverageGoal, ...]:
    """Return one of *goals* for each kind of boundary value, each at another path, if possible.

    The bytes of a value can matter to whoever verifies or parses them, though nobody reads the member.
    """
    found: dict[Json, CoverageGoal] = {}
    paths: set[str] = set()
    for goal in goals:
        if goal.what == "boundary" and goal.value not in found and goal.path not in paths:
            found[goal.value] = goal
            paths.add(goal.path)
    return tuple(found.values())


def _find_faults(
    check: Check, context: Context, webhook: Webhook, culprits: set[str]
) -> Iterator[Finding]:
    """Yield the faults of *webhook* outside *culprits*; add their fields to *culprits*."""
    failed = steady(context, partial(context.sender.send, webhook), tries=2)
    if failed.accepted:
        return
    event, values = webhook.event, webhook.decisions()
    while values := _without_culprits(event, values, culprits):
        smallest = _smallest_failure(context, event, values)
        if not smallest:
            if values == webhook.decisions():
                context.baseline.note_unsteady(failed)
            return
        how = (
            f"with {', '.join(difference(event, path, value) for path, value in smallest.items())}"
        )
        fields = field_names(smallest)
        send = partial(context.sender.send, _webhook(event, smallest))
        delivery = confirmed(context, event, failed, send)
        culprits.update(fields)
        finding = unaccepted(check, delivery, how, fields)
        if finding is not None:
            yield finding


def _without_culprits(
    event: Event, values: Mapping[str, Json], culprits: Iterable[str]
) -> dict[str, Json]:
    """Return *values* without *culprits*, and without values that need them to be valid."""
    left, excluded = dict(values), set(culprits)
    while excluded:
        fewer = {
            path: value
            for path, value in left.items()
            if not any(is_within(path, field) for field in excluded)
        }
        if fewer == left:
            break
        left = fewer
        wrong = problems(event, _webhook(event, left).body)
        excluded = {short_path(event, problem.path) for problem in wrong}
    return left


def _smallest_failure(
    context: Context, event: Event, values: Mapping[str, Json]
) -> dict[str, Json]:
    """Return a minimal part of *values* that the receiver does not accept; empty if none."""

    def fails(part: Mapping[str, Json]) -> bool:
        webhook = _webhook(event, part)
        is_valid = next(problems(event, webhook.body), None) is None
        return is_valid and not context.sender.send(webhook).accepted

    def chosen(paths: frozenset[str]) -> dict[str, Json]:
        return {path: value for path, value in values.items() if path in paths}

    failures = minimal_failures(values, lambda paths: fails(chosen(paths)))
    smallest = chosen(next(failures, frozenset()))
    # A long text is cut for the reader, at the first length at which it still fails.
    for path, value in smallest.items():
        if isinstance(value, str) and len(value) > LENGTHS[-1]:
            cut = ({**smallest, path: value[:length]} for length in LENGTHS)
            smallest = next(filter(fails, cut), smallest)
    return smallest


def _webhook(event: Event, values: Mapping[str, Json]) -> Webhook:
    return sample(event.name, strict=False, **values)


RULES: tuple[Rule, ...] = (
    Rule(
        "accepts-each-choice",
        "accepts every value of every field",
        Severity.ERROR,
        Scope.EVENT,
        "Telnyx may send any of these webhooks tomorrow. They have every documented value, "
        "optional fields in different combinations, empty lists, and lists of several items.",
        FUNDAMENTALS,
        "Handle the values that the finding names. If your app cannot use an event, answer 200.",
        _check_each_choice,
    ),
)
