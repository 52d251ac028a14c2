"""The known faults of a receiver: reads them from their file, sets them aside, and writes new ones."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, replace
from pathlib import Path

from telnyx_mock.cli.echo import echo
from telnyx_mock.clock import SYSTEM_CLOCK
from telnyx_mock.contract.engine.finding import Finding
from telnyx_mock.contract.report import Report
from telnyx_mock.diagnosis.diagnose import diagnose
from telnyx_mock.diagnosis.known.entry import Entry
from telnyx_mock.diagnosis.known.file import known_faults_text, read_entries
from telnyx_mock.diagnosis.known.set_aside import covering, without_known
from telnyx_mock.errors import UsageError
from telnyx_mock.reports.amounts import count
from telnyx_mock.reports.files import write
from telnyx_mock.severity import Severity

KNOWN_FAULTS = "file of known faults"
"""What an error calls the file."""


@dataclass(frozen=True, slots=True)
class KnownFaults:
    """The known faults in *entries*, as they count *today* (UTC). *file* is where they are."""

    entries: tuple[Entry, ...]
    today: dt.date
    file: str = ""

    @classmethod
    def of(cls, file: Path | None) -> KnownFaults:
        """Return those in *file*, none without one. Raises UsageError if it cannot be read."""
        today = dt.datetime.fromtimestamp(SYSTEM_CLOCK.now(), dt.UTC).date()
        return cls((), today) if file is None else cls(read_entries(file), today, str(file))

    def covers(self, finding: Finding) -> bool:
        """Return whether *finding* is of a known fault."""
        return covering(finding, self.entries, self.today) is not None

    def aside(self, report: Report) -> Report:
        """Return *report* with the known faults set aside."""
        return replace(without_known(report, self.entries, self.today), known_from=self.file)

    def write(self, file: Path, report: Report) -> list[str]:
        """Write what *report* found, and the known faults, to *file*. Return the problems."""
        if not report.complete:
            return [f"No known faults were written to {file}, because the run stopped early."]
        faults = [
            fault for fault in diagnose(report.results) if fault.severity is not Severity.ADVICE
        ]
        stay = [each for each in self.entries if not each.has_ended(self.today)]
        stay = [each for each in stay if each.gone not in report.notes]
        try:
            write(file, known_faults_text(faults, stay, self.today).encode(), KNOWN_FAULTS)
        except UsageError as error:
            return [str(error)]
        new = f"{count(len(faults), 'new fault')}; give each a reason" if faults else "no new fault"
        echo(f"telnyx-mock: {file} has {new}.", err=True)
        return []
