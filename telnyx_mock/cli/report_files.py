"""The report files of a run: an unfinished report before it, and each report after it."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from telnyx_mock.contract.report import Report
from telnyx_mock.errors import UsageError
from telnyx_mock.reports.files import prepare, write
from telnyx_mock.settings import Settings

REPORTS: Mapping[str, str] = {
    "--report": "Write JSON to this file.",
    "--html": "Write an HTML page for people to this file.",
    "--junit": "Write JUnit XML to this file.",
    "--sarif": "Write SARIF 2.1.0 to this file, for code scanning.",
    "--code-quality": "Write GitLab's code quality report to this file.",
}
"""The options that ask for a report of any run, and what each is for."""

UNFINISHED = "The run has not ended yet, or its process was killed."
"""What the reports say until the run ends."""


def unfinished(run_id: str, target: str, settings: Settings) -> Report:
    """Return the report of a run that has not ended."""
    return Report(
        run_id=run_id,
        target=target,
        settings=settings,
        seed=settings.seed or 0,
        results=(),
        ended=time.time(),
        problem=UNFINISHED,
    )


@dataclass(frozen=True, slots=True)
class ReportFiles:
    """The *files* that the user asked for, by option."""

    files: Mapping[str, Path]

    @classmethod
    def of(cls, files: Mapping[str, Path | None]) -> ReportFiles:
        """Return the *files* that are not None. Raises UsageError if two are the same file."""
        asked = {option: file for option, file in files.items() if file is not None}
        first: dict[str, str] = {}
        for option, file in asked.items():
            other = first.setdefault(os.path.realpath(file), option)
            if other != option:
                raise UsageError(
                    f"{other} and {option} both name {file}; give each report its own file."
                )
        return cls(asked)

    def prepare(self, unfinished: Report) -> None:
        """Write the *unfinished* report into each file. Raises UsageError if one cannot be written.

        So whatever ends the process, each file holds a report that says that it is incomplete.
        """
        for option, file in self.files.items():
            prepare(file, _text(option, file, unfinished))

    def write(self, report: Report) -> list[str]:
        """Write *report* into each file. Return a sentence for each that cannot be written."""
        problems = []
        for option, file in self.files.items():
            try:
                write(file, _text(option, file, report))
            except UsageError as error:
                problems.append(str(error))
        return problems


def _text(option: str, file: Path, report: Report) -> bytes:
    return _WRITERS[option](report, str(file))


def _html(report: Report, file: str) -> bytes:
    from telnyx_mock.reports.html import html_report

    return html_report(report, "--html", file)


def _json(report: Report, file: str) -> bytes:
    from telnyx_mock.reports.json_report import json_text

    return json_text(report)


def _junit(report: Report, file: str) -> bytes:
    from telnyx_mock.reports.junit_report import junit_report

    return junit_report(report)


def _sarif(report: Report, file: str) -> bytes:
    from telnyx_mock.reports.ci.sarif import sarif_text

    return sarif_text(report)


def _code_quality(report: Report, file: str) -> bytes:
    from telnyx_mock.reports.ci.code_quality import code_quality_text

    return code_quality_text(report)


def _reads(report: Report, file: str) -> bytes:
    from telnyx_mock.reports.reliance import reads_text

    return reads_text(report.results)


_WRITERS: Mapping[str, Callable[[Report, str], bytes]] = {
    "--report": _json,
    "--html": _html,
    "--junit": _junit,
    "--sarif": _sarif,
    "--code-quality": _code_quality,
    "--reads": _reads,
}
