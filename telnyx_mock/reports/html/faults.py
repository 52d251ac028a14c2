"""What is wrong with the receiver: a card for each fault, from which it can be repaired."""

from __future__ import annotations

from collections.abc import Sequence

from telnyx_mock.contract.engine.finding import Finding
from telnyx_mock.reports.html.markup import Child, Markup, join, link, tag, verbatim
from telnyx_mock.reports.html.words import State, count, sign
from telnyx_mock.reports.summary import Fault, Summary
from telnyx_mock.severity import Severity

__all__ = ["anchor", "faults_section"]

_STATES = {
    Severity.ERROR: State.ERROR,
    Severity.WARNING: State.WARNING,
    Severity.ADVICE: State.ADVICE,
}

_NOUNS = {
    Severity.ERROR: ("error", "errors"),
    Severity.WARNING: ("warning", "warnings"),
    Severity.ADVICE: ("piece of advice", "pieces of advice"),
}


def anchor(number: int) -> str:
    """The id of the fault with this *number*."""
    return f"fault-{number}"


def faults_section(summary: Summary) -> Markup:
    """Every fault of *summary*, errors first and open; then what could not be told."""
    cards: dict[Severity, list[Markup]] = {}
    for number, fault in enumerate(summary.faults, 1):
        cards.setdefault(fault.finding.severity, []).append(_card(number, fault))
    groups = [
        [tag("h3", count(len(alike), *_NOUNS[severity])), tag("div", alike, class_="faults")]
        for severity, alike in cards.items()
    ]
    unclear = [
        tag("li", tag("p", note), tag("p", "Concerns ", _listed(checks), class_="faint"))
        for note, checks in summary.unclear.items()
    ]
    return tag(
        "section",
        tag("h2", "What is wrong", id="faults"),
        _filter(summary.faults),
        groups or tag("p", "No fault was found.", class_="nothing"),
        [
            tag("h3", sign(State.INCONCLUSIVE), " What could not be told"),
            tag("ul", unclear, class_="reasons inconclusive"),
        ]
        if unclear
        else None,
        aria_labelledby="faults",
    )


def _filter(faults: Sequence[Fault]) -> Markup | None:
    """What narrows the list down; the script shows it, since it does nothing without."""
    if len(faults) < 4:
        return None
    return tag(
        "form",
        tag("label", "Show those that mention ", tag("input", type="search", id="filter")),
        tag("button", "Open all", type="button", id="open"),
        tag("button", "Close all", type="button", id="close"),
        tag("output", id="matches"),
        hidden=True,
        id="tools",
        role="search",
    )


def _card(number: int, fault: Fault) -> Markup:
    finding = fault.finding
    state = _STATES[finding.severity]
    where: list[Child] = [tag("code", finding.check)]
    where += [" · ", tag("code", finding.event)] if finding.event else []
    if len(fault.findings) > 1:
        where.append(f" · {count(len(fault.findings), 'finding')}")
    return tag(
        "details",
        tag(
            "summary",
            tag("span", sign(state), f" {finding.severity.value} {number}", class_="badge"),
            tag("h4", finding.message),
            tag("span", where, class_="where"),
        ),
        tag("dl", [_entry(*entry) for entry in _entries(fault) if entry[1] is not None]),
        id=anchor(number),
        class_=f"fault {state.style}",
        open=finding.severity is Severity.ERROR,
    )


def _entries(fault: Fault) -> list[tuple[str, Child]]:
    finding = fault.finding
    others = fault.findings[1:]
    return [
        ("Sent", _sent(finding)),
        ("Answer", _answer(finding)),
        ("Expected", tag("p", finding.expected)),
        ("Why", tag("p", finding.why)),
        ("Fix", tag("p", finding.fix)),
        ("Source", link(finding.source) if finding.source else None),
        ("Repeat", _copied(finding.repeat) if finding.repeat else None),
        ("Replay", _command(finding.replay, "the same delivery from the journal, signed anew")),
        ("Curl", _command(finding.curl, "the same bytes, while the signature is fresh")),
        ("Also in", _folded(count(len(others), "other finding"), _table(others)) if others else None),
    ]  # fmt: skip


def _entry(label: str, content: Child) -> Markup:
    return tag("div", tag("dt", label), tag("dd", content), class_=label.lower().replace(" ", "-"))


def _sent(finding: Finding) -> Markup | None:
    if finding.sent:
        return tag("p", tag("code", finding.sent), " instead of what the documented sample has")
    return tag("p", "A payload like the documented sample.") if finding.event else None


def _answer(finding: Finding) -> Markup:
    return join(
        tag("p", finding.observed),
        tag("pre", tag("code", finding.answer), tabindex="0") if finding.answer else None,
        _folded("Traceback", tag("pre", tag("code", finding.traceback.strip()), tabindex="0"))
        if finding.traceback
        else None,
    )


def _command(command: str, sends: str) -> Markup | None:
    """A command that *sends* something again; None where there is none."""
    return _folded(sends, _copied(command)) if command else None


def _copied(command: str) -> Markup:
    return tag(
        "div",
        tag("pre", tag("code", verbatim(command)), tabindex="0"),
        tag("button", "Copy", type="button", hidden=True, class_="copy"),
        class_="command",
    )


def _folded(label: str, content: Child) -> Markup:
    return tag("details", tag("summary", label), content, class_="folded")


def _table(findings: Sequence[Finding]) -> Markup:
    head = [tag("th", name, scope="col") for name in ("Check", "Event", "Sent", "Repeat")]
    rows = [
        tag(
            "tr",
            tag("th", tag("code", finding.check), scope="row"),
            tag("td", tag("code", finding.event)),
            tag("td", tag("code", finding.sent) if finding.sent else "the sample"),
            tag("td", tag("code", verbatim(finding.again)) if finding.again else None),
        )
        for finding in findings
    ]
    table = tag("table", tag("thead", tag("tr", head)), tag("tbody", rows))
    return tag(
        "div", table, class_="wide", tabindex="0", role="region", aria_label="Other findings"
    )


def _listed(names: Sequence[str]) -> list[Child]:
    return [[", " if number else "", tag("code", name)] for number, name in enumerate(names)]
