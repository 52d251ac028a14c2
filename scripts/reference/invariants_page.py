"""Writes the page about the invariants of calls."""

from __future__ import annotations

from collections.abc import Iterator

from telnyx_mock.contract.calls.invariants import INVARIANTS, KEEPS_RUNNING


def invariants() -> Iterator[str]:
    yield "# Invariants of calls\n"
    yield (
        "`telnyx-mock calls` and `ReceiverMachine` check that each of these holds in every call. Only the command "
        f"judges `{KEEPS_RUNNING}`, because it runs the app in a child process.\n"
    )
    for invariant in INVARIANTS.values():
        yield f"## {invariant.id}\n"
        yield f"The receiver {invariant.title} ({invariant.severity.value}).\n"
        yield f"{invariant.why}\n"
        yield f"*Fix:* {invariant.fix}\n"
