"""Finds the faults that explain the findings of a run.

The kinds of faults that explain much are tried first. Of the findings that are left, those with one
crash, or with one field and one answer, are one fault.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence

from telnyx_mock.attacks.forgeries import FORGERIES
from telnyx_mock.contract.engine.finding import Finding
from telnyx_mock.contract.engine.result import Outcome, Result
from telnyx_mock.diagnosis.fault import Fault
from telnyx_mock.diagnosis.kind import FaultKind
from telnyx_mock.diagnosis.kinds import KINDS
from telnyx_mock.diagnosis.observation import Answer, failed_where, matches

_JUDGED = (Outcome.PASSED, Outcome.FAILED)

FROM_ANYONE = "refuses-* survives-* ignores-*"
"""The rules about requests that anyone can send."""

Key = tuple[object, ...]


def diagnose(results: Sequence[Result]) -> tuple[Fault, ...]:
    """Return the faults that explain the findings of *results*, the worst first.

    Each finding belongs to one fault. Faults of the same severity come in the order of their kinds.
    """
    left = [finding for result in results for finding in result.findings]
    faults: list[Fault] = []
    for kind in KINDS.values():
        explained = _explained(kind, results, left) if kind.single else []
        if explained:
            faults.append(_fault(kind, explained))
            left = [finding for finding in left if finding not in explained]
    faults += [_fault(kind, found) for kind, found in _named_groups(left)]
    return tuple(sorted(faults, key=_rank))


def _rank(fault: Fault) -> tuple[int, int]:
    order = list(KINDS)
    number = order.index(fault.kind.id) if fault.kind.id in KINDS else len(order)
    return fault.severity.rank, number


def _fault(kind: FaultKind, findings: Iterable[Finding]) -> Fault:
    signs = kind.signs.replace("|", " ")

    def worst_first(finding: Finding) -> tuple[int, bool]:
        """Of equally bad ones, those come first that show what the title says."""
        return finding.severity.rank, not matches(finding.rule, signs)

    return Fault(kind, tuple(sorted(findings, key=worst_first)))


def _explained(
    kind: FaultKind, results: Sequence[Result], left: Sequence[Finding]
) -> list[Finding]:
    """Return the findings that a fault of this *kind* explains; none if the receiver lacks it."""
    shown = [finding for finding in left if kind.shows(finding)]
    if any(matches(finding.rule, kind.kept) for finding in shown):
        return []
    elsewhere = {failed_where(each) for each in left if matches(each.rule, kind.unlike)} - {()}
    shown = [finding for finding in shown if failed_where(finding) not in elsewhere]
    signs: list[Finding] = []
    for sign in kind.signs.split():
        rules = sign.replace("|", " ")
        found = [finding for finding in shown if matches(finding.rule, rules)]
        checks = [each for each in results if _is_judged(each) and matches(each.rule, rules)]
        if not found:
            return []
        signs += found
        if kind.everywhere and not all(_is_shown(kind, check) for check in checks):
            return []
    if not signs or (kind.somewhere and not _is_somewhere(signs, results)):
        return []
    rules = f"{kind.signs.replace('|', ' ')} {kind.explains}"
    statuses = {finding.status for finding in signs}
    places = {failed_where(finding) for finding in signs} - {()}

    def is_explained(finding: Finding) -> bool:
        if failed_where(finding) in places or matches(finding.rule, kind.consequences):
            return True
        has_status = not kind.same_status or finding.status in statuses
        return has_status and kind.shows(finding) and matches(finding.rule, rules)

    return [finding for finding in left if is_explained(finding)]


def _is_judged(result: Result) -> bool:
    return result.outcome in _JUDGED


def _is_shown(kind: FaultKind, check: Result) -> bool:
    return any(kind.shows(finding) for finding in check.findings)


def _is_somewhere(signs: Sequence[Finding], results: Sequence[Result]) -> bool:
    """Return whether a check of the signs' rules passed, or the first event that one of them tried."""
    rules = {finding.rule for finding in signs}
    for result in results:
        if result.rule in rules and _is_judged(result):
            if not result.findings:
                return True
            if all(finding.event not in ("", result.event) for finding in result.findings):
                return True
    return False


def _groups(findings: Iterable[Finding]) -> list[list[Finding]]:
    """Return *findings* in groups that one fault explains: one crash, or one field and one answer."""
    gathered: dict[Key, list[Finding]] = {}
    for finding in findings:
        gathered.setdefault(_key(finding), []).append(finding)
    return list(gathered.values())


def _key(finding: Finding) -> Key:
    forgery = finding.rule.partition("-")[2]
    is_forgery = matches(finding.rule, FROM_ANYONE) and forgery in FORGERIES
    places = failed_where(finding)
    if places:
        # Before a request is verified, no line may raise, whatever the origin of the exception is.
        return ("crash", *(places[-1:] if matches(finding.rule, FROM_ANYONE) else places))
    answer = finding.status or Answer.of(finding)
    if is_forgery:
        return ("forgery", FORGERIES[forgery].group, answer)
    return (*sorted(finding.fields or (finding.rule,)), answer)


def _named_groups(findings: Iterable[Finding]) -> list[tuple[FaultKind, list[Finding]]]:
    """Return the groups of *findings* with their kinds; those that show one mistake are one group."""
    groups: dict[object, tuple[FaultKind, list[Finding]]] = {}
    for number, group in enumerate(_groups(findings)):
        kind, found = _named(group)
        name = kind.id if kind.one_mistake else number
        groups.setdefault(name, (kind, []))[1].extend(found)
    return list(groups.values())


def _named(findings: Sequence[Finding]) -> tuple[FaultKind, list[Finding]]:
    """Return the kind of most of the worst *findings*, and these findings, with those of the kind first."""
    worst = min(findings, key=lambda finding: finding.severity.rank).severity
    kinds = [_kind(finding) for finding in findings if finding.severity is worst]
    [(kind, _)] = Counter(kinds).most_common(1)
    return kind, sorted(findings, key=lambda finding: _kind(finding) is not kind)


def _kind(finding: Finding) -> FaultKind:
    """Return the kind of a fault that *finding* shows. A rule that has none is a kind of its own."""
    for kind in KINDS.values():
        if (
            not kind.single
            and kind.shows(finding)
            and matches(finding.rule, kind.signs.replace("|", " "))
        ):
            return kind
    return FaultKind(id=finding.rule, title=finding.message, harm=finding.why, signs=finding.rule)
