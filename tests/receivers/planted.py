"""Reads which kinds of faults were put into each faulty receiver, as its author sees it."""

from __future__ import annotations

import tomllib
from pathlib import Path

from telnyx_mock.diagnosis.kinds import KINDS

_BY_KIND = tomllib.loads(Path(__file__).with_name("kinds.toml").read_text())

MISNAMED: dict[str, str] = _BY_KIND.pop("misnamed")
"""The receivers for which the diagnosis names another kind, or more than one, and why."""

PLANTED: dict[str, list[str]] = {}
"""The kinds of faults of each receiver, by its name."""

for _kind in [*KINDS, *(_BY_KIND.keys() - KINDS.keys())]:
    for _name in _BY_KIND.get(_kind, ()):
        PLANTED.setdefault(_name, []).append(_kind)
