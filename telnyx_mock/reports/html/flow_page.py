"""Renders a flow that was played as one HTML page, which needs no network and no script."""

from __future__ import annotations

from collections.abc import Sequence

from telnyx_mock._version import __version__
from telnyx_mock.flows.flow import Flow
from telnyx_mock.reports.html.page import environment, own_file
from telnyx_mock.reports.html.sequence import sequence
from telnyx_mock.reports.html.states import State
from telnyx_mock.simulator.transcript import Entry


def flow_page(flow: Flow, target: str, entries: Sequence[Entry], problem: str = "") -> bytes:
    """Return what happened when *flow* was played with *target*; *problem* says why it ended early, if it did."""
    page = (
        environment()
        .get_template("flow.html")
        .render(
            flow=flow,
            target=target,
            chart=sequence(entries),
            problem=problem,
            state=State.ERROR if problem else State.PASSED,
            version=__version__,
            style=own_file("style.css"),
        )
    )
    return page.encode(errors="backslashreplace")
