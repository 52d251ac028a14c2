"""The 78 ways in which receivers of Telnyx webhooks fail, and the rules that find each failure.

The failures were seen in receivers, SDKs and issue trackers. If no rule can find a failure from
outside, the entry says why.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterable
from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import Path


@dataclass(frozen=True, slots=True)
class FailureMode:
    """One way in which receivers fail.

    *found_by* holds ids of rules, or patterns of ids such as ``survives-json-*``. *limit* says
    which part of the failure no rule can find, and why. *named* holds the kinds of faults that a
    report may name for it.
    """

    number: int
    failure: str
    found_by: tuple[str, ...] = ()
    limit: str = ""
    named: tuple[str, ...] = ()

    def rules(self, known: Iterable[str]) -> tuple[str, ...]:
        """Return the ids in *known* whose rules find this failure."""
        return tuple(
            name for name in known if any(fnmatchcase(name, pattern) for pattern in self.found_by)
        )


_READ = tomllib.loads(Path(__file__).with_suffix(".toml").read_text())

FAILURE_MODES = tuple(
    FailureMode(
        mode["number"],
        mode["failure"],
        tuple(mode.get("found_by", "").split()),
        mode.get("limit", ""),
        tuple(mode["named"].split()),
    )
    for mode in _READ["mode"]
)
"""All failure modes, in the order of their numbers."""

NEW: tuple[str, ...] = tuple(_READ["new"])
"""The kinds of faults that belong to none of these failure modes."""
