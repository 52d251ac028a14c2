"""The receiver accepts the sweep of an event: each turn that its structure can take.

A row of the sweep departs in many fields at once. Where one is not accepted, fields are put back
to the sample for as long as it still is not, so that what is left is guilty.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from telnyx_mock.contract.engine.context import Context
from telnyx_mock.contract.engine.finding import Finding
from telnyx_mock.contract.engine.reason import Inconclusive, Why
from telnyx_mock.contract.engine.rule import Check, Rule, Scope, difference
from telnyx_mock.contract.rules.accepts import FIND_FIELDS, unaccepted
from telnyx_mock.generation.each_choice import each_choice
from telnyx_mock.payload.paths import short_path
from telnyx_mock.payload.webhook import Webhook, sample
from telnyx_mock.provider import FUNDAMENTALS
from telnyx_mock.schema.event import Event
from telnyx_mock.schema.json_values import Json
from telnyx_mock.schema.validate import problems
from telnyx_mock.severity import Severity

__all__ = ["RULES"]

LENGTHS = (41, 65, 161, 256)
"""Characters just beyond what columns and messages often have room for."""

MOST_FINDINGS = 5
"""How many faults are told apart in one event."""


def _look(check: Check, context: Context, event: Event) -> Iterator[Finding]:
    context.baseline.require_accepted(event)
    suspects = context.culprits(event, *FIND_FIELDS)
    left = MOST_FINDINGS
    for row in each_choice(event):
        for finding in _faults(check, context, row, suspects):
            yield finding
            left -= 1
            if not left:
                return


def _faults(check: Check, context: Context, row: Webhook, suspects: set[str]) -> Iterator[Finding]:
    """The faults that *row* shows, one after the other, besides *suspects*, which they join."""
    if context.sender.send(row).accepted:
        return
    event = row.event
    decided = row.decisions()
    while _fails(context, event, decided := _unsuspected(event, decided, suspects)):
        guilty = _shorter(context, event, _smallest(context, event, decided))
        how = f"with {', '.join(difference(event, path, value) for path, value in guilty.items())}"
        fields = tuple(dict.fromkeys(map(_site, guilty)))
        finding = unaccepted(
            check, context.sender.send(sample(event.name, strict=False, **guilty)), how, fields
        )
        if finding is None:
            raise Inconclusive(Why.NOT_REPRODUCED, event.name, how=how)
        suspects.update(fields)
        yield finding


def _site(path: str) -> str:
    return re.sub(r"\[[0-9]+\]", "[]", path)


def _unsuspected(event: Event, decided: dict[str, Json], suspects: set[str]) -> dict[str, Json]:
    """What is *decided* besides *suspects*, the fields that are known to break the receiver.

    What Telnyx would not send without those goes with them.
    """
    fewer = _without(decided, suspects)
    while fewer != decided:
        decided = fewer
        wrong = problems(event, sample(event.name, strict=False, **decided).body)
        places = {short_path(event, problem.path) for problem in wrong}
        fewer = _without(decided, places)
    return decided


def _without(decided: dict[str, Json], fields: Iterable[str]) -> dict[str, Json]:
    """What is *decided*, but for *fields* and all that is in them."""
    inside = re.compile("|".join(rf"{re.escape(node)}(?:[.\[].*)?" for node in fields) or r"(?!)")
    return {path: value for path, value in decided.items() if not inside.fullmatch(_site(path))}


def _fails(context: Context, event: Event, decided: dict[str, Json]) -> bool:
    """Whether the webhook so decided departs, could be sent by Telnyx, and is not accepted."""
    webhook = sample(event.name, strict=False, **decided)
    if not decided or next(problems(event, webhook.body), None) is not None:
        return False
    return not context.sender.send(webhook).accepted


def _smallest(context: Context, event: Event, decided: dict[str, Json]) -> dict[str, Json]:
    """A part of *decided* that still fails, and from which nothing can be left out."""
    size = len(decided) // 2
    while size:
        before = decided
        for paths in _chunks(list(decided), size):
            fewer = {path: value for path, value in decided.items() if path not in paths}
            if _fails(context, event, fewer):
                decided = fewer
        if size > 1 or decided is before:
            size //= 2
    return decided


def _shorter(context: Context, event: Event, decided: dict[str, Json]) -> dict[str, Json]:
    """*decided* with long texts cut to a length at which it still fails, for people to read."""
    for path, value in decided.items():
        if not isinstance(value, str) or len(value) <= LENGTHS[-1]:
            continue
        for length in LENGTHS:
            fewer = {**decided, path: value[:length]}
            if _fails(context, event, fewer):
                decided = fewer
                break
    return decided


def _chunks(paths: list[str], size: int) -> Iterator[list[str]]:
    for start in range(0, len(paths), size):
        yield paths[start : start + size]


RULES: tuple[Rule, ...] = (
    Rule(
        "accepts-each-choice",
        "accepts every value and every combination of fields that an event is made of",
        Severity.ERROR,
        Scope.EVENT,
        "Each of these could be sent tomorrow: values that the provider lists, fields that come "
        "and go with others, lists with no items and with several.",
        FUNDAMENTALS,
        "A finding says what to do about the values it names. Acknowledge with 200 what you cannot "
        "use.",
        _look,
    ),
)
