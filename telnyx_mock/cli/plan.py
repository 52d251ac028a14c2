"""Shows what a run would try, without sending anything: rules for subjects, or invariants."""

from __future__ import annotations

from collections.abc import Mapping

from telnyx_mock.catalogue.registry import EVERYTHING, select
from telnyx_mock.cli.echo import echo
from telnyx_mock.cli.table import print_table
from telnyx_mock.contract.all_rules import contract
from telnyx_mock.contract.calls.invariants import Invariant
from telnyx_mock.contract.opening.receiver_opener import Opener
from telnyx_mock.contract.rules.registry import chosen, subjects
from telnyx_mock.reports.amounts import count
from telnyx_mock.settings import Settings
from telnyx_mock.transports.added_headers import added_headers
from telnyx_mock.transports.loading import is_address, open_target
from telnyx_mock.transports.throttle import bounds

NAMED = 3
"""The largest number of names of events that are shown for one rule."""


def show_plan(target: str, settings: Settings) -> None:
    """Print the checks that a run of *settings* would make on *target*. An app is not imported.

    Raises UsageError for an address that requests must not go to, and for a header that cannot be
    added.
    """
    limits = _limits(target, settings)
    for other in filter(is_address, (settings.failover, settings.probe)):
        open_target(other, allowed_hosts=settings.allow_hosts, ca_bundle=settings.ca_bundle).close()
    events = select(settings.events or EVERYTHING)
    rows, total = [], 0
    for rule in chosen(
        settings.only, settings.exclude, contract(settings.rules_from), settings.rules_with_severity
    ).values():
        about = list(subjects(rule, events))
        total += len(about)
        more = f" and {len(about) - NAMED} more" if len(about) > NAMED else ""
        what = ", ".join(about[:NAMED]) + more
        if about:
            severity = settings.severity_of(rule.id) or rule.severity.value
            rows.append((rule.id, severity, str(len(about)), what or "the whole run"))
    print_table(("rule", "severity", "checks", "tried for"), rows)
    echo(f"\n{count(len(rows), 'rule')}, {count(total, 'check')}, {limits}")


def show_calls_plan(target: str, settings: Settings, invariants: Mapping[str, Invariant]) -> None:
    """Print the *invariants* that simulated people would judge of *target*. An app is not imported.

    Raises UsageError as :func:`show_plan` does.
    """
    limits = _limits(target, settings)
    rows = [(each.id, each.severity.value, each.title) for each in invariants.values()]
    print_table(("invariant", "severity", "the receiver"), rows)
    examples = count(settings.examples or 0, "simulation")
    echo(f"\n{count(len(rows), 'invariant')}, {examples}, {limits}")


def _limits(target: str, settings: Settings) -> str:
    """Say where requests would go, how many, and how fast. Raises UsageError as :func:`show_plan` does."""
    added_headers(settings.headers)
    address = None
    if is_address(target):
        receiver = Opener(settings).open(target)
        address = receiver.url
        receiver.close()
    most, rate = bounds(address, settings.max_requests, settings.rate)
    limits = [
        f"at most {most} requests" if most is not None else "as many requests as the checks need",
        f"{rate:g} a second" if rate is not None else "as fast as the receiver answers",
        *(["no genuine request"] if settings.forgeries_only else []),
    ]
    return f"at {address or target}\n{', '.join(limits)}; nothing was sent"
