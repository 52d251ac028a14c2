"""Shows advice on a terminal: what points have in common is said once, and where to read on."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from telnyx_mock.attacks.malformed import MALFORMED
from telnyx_mock.reports.summary import Fault

__all__ = ["advice"]

MALFORMED_ALL = (
    "Requests that are rightly signed and malformed. Only a holder of Telnyx's key could send one, "
    "or Telnyx by mistake, so nothing is open to attackers; it is better not to fail at them."
)


def advice(faults: Sequence[Fault]) -> Iterator[tuple[str, str]]:
    """What there is to be said of *faults*, as labels and texts; no label goes with a statement."""
    malformed: dict[str, list[str]] = {}
    others: list[Fault] = []
    fix = ""
    for fault in faults:
        finding = fault.finding
        if finding.check.removeprefix("survives-") in MALFORMED:
            answer = finding.observed.partition(" ")[0]
            malformed.setdefault(answer, []).extend(fault.checks)
            fix = finding.fix
        else:
            others.append(fault)
    for fault in others:
        yield "", fault.finding.message
        yield "fix", fault.finding.fix
        if len(fault.checks) > 1:
            yield "also by", ", ".join(_shortened(fault.checks[1:]))
        yield "read on", f"telnyx-mock explain {fault.finding.check}"
    if malformed:
        yield "", MALFORMED_ALL
        yield "fix", fix
        for answer, checks in malformed.items():
            yield answer, ", ".join(_shortened(checks))
        first = next(check for checks in malformed.values() for check in checks)
        yield "read on", f"telnyx-mock explain {first}; --html FILE shows what was sent"


def _shortened(checks: Sequence[str]) -> Iterator[str]:
    """Each of *checks*, less how the first of its kind begins, once that is said."""
    before = ""
    for check in checks:
        stem = "-".join(check.split("-")[:2])
        yield check.removeprefix(stem) if stem == before else check
        before = stem
