"""Writes the page about the invariants of calls."""

from __future__ import annotations

from collections.abc import Iterator

from telnyx_mock.contract.calls.invariants import INVARIANTS


def invariants() -> Iterator[str]:
    yield "# Invariants of calls\n"
    yield "`telnyx-mock calls` and `ReceiverMachine` check that each of these holds in every call.\n"
    for invariant in INVARIANTS.values():
        yield f"## {invariant.id}\n"
        yield f"The receiver {invariant.title} ({invariant.severity.value}).\n"
        yield f"{invariant.why}\n"
        yield f"*Fix:* {invariant.fix}\n"
