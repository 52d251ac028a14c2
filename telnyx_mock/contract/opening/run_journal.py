"""Begins the journal of a run."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from telnyx_mock.journal import Folder, Journal
from telnyx_mock.settings import Settings
from telnyx_mock.signing.keys import KeyPair


def run_journal(
    folder: str | Path, run_id: str, command: str, target: Any, settings: Settings, pair: KeyPair
) -> Journal:
    """Begin the journal of the run *run_id* of *command* in *folder*. Raises UsageError if it cannot be written."""
    names = {
        "name": target if isinstance(target, str) else "",
        "path": settings.path,
        "key": settings.key,
        "failover": settings.failover,
    }
    _, file = Folder(Path(folder)).begin(run_id)
    return Journal(file, target=names, public_key=pair.public_key, command=command)
