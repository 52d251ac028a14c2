"""How a campaign is run."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["SUCCESSES", "Settings"]

SUCCESSES = ("200", "2xx")
"""What may count as success: some pages of Telnyx name 200 alone, others any 2xx."""


@dataclass(frozen=True, slots=True)
class Settings:
    """How a campaign is run.

    *deadline* is in seconds. *named* tells that events were asked for by name or pattern: then
    none of them may be refused. *seed* makes what is generated repeatable. *forgeries_only* is for
    a receiver whose key is not at hand: nothing genuine is sent. *success* is one of
    :data:`SUCCESSES`: with ``2xx``, another one than 200 is not worth a warning.

    *key_is_new* tells that the key was made for this run, and the receiver runs by itself: so it
    cannot know it.
    """

    deadline: float = 2.0
    examples: int = 50
    seed: int | None = None
    named: bool = False
    forgeries_only: bool = False
    success: str = "200"
    key_is_new: bool = False
