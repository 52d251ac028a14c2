"""Shows what an app printed, logged and raised in a test, with escapes for what is invisible.

The module imports only the standard library and pytest.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from telnyx_mock.visible import visible

if TYPE_CHECKING:
    from pytest_telnyx_mock.servers import Servers

SERVERS = pytest.StashKey["Servers"]()
"""The place of the servers that the fixture telnyx_server_receiver has started."""


def add_logs(item: pytest.Item, report: pytest.TestReport) -> None:
    """Add to the *report* of a failed test what the servers printed since the end of the last test."""
    servers: Servers | None = item.config.stash.get(SERVERS, None)
    if servers is None or (report.passed and report.when != "teardown"):
        return
    for process in servers.processes:
        log = process.new_log()
        if log and report.failed:
            report.sections.append((f"Captured log of {process.name}", visible(log)))


def escape(item: pytest.Item, report: pytest.TestReport) -> None:
    """Escape the captured output, and the text of the failure, in the *report* of a test."""
    terminal = item.config.pluginmanager.get_plugin("terminalreporter")
    colours = terminal is not None and terminal.hasmarkup  # then pytest colours captured logs
    report.sections = [
        (title, visible(content, colours=colours)) for title, content in report.sections
    ]
    shown: Any = report.longrepr
    if isinstance(shown, str):
        report.longrepr = visible(shown)
    elif isinstance(shown, tuple):  # of a skipped test
        path, line, reason = shown
        report.longrepr = path, line, visible(reason)
    crash = getattr(shown, "reprcrash", None)
    if crash is not None:
        crash.message = visible(crash.message)
    for traceback, place, _ in getattr(shown, "chain", ()):
        if place is not None:
            place.message = visible(place.message)
        for entry in traceback.reprentries:
            entry.lines = [visible(line) for line in entry.lines]
