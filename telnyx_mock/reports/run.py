"""What is to be said about a run beside its results."""

from __future__ import annotations

from dataclasses import dataclass

from telnyx_mock.contract.report import Report

__all__ = ["Run"]


@dataclass(frozen=True, slots=True)
class Run:
    """One run against *target*, which *ended* so many seconds after the epoch.

    *deadline* is in seconds. With *strict*, warnings count as errors. *command* does it again;
    *trouble* are sentences about why something could not be run.
    """

    id: str
    target: str
    seed: int
    ended: float
    deadline: float
    strict: bool = False
    command: str = ""
    trouble: tuple[str, ...] = ()

    @classmethod
    def of(cls, report: Report, command: str) -> Run:
        """The run that *report* is about; *command* does it again."""
        settings = report.settings
        return cls(
            report.run_id,
            report.target,
            report.seed,
            report.ended,
            settings.deadline,
            settings.strict,
            command,
            (report.problem,) if report.problem else (),
        )
