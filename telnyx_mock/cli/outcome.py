"""What ``check`` and ``calls`` do with a report: show it, write its files, and end."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Protocol

import click

from telnyx_mock.cli.echo import echo
from telnyx_mock.cli.exit_codes import ExitCode
from telnyx_mock.cli.github import in_github_actions, tell_github
from telnyx_mock.cli.known_faults import KNOWN_FAULTS, KnownFaults
from telnyx_mock.cli.options import FILE
from telnyx_mock.cli.own_fault import own_fault
from telnyx_mock.cli.report_files import REPORTS, ReportFiles
from telnyx_mock.cli.show import show
from telnyx_mock.contract.report import Report, Verdict
from telnyx_mock.errors import TelnyxMockError, UsageError
from telnyx_mock.reports.files import try_out

Command = Callable[..., Any]


class Text(Protocol):
    """Makes the text of a report for the terminal."""

    def __call__(self, report: Report, *, quiet: bool, verbose: bool) -> str: ...


def outcome_options(command: Command) -> Command:
    """Add the options of an :class:`OutcomeOptions` to *command*."""
    for option in reversed(
        [
            click.option(
                "-q", "--quiet", is_flag=True, help="Print only the findings and the verdict."
            ),
            click.option(
                "-v",
                "--verbose",
                is_flag=True,
                help="Print all advice, and why checks are skipped.",
            ),
            *(click.option(name, type=FILE, help=about) for name, about in REPORTS.items()),
            click.option(
                "--baseline",
                type=FILE,
                help="Set the known faults in this file aside: only others fail.",
            ),
            click.option(
                "--write-baseline",
                type=FILE,
                help="Write the faults found to this file, as known faults.",
            ),
        ]
    ):
        command = option(command)
    return command


@dataclass(frozen=True, slots=True)
class OutcomeOptions:
    """What the user asked to do with a report: the *files*, the *known* faults, and where to write new ones.

    It is shown *quiet*, *verbose*, or as usual.
    """

    files: ReportFiles
    known: KnownFaults
    write_baseline: Path | None
    quiet: bool
    verbose: bool

    @classmethod
    def of(cls, values: dict[str, Any], **more: Path | None) -> OutcomeOptions:
        """Take the options out of *values*, and return them; *more* has further report files.

        Raises UsageError for a file of known faults that cannot be read, for a file that two options name, and for
        options that ask for opposite things.
        """
        quiet, verbose = values.pop("quiet"), values.pop("verbose")
        if quiet and verbose:
            raise UsageError("--quiet and --verbose ask for opposite things; give one of them.")
        known = KnownFaults.of(values.pop("baseline"))
        files = {name: values.pop(_parameter(name)) for name in REPORTS}
        files |= {f"--{name}": file for name, file in more.items()}
        return cls(ReportFiles.of(files), known, values.pop("write_baseline"), quiet, verbose)

    def prepare(self, unfinished: Report) -> None:
        """Write the *unfinished* report into each file. Raises UsageError if a file cannot be written."""
        if self.write_baseline is not None:
            try_out(self.write_baseline, KNOWN_FAULTS)
        self.files.prepare(unfinished)

    @contextmanager
    def telling(self, unfinished: Report) -> Iterator[None]:
        """If an error ends the ``with`` block, let the files say so of the *unfinished* report."""
        try:
            yield
        except TelnyxMockError as error:
            self.files.write(replace(unfinished, problem=str(error), ended=time.time()))
            raise
        except Exception as error:
            self.files.write(replace(unfinished, problem=own_fault(error), ended=time.time()))
            raise

    def end(self, found: Report, text: Text) -> ExitCode:
        """Show the *text* of what was *found*, write the files, and return the exit code."""
        found = self.known.aside(found)
        problems: list[str] = []
        try:  # first, because the files may fail
            show(text(found, quiet=self.quiet, verbose=self.verbose), colours=True)
            if in_github_actions():
                tell_github(found)
        finally:
            problems += self.files.write(found)
            if self.write_baseline is not None:
                problems += self.known.write(self.write_baseline, found)
            for problem in filter(None, [found.problem, found.journal_problem, *problems]):
                echo(f"telnyx-mock: {problem}", err=True)
        return ExitCode.NOT_RUN if problems else exit_code(found)


def exit_code(report: Report) -> ExitCode:
    """Return the exit code for *report*."""
    if report.interrupted:
        return ExitCode.INTERRUPTED
    if not (report.complete and report.judged):
        return ExitCode.NOT_RUN
    return {
        Verdict.FAILED: ExitCode.ERRORS,
        Verdict.NOT_JUDGED: ExitCode.INCONCLUSIVE,
        Verdict.INCONCLUSIVE: ExitCode.INCONCLUSIVE,
    }.get(report.verdict, ExitCode.CLEAN)


def _parameter(option: str) -> str:
    return option.removeprefix("--").replace("-", "_")
