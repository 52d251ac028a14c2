"""Holds each result back until a control has shown that the refusals in its check count."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import replace

from telnyx_mock.contract.engine.controls import Doubt
from telnyx_mock.contract.engine.reason import Inconclusive, Reason, Why
from telnyx_mock.contract.engine.request_sender import Sender
from telnyx_mock.contract.engine.result import Outcome, Result
from telnyx_mock.errors import BudgetSpent, TelnyxMockError
from telnyx_mock.severity import Severity


def believed(sender: Sender, results: Iterable[Result]) -> Iterator[Result]:
    """Yield *results* in order, each once it is sure whether the refusals in its check count.

    One control serves several checks, so a result may come some checks later. If a control is not
    accepted, the results that depend on it are inconclusive.
    """
    controls = sender.controls
    held: list[tuple[Result, int]] = []
    coming = iter(results)
    is_over = False
    while not is_over:
        try:
            result = next(coming, None)
            is_over = result is None
            sent = len(sender.latencies)
            with suppress(Inconclusive, BudgetSpent):  # and then there is a doubt
                settle = controls.settle if is_over else controls.settle_if_due
                settle()
        except (TelnyxMockError, KeyboardInterrupt):
            yield from _judged(held, Doubt(controls.believed, Reason(Why.CONTROL_NOT_SENT)))
            raise
        last = held.pop()[0] if result is None and held else result
        if last is not None:
            if len(sender.latencies) > sent:
                last = replace(last, latencies=(*last.latencies, *sender.latencies[sent:]))
            held.append((last, controls.refusals))
        if controls.doubt is not None or not controls.waiting:
            yield from _judged(held, controls.doubt)
            controls.doubt = None
            held.clear()


def _judged(held: Iterable[tuple[Result, int]], doubt: Doubt | None) -> Iterator[Result]:
    for result, refusals in held:
        if doubt is None or refusals <= doubt.believed:
            yield result
        else:
            yield _doubted(result, doubt.reason)


def _doubted(result: Result, reason: Reason) -> Result:
    """Return *result* without what a firewall may have caused: it accepts nothing."""
    stays = result.findings
    if reason.why in (Why.STOPPED_ACCEPTING, Why.STOPPED_FOR_A_WHILE):
        stays = tuple(each for each in stays if each.status and each.status < 400)
    if any(each.severity is Severity.ERROR for each in stays):
        return replace(result, findings=stays)
    return replace(result, findings=stays, outcome=Outcome.INCONCLUSIVE, reason=reason)
