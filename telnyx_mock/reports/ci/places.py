"""Finds the file and line to which a CI system pins a fault, and what names the fault over time."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass

from telnyx_mock.contract.app_facts import AppFacts, Mention
from telnyx_mock.diagnosis.excerpt import crash_line, excerpt_of
from telnyx_mock.diagnosis.fault import Fault


@dataclass(frozen=True, slots=True)
class FileLine:
    """A line of a file; the *path* is from the working directory if the file is in there."""

    path: str
    line: int


def file_line(fault: Fault, app: AppFacts) -> FileLine | None:
    """Return where the *fault* is, or else where *app* handles webhooks; None if neither is known."""
    place = fault.where(app)
    handler = app.first(Mention.HANDLER)
    if not place and handler is not None:
        place = excerpt_of(handler).place
    path, _, line = place.rpartition(":")
    return FileLine(path, int(line)) if path else None


def fingerprint(fault: Fault) -> str:
    """Return what stays the same while a fault does: lines may move, and events may differ."""
    worst = fault.finding
    parts = (fault.kind.id, crash_line(worst.traceback), sorted(worst.fields))
    return hashlib.sha256(json.dumps(parts).encode()).hexdigest()
