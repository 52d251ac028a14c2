"""Score what ``check`` said about the strangers' receivers.

    python -m tests.strangers.score DIR

DIR holds one JSON report for each run, named after the receiver (``a01_ivr_menu.json``, or
``a12_texml_survey.rating.json`` for a second route), and beside it, if there is one, what the run
printed (``.txt``). Findings are grouped into blocks as the report does it. ``judgement.toml`` says
which block shows which fault.
"""

from __future__ import annotations

import json
import re
import sys
import tomllib
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, fields
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any

from telnyx_mock.contract.engine.finding import Cause, Finding
from telnyx_mock.contract.engine.result import Outcome, Result
from telnyx_mock.diagnosis.fault import Fault
from telnyx_mock.reports.summary import Summary
from telnyx_mock.severity import Severity

HERE = Path(__file__).parent
SEEN = (Severity.ERROR, Severity.WARNING)
"""The severities that a user sees without asking."""

Pattern = Mapping[str, Any]


@dataclass(frozen=True)
class Flaw:
    """A fault that a receiver has, and the patterns of the blocks that show it."""

    receiver: str
    id: str
    severity: str
    what: str
    patterns: tuple[Pattern, ...]
    unobservable: str = ""
    listed: bool = True


@dataclass(frozen=True)
class Block:
    """An error or a warning of one run, and the flaws that its findings show.

    It is true if the finding that heads it shows one: this is what a user reads.
    """

    run: str
    fault: Fault
    shows: tuple[Flaw, ...]
    is_true: bool

    @property
    def severity(self) -> Severity:
        return self.fault.finding.severity

    def __str__(self) -> str:
        finding = self.fault.finding
        return f"{self.run}: {self.severity.value} {finding.rule} [{finding.event}] {finding.message} ({finding.observed})"


@dataclass
class Receiver:
    """A receiver of the corpus: its flaws, and what the runs against it reported."""

    name: str
    kind: str
    flaws: list[Flaw]
    runs: list[str] = field(default_factory=list)
    exits: list[int] = field(default_factory=list)
    blocks: list[Block] = field(default_factory=list)
    told: set[str] = field(default_factory=set)
    """The ids of flaws that a sentence told, in a run that ended with 2."""

    @property
    def is_webhook(self) -> bool:
        return self.kind != "none"

    @property
    def is_correct(self) -> bool:
        return self.is_webhook and not self.flaws

    @property
    def observable(self) -> list[Flaw]:
        """The listed flaws that somebody can see from outside."""
        return [flaw for flaw in self.flaws if flaw.listed and not flaw.unobservable]

    def of(self, severity: Severity, *, true: bool) -> list[Block]:
        return [b for b in self.blocks if b.severity is severity and b.is_true is true]

    def finds(self, flaw: Flaw) -> bool:
        return flaw.id in self.told or any(flaw in block.shows for block in self.blocks)


def corpus() -> dict[str, Receiver]:
    """Return the receivers by name, with the flaws of ``truth.json`` and of ``judgement.toml``."""
    judged = tomllib.loads((HERE / "judgement.toml").read_text())
    named = judged["patterns"]
    receivers = {}
    for folder in "ab":
        for entry in json.loads((HERE / folder / "truth.json").read_text()):
            name = f"{folder}/{entry['file']}"
            flaws = []
            judgement = dict(judged.get(name, {}))
            for fault in entry["faults"]:
                how = judgement.pop(fault["id"])
                patterns = _resolved(how.get("shown", ()), named)
                why = how.get("unobservable", "")
                flaws.append(
                    Flaw(name, fault["id"], fault["severity"], fault["what"], patterns, why)
                )
            for key, how in judgement.items():
                severity = how.get("severity", "error")
                patterns = _resolved(how["shown"], named)
                flaws.append(Flaw(name, key, severity, how["also"], patterns, listed=False))
            receivers[name] = Receiver(name, entry["kind"], flaws)
    return receivers


def _resolved(
    patterns: Sequence[str | Pattern], named: Mapping[str, Pattern]
) -> tuple[Pattern, ...]:
    return tuple(named[each] if isinstance(each, str) else each for each in patterns)


def impossible() -> list[Pattern]:
    """Return the patterns of findings that need a value which nobody can send."""
    patterns = tomllib.loads((HERE / "judgement.toml").read_text())["impossible"]
    return [{key: value for key, value in each.items() if key != "why"} for each in patterns]


