"""Completes names in the shell, such as those of events, forgeries, rules, faults and flows.

What finds the names loads only while the shell asks for them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

import click

from telnyx_mock.settings import SEVERITIES

Complete = Callable[[click.Context, click.Parameter, str], list[str]]


def _completing(names: Callable[[], Iterable[str]]) -> Complete:
    def complete(context: click.Context, parameter: click.Parameter, incomplete: str) -> list[str]:
        return [name for name in names() if name.startswith(incomplete)]

    return complete


def _events() -> Iterable[str]:
    from telnyx_mock.catalogue.registry import all_events

    return dict.fromkeys(event.name for event in all_events())


def _rules() -> Iterable[str]:
    from telnyx_mock.contract.all_rules import contract

    return contract()


def _forgeries() -> Iterable[str]:
    from telnyx_mock.attacks.forgeries import with_installed

    return with_installed()


def _malformed() -> Iterable[str]:
    from telnyx_mock.attacks.malformed import MALFORMED

    return MALFORMED


def _faults() -> Iterable[str]:
    from telnyx_mock.diagnosis.kinds import KINDS

    return KINDS


def _invariants() -> Iterable[str]:
    from telnyx_mock.contract.calls.invariants import INVARIANTS

    return INVARIANTS


def _flows() -> Iterable[str]:
    from telnyx_mock.flows.all_flows import FLOWS

    return FLOWS


complete_event = _completing(_events)
complete_rule = _completing(_rules)
complete_forgery = _completing(_forgeries)
complete_flow = _completing(_flows)
complete_malformed = _completing(_malformed)
complete_explained = _completing(lambda: (*_events(), *_rules(), *_faults(), *_invariants()))


def complete_severity(
    context: click.Context, parameter: click.Parameter, incomplete: str
) -> list[str]:
    """Complete the rule in ``RULE=SEVERITY``, and name the severities once only one rule is left."""
    start, equals, _ = incomplete.partition("=")
    rules = [name for name in _rules() if name == start or (not equals and name.startswith(start))]
    if len(rules) != 1:
        return rules
    whole = [f"{rules[0]}={severity}" for severity in SEVERITIES]
    return [each for each in whole if each.startswith(incomplete)]


COMPLETE = {
    "events": complete_event,
    "only": complete_rule,
    "exclude": complete_rule,
    "severity": complete_severity,
}
"""How the values of settings complete, by field."""
