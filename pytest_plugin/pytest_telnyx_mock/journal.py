"""Keeps a journal of the run. Pytest loads this module only if --telnyx-journal is given.

Each worker of xdist writes its own file, and the controller writes how the checks ended.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from pytest_telnyx_mock.key import key_of
from pytest_telnyx_mock.options import NEW, OPTIONS
from telnyx_mock.journal import FOLDER, Folder, Journal

_KEEPER = pytest.StashKey["Keeper"]()
_INPUT = "telnyx_mock_journal"


def journal_of(config: pytest.Config) -> Journal:
    """Return the journal that this process writes."""
    return config.stash[_KEEPER].journal


class Keeper:
    """A pytest plugin that writes the journal of one process, from its start to its end.

    Raises UsageError if the journal cannot be written, or if the name of the run is not allowed.
    """

    def __init__(self, config: pytest.Config) -> None:
        options = config.stash[OPTIONS]
        self.worker: dict[str, Any] | None = getattr(config, "workerinput", None)
        if self.worker is None:
            folder = Folder(config.invocation_params.dir / FOLDER)
            self.run, file = folder.begin("" if options.journal == NEW else options.journal)
        else:
            self.run, path = self.worker[_INPUT]
            folder = Folder(Path(path))
            file = folder.file(f"{self.run}.{self.worker['workerid']}")
        self.folder = folder
        target = {
            "name": options.target,
            "path": options.settings.path,
            "key": options.settings.key,
            "failover": options.settings.failover,
        }
        with folder.writing():
            key = key_of(config).public_key
            self.journal = Journal(file, target=target, public_key=key, command="pytest")
        config.stash[_KEEPER] = self

    @pytest.hookimpl(optionalhook=True)
    def pytest_configure_node(self, node: Any) -> None:
        """Tell a worker which run it belongs to."""
        node.workerinput[_INPUT] = (self.run, str(self.folder.path))

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Note how a check ended; only the controller does this, because it gets all reports."""
        row = getattr(report, "telnyx_mock", None)
        if row is not None and self.worker is None:
            self.journal.result(row)

    def pytest_unconfigure(self) -> None:
        """Close the journal when the run ends, even after an error."""
        self.journal.close()