def scored(folder: Path) -> dict[str, Receiver]:
    """Return the receivers with the blocks of the reports in *folder*."""
    receivers, never = corpus(), impossible()
    for report in sorted(folder.glob("*.json")):
        receiver = receivers[_receiver_of(report)]
        printed = report.with_suffix(".txt")
        text = printed.read_text() if printed.exists() else ""
        left = re.search(r"^exit (-?\d+)", text, re.MULTILINE)
        receiver.runs.append(report.stem)
        receiver.exits.append(int(left[1]) if left else -1)
        if left and left[1] == "2":
            words = text.partition("\n")[2]  # the first line is the command
            receiver.told |= {
                flaw.id
                for flaw in receiver.flaws
                for each in flaw.patterns
                if "exit2" in each and re.search(each["exit2"], words)
            }
        for fault in faults_of(report):
            if fault.finding.severity not in SEEN:
                continue
            shown = [
                [] if _is_any_of(finding, never, receiver.name) else _shown(finding, receiver)
                for finding in fault.findings
            ]
            shows = tuple(flaw for flaw in receiver.flaws if any(flaw in each for each in shown))
            receiver.blocks.append(Block(report.stem, fault, shows, bool(shown[0])))
    return receivers


def _shown(finding: Finding, receiver: Receiver) -> list[Flaw]:
    """Return the flaws of *receiver* that *finding* shows."""
    return [flaw for flaw in receiver.flaws if _is_any_of(finding, flaw.patterns, receiver.name)]


def _is_any_of(finding: Finding, patterns: Sequence[Pattern], receiver: str) -> bool:
    return any(_matches(finding, each, receiver) for each in patterns if "exit2" not in each)


def _receiver_of(report: Path) -> str:
    stem = report.name.split(".")[0]
    return f"{stem[0]}/{stem[1:]}.py"


def faults_of(report: Path) -> tuple[Fault, ...]:
    """Return the faults of the JSON *report*, grouped as the terminal shows them."""
    text = report.read_text()
    if not text.strip():
        return ()  # the run ended before there was anything to report
    read = json.loads(text)
    found: dict[tuple[str, str], list[Finding]] = {}
    checks = {(check["id"], check["event"]): check for check in read["checks"]}
    failed = [key for key, check in checks.items() if check["outcome"] == Outcome.FAILED.value]
    for finding in map(_finding, read["findings"]):
        # A check of a family, or of the run, may name another event than its findings.
        own = (finding.rule, finding.event)
        of_rule = (key for key in (own, *failed, *checks) if key[0] == finding.rule)
        found.setdefault(next(key for key in of_rule if key in checks), []).append(finding)
    results = [
        Result(rule, Severity(checks[rule, event]["severity"]), event, Outcome.FAILED, tuple(own))
        for (rule, event), own in found.items()
    ]
    return Summary.of(results).faults


_RENAMED = {"check": "rule", "repeat": "reproduce", "sites": "fields"}


def _finding(row: Mapping[str, Any]) -> Finding:
    """Return the finding of a *row*, by whatever version of the tool it was written."""
    known = {each.name for each in fields(Finding)}
    values: dict[str, Any] = {_RENAMED.get(name, name): value for name, value in row.items()}
    values = {
        name: tuple(value) if isinstance(value, list) else value
        for name, value in values.items()
        if name in known
    }
    values["severity"] = Severity(values["severity"])
    values["cause"] = Cause(values["cause"]) if values.get("cause") else None
    return Finding(**values)


def _matches(finding: Finding, pattern: Pattern, receiver: str) -> bool:
    file = receiver.partition("/")[2]
    functions = re.findall(rf'{re.escape(file)}", line \d+, in (\S+)', finding.traceback)
    return (
        _globs(pattern.get("rules", ["*"]), [finding.rule])
        and _globs(pattern.get("events", ["*"]), [finding.event])
        and _globs(pattern.get("fields", ["*"]), finding.fields or [""])
        and _globs(pattern.get("at", ["*"]), functions or [""])
        and all(
            re.search(pattern[name], getattr(finding, name))
            for name in ("message", "observed", "sent")
            if name in pattern
        )
    )


def _globs(globs: Sequence[str], names: Sequence[str]) -> bool:
    wanted = [glob for glob in globs if not glob.startswith("!")]
    unwanted = [glob[1:] for glob in globs if glob.startswith("!")]
    return any(
        any(fnmatchcase(name, glob) for glob in wanted)
        and not any(fnmatchcase(name, glob) for glob in unwanted)
        for name in names
    )


@dataclass(frozen=True)
class Totals:
    """How good the runs were, over all receivers."""

    true: int
    false: int
    true_warnings: int
    false_warnings: int
    found: Counter[str]
    listed: Counter[str]
    shown_errors: int
    """How many different flaws the true error blocks show."""

    @property
    def precision(self) -> float:
        return self.true / max(1, self.true + self.false)

    def recall(self, severity: str) -> float:
        return self.found[severity] / max(1, self.listed[severity])


