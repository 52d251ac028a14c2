"""Finds the file and line to which a CI system pins a fault, and what names the fault over time."""

from __future__ import annotations

import hashlib
import json
import os
from dataclasses import dataclass
from pathlib import Path

from telnyx_mock.contract.app_facts import AppFacts, Mention
from telnyx_mock.contract.known_fault import KnownFault
from telnyx_mock.contract.report import Report
from telnyx_mock.diagnosis.excerpt import crash_line, excerpt_of
from telnyx_mock.diagnosis.fault import Fault
from telnyx_mock.diagnosis.kind import FaultKind
from telnyx_mock.diagnosis.kinds import KINDS


@dataclass(frozen=True, slots=True)
class FileLine:
    """A line of a file; the *path* is from the root of the repository if the CI system names that.

    Otherwise it is from the working directory, if the file is in there.
    """

    path: str
    line: int


def some_line(fault: Fault, report: Report) -> FileLine:
    """Return where the *fault* is, for systems that demand a file and a line.

    If its place is not known, the file is the name of the receiver.
    """
    return file_line(fault, report.app) or FileLine(report.target, 1)


def known_fault(known: KnownFault) -> Fault:
    """Return a *known* fault as one that counts, to find its place."""
    worst = sorted(known.findings, key=lambda finding: finding.severity.rank)
    unnamed = FaultKind(id=known.id, title=worst[0].message, harm=worst[0].why, signs=known.id)
    return Fault(KINDS.get(known.id, unnamed), tuple(worst))


def file_line(fault: Fault, app: AppFacts) -> FileLine | None:
    """Return where the *fault* is, or else where *app* handles webhooks; None if neither is known."""
    place = fault.where(app)
    handler = app.first(Mention.HANDLER)
    if not place and handler is not None:
        place = excerpt_of(handler).place
    path, _, line = place.rpartition(":")
    return FileLine(_in_repository(path), int(line)) if path else None


def _in_repository(path: str) -> str:
    """Return *path* from the root of the repository, as GitHub and GitLab name it, if it is in there."""
    for name in ("GITHUB_WORKSPACE", "CI_PROJECT_DIR"):
        root = os.environ.get(name, "")
        if root and (whole := Path(path).resolve()).is_relative_to(Path(root).resolve()):
            return whole.relative_to(Path(root).resolve()).as_posix()
    return Path(path).as_posix()


def fingerprint(fault: Fault) -> str:
    """Return what stays the same while a fault does: lines may move, and events may differ."""
    worst = fault.finding
    parts = (fault.kind.id, crash_line(worst.traceback), sorted(worst.fields))
    return hashlib.sha256(json.dumps(parts).encode()).hexdigest()
