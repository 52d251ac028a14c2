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


def _completing_severity(names: Callable[[], Iterable[str]]) -> Complete:
    """Complete the name in ``NAME=SEVERITY``, and the severities once only one name is left."""

    def complete(context: click.Context, parameter: click.Parameter, incomplete: str) -> list[str]:
        start, equals, _ = incomplete.partition("=")
        left = [
            name for name in names() if name == start or (not equals and name.startswith(start))
        ]
        if len(left) != 1:
            return left
        whole = [f"{left[0]}={severity}" for severity in SEVERITIES]
        return [each for each in whole if each.startswith(incomplete)]

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
complete_invariant = _completing(_invariants)
complete_invariant_severity = _completing_severity(_invariants)
complete_malformed = _completing(_malformed)
complete_explained = _completing(lambda: (*_events(), *_rules(), *_faults(), *_invariants()))


COMPLETE = {
    "events": complete_event,
    "only": complete_rule,
    "exclude": complete_rule,
    "severity": _completing_severity(_rules),
}
"""How the values of settings complete, by field."""
