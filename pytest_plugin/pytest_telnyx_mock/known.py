"""Known faults in pytest: those in a file, and those that a marker names.

The module imports only the standard library and pytest until there is a known fault.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from telnyx_mock.contract.engine.finding import Finding
    from telnyx_mock.contract.engine.result import Result
    from telnyx_mock.contract.known_fault import KnownFault
    from telnyx_mock.diagnosis.known.entry import Entry
    from telnyx_mock.diagnosis.known.set_aside import SetAside

MARKER = "telnyx_mock_known"

ABOUT = (
    f"{MARKER}(rule, *, reason, until, event='*'): in a module with the contract's tests, what breaks "
    "this rule (or pattern of rules) is known, and fails no test before the day until (YYYY-MM-DD)."
)
"""How the marker is written, and what it does."""

_ENTRIES = pytest.StashKey["_Entries"]()

KNOWN = pytest.StashKey[dict[str, Any]]()
"""The place where a contract test keeps its known faults, and the notes about them, as JSON."""


@dataclass(frozen=True, slots=True)
class _Entries:
    """The known faults of the file; *today* is the day (UTC) on which the session began."""

    entries: tuple[Entry, ...]
    today: dt.date


def read_known(config: pytest.Config, file: str) -> None:
    """Declare the marker, and read the known faults in *file*, a path from the folder of the settings.

    Raises UsageError if the file cannot be read.
    """
    config.addinivalue_line("markers", ABOUT)
    entries: tuple[Entry, ...] = ()
    if file:
        from telnyx_mock.diagnosis.known.file import read_entries

        given = getattr(config.option, "telnyx_baseline", None)
        entries = read_entries(Path(given) if given else config.rootpath / file)
    config.stash[_ENTRIES] = _Entries(entries, dt.datetime.now(dt.UTC).date())


def entries_of(request: pytest.FixtureRequest, rules: Collection[str]) -> tuple[Entry, ...]:
    """Return the known faults of the test of *request*; *rules* are the names of all rules.

    Raises UsageError for a mistake in a marker.
    """
    marked = tuple(_marked(request.node))
    for each in marked:
        if (wrong := each.misnamed(rules)) is not None:
            raise wrong
    return (*request.config.stash[_ENTRIES].entries, *marked)


def is_known(request: pytest.FixtureRequest, entries: Sequence[Entry], finding: Finding) -> bool:
    """Return whether *finding* is of one of the known faults in *entries*."""
    from telnyx_mock.diagnosis.known.set_aside import covering

    return covering(finding, entries, request.config.stash[_ENTRIES].today) is not None


def aside(request: pytest.FixtureRequest, entries: Sequence[Entry], result: Result) -> SetAside:
    """Return the *result* of the test of *request* without known faults, and keep those for reports."""
    from telnyx_mock.diagnosis.known.set_aside import set_aside

    found = set_aside([result], entries, request.config.stash[_ENTRIES].today)
    known = [each.to_json() for each in found.known]
    request.node.stash[KNOWN] = {"known": known, "notes": list(found.notes)}
    return found


def _marked(node: pytest.Item) -> Iterator[Entry]:
    from telnyx_mock.diagnosis.known.file import entry
    from telnyx_mock.errors import UsageError

    for mark in node.iter_markers(MARKER):
        values: dict[str, Any] = {"reason": None, "until": None, "event": "*", **mark.kwargs}
        if len(mark.args) != 1 or len(values) != 3 or not isinstance(mark.args[0], str):
            raise UsageError(f"Write the marker as {ABOUT.partition(':')[0]}.")
        rule, event = mark.args[0], str(values["event"])
        where = f"the marker {MARKER} of {node.nodeid.partition('[')[0]}"
        yield entry(rule, values["reason"], values["until"], where, rules=(rule,), events=(event,))


def summed_up(
    config: pytest.Config, rows: Sequence[dict[str, Any]], results: Sequence[Result]
) -> tuple[tuple[KnownFault, ...], tuple[str, ...]]:
    """Return the known faults of all tests, each once, and the notes about them.

    *rows* are what the tests kept, and *results* the results of all tests.
    """
    from telnyx_mock.contract.known_fault import KnownFault
    from telnyx_mock.diagnosis.known.set_aside import gone, misnamed

    merged: dict[tuple[object, ...], KnownFault] = {}
    for row in rows:
        for each in map(KnownFault.from_json, row["known"]):
            key = each.id, each.until, each.reason
            before = merged[key].findings if key in merged else ()
            merged[key] = KnownFault(each.id, each.reason, each.until, (*before, *each.findings))
    findings = [finding for result in results for finding in result.findings]
    findings += [finding for known in merged.values() for finding in known.findings]
    notes = [note for row in rows for note in row["notes"]]
    notes += misnamed(results, config.stash[_ENTRIES].entries)
    notes += gone(results, config.stash[_ENTRIES].entries, findings)
    return tuple(merged.values()), tuple(dict.fromkeys(notes))
