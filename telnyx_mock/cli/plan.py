"""Shows what a run would try, without sending anything: each check, and for what."""

from __future__ import annotations

from collections.abc import Sequence

import click

from telnyx_mock.catalogue.registry import EVERYTHING, select
from telnyx_mock.cli.bounds import Bounds
from telnyx_mock.cli.table import print_table
from telnyx_mock.cli.target import Target
from telnyx_mock.contract.rules.registry import chosen, subjects
from telnyx_mock.transports.added_headers import added_headers
from telnyx_mock.transports.loading import is_address, open_target
from telnyx_mock.transports.throttle import bounds as limits

__all__ = ["show_plan"]

SHOWN = 3
"""How many of the events that a check is tried for are named."""


def show_plan(
    target: Target,
    patterns: Sequence[str],
    only: Sequence[str],
    bounds: Bounds,
    addresses: Sequence[str],
) -> None:
    """Print the checks that would be run on *target* for the events that match *patterns*.

    They are those that match *only*. *addresses* are what else would be sent to, if it is an
    address: a failover, a probe. An app is not imported. Raises UsageError for an address that must not be sent to, and for what
    could not be added to a request.
    """
    events = select(patterns or EVERYTHING)
    address = None
    added_headers(target.headers)
    if is_address(target.name):
        receiver = open_target(
            target.name,
            path=target.path or "/",
            allowed_hosts=target.hosts,
            ca_bundle=target.ca_bundle,
        )
        address = receiver.url
        receiver.close()
    for other in filter(is_address, addresses):
        open_target(other, allowed_hosts=target.hosts, ca_bundle=target.ca_bundle).close()
    rows, total = [], 0
    for check in chosen(only).values():
        about = list(subjects(check, events))
        total += len(about)
        more = f" and {len(about) - SHOWN} more" if len(about) > SHOWN else ""
        what = ", ".join(about[:SHOWN]) + more
        if about:
            rows.append((check.id, check.severity.value, str(len(about)), what or "the whole run"))
    print_table(("check", "severity", "times", "tried for"), rows)
    most, rate = limits(address, bounds.max_requests, bounds.rate)
    said = [
        f"at most {most} requests" if most is not None else "as many requests as that takes",
        f"{rate:g} a second" if rate is not None else "as fast as they are answered",
        *(["none of them genuine"] if bounds.forgeries_only else []),
    ]
    click.echo(f"\n{len(rows)} checks, tried {total} times, at {address or target.name}")
    click.echo(f"{', '.join(said)}; nothing was sent now")