def totals(receivers: Mapping[str, Receiver]) -> Totals:
    """Return the totals over the listed flaws that can be observed."""
    flaws = [(each, flaw) for each in receivers.values() for flaw in each.observable]
    count = {
        (severity, true): sum(len(each.of(severity, true=true)) for each in receivers.values())
        for severity in SEEN
        for true in (True, False)
    }
    shown = {
        (flaw.receiver, flaw.id)
        for receiver in receivers.values()
        for block in receiver.of(Severity.ERROR, true=True)
        for flaw in block.shows
    }
    return Totals(
        count[Severity.ERROR, True],
        count[Severity.ERROR, False],
        count[Severity.WARNING, True],
        count[Severity.WARNING, False],
        Counter(flaw.severity for receiver, flaw in flaws if receiver.finds(flaw)),
        Counter(flaw.severity for _, flaw in flaws),
        len(shown),
    )


def lines(receivers: Mapping[str, Receiver]) -> Iterator[str]:
    """Yield the score as text."""
    yield f"{'receiver':34} {'errors':>12} {'warnings':>12} {'faults':>12}  exit"
    yield f"{'':34} {'true false':>12} {'true false':>12} {'found missed':>12}"
    for receiver in receivers.values():
        blocks = [
            f"{len(receiver.of(severity, true=True)):5} {len(receiver.of(severity, true=False)):5}"
            for severity in SEEN
        ]
        observable = receiver.observable
        found = sum(receiver.finds(flaw) for flaw in observable)
        kind = "" if receiver.flaws else "correct" if receiver.is_webhook else "no webhook"
        yield (
            f"{receiver.name:34} {blocks[0]:>12} {blocks[1]:>12} "
            f"{f'{found:5} {len(observable) - found:5}':>12}  "
            f"{' '.join(map(str, receiver.exits)) or 'not run'}  {kind}".rstrip()
        )
    yield ""
    yield "false blocks"
    for severity in SEEN:
        for receiver in receivers.values():
            yield from (f"  {block}" for block in receiver.of(severity, true=False))
    yield ""
    yield "missed faults"
    for worth in ("error", "warning"):
        for receiver in receivers.values():
            yield from (
                f"  {worth:7} {receiver.name} {flaw.id}: {flaw.what}"
                for flaw in receiver.observable
                if flaw.severity == worth and not receiver.finds(flaw)
            )
    yield ""
    yield "listed, but not to be seen from outside"
    for receiver in receivers.values():
        for flaw in receiver.flaws:
            if flaw.unobservable:
                seen = " (yet found)" if receiver.finds(flaw) else ""
                yield f"  {flaw.severity:7} {receiver.name} {flaw.id}{seen}: {flaw.unobservable}"
    also = [flaw for receiver in receivers.values() for flaw in receiver.flaws if not flaw.listed]
    if also:
        yield ""
        yield "real, but not listed"
        for flaw in also:
            how = "found" if receivers[flaw.receiver].finds(flaw) else "missed"
            yield f"  {flaw.severity:7} {flaw.receiver} {flaw.id} ({how}): {flaw.what}"
    yield ""
    yield from _verdict(receivers)


def _verdict(receivers: Mapping[str, Receiver]) -> Iterator[str]:
    total = totals(receivers)
    correct = [each for each in receivers.values() if each.is_correct]
    others = [each for each in receivers.values() if not each.is_webhook]
    errors = total.true + total.false
    yield f"precision by error block    {total.true}/{errors} = {total.precision:.1%}"
    shown, false = total.shown_errors, total.false
    yield f"  true blocks for one fault {total.true / max(1, shown):.1f}; faults against false blocks {shown}/{shown + false} = {shown / max(1, shown + false):.1%}"
    warnings = total.true_warnings + total.false_warnings
    yield f"precision by warning block  {total.true_warnings}/{warnings} = {total.true_warnings / max(1, warnings):.1%}"
    for worth in ("error", "warning"):
        found, listed = total.found[worth], total.listed[worth]
        yield f"recall of faults, {worth:9} {found}/{listed} = {total.recall(worth):.1%}"
    clean = sum(not each.blocks for each in correct)
    yield f"correct receivers           {clean}/{len(correct)} without an error or a warning"
    silent = sum(
        set(each.exits) == {2} and not each.of(Severity.ERROR, true=False) for each in others
    )
    yield f"routes that are no webhook  {silent}/{len(others)} end with 2 and no error"


if __name__ == "__main__":
    for line in lines(scored(Path(sys.argv[1]))):
        print(line)
