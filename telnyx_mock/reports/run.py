"""What is to be said about a run beside its results."""

from __future__ import annotations

from dataclasses import dataclass

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
