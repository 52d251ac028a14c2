"""How a campaign is run."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["Settings"]


@dataclass(frozen=True, slots=True)
class Settings:
    """How a campaign is run.

    *deadline* is in seconds. *named* tells that events were asked for by name or pattern: then
    none of them may be refused. *seed* makes what is generated repeatable. *forgeries_only* is for
    a receiver whose key is not at hand: nothing genuine is sent.
    """

    deadline: float = 2.0
    examples: int = 50
    seed: int | None = None
    named: bool = False
    forgeries_only: bool = False
