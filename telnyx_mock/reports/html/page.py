"""The page as a whole: the verdict first, then what it rests on.

It needs no network and no script: one file with its style, and a policy that lets nothing else
in. What the script adds (a filter, buttons that copy) is hidden until it runs.
"""

from __future__ import annotations

import base64
import hashlib
import time
from collections import Counter
from collections.abc import Sequence
from importlib.resources import files

from telnyx_mock._version import __version__
from telnyx_mock.contract.engine.finding import Result
from telnyx_mock.reports.html.charts import timing_section
from telnyx_mock.reports.html.faults import faults_section
from telnyx_mock.reports.html.markup import Child, Markup, join, raw, tag, verbatim
from telnyx_mock.reports.html.matrix import matrix_section
from telnyx_mock.reports.html.words import State, bar, count, duration, sign, state_of
from telnyx_mock.reports.run import Run
from telnyx_mock.reports.summary import Summary
from telnyx_mock.severity import Outcome, Severity

__all__ = ["html_report"]


def html_report(run: Run, results: Sequence[Result]) -> bytes:
    """The report as one HTML page that stands by itself."""
    summary = Summary.of(results)
    state, verdict, meaning = _verdict(run, summary, results)
    style, script = _file("style.css"), _file("script.js")
    page = tag(
        "html",
        tag(
            "head",
            tag("meta", charset="utf-8"),
            tag(
                "meta",
                http_equiv="Content-Security-Policy",
                content=f"default-src 'none'; style-src {_hash(style)}; script-src {_hash(script)}; "
                "base-uri 'none'; form-action 'none'",
            ),
            tag("meta", name="viewport", content="width=device-width, initial-scale=1"),
            tag("meta", name="color-scheme", content="light dark"),
            tag("title", f"{verdict} · {run.target} · telnyx-mock"),
            tag("style", style),
        ),
        tag(
            "body",
            tag("a", "Skip to what is wrong", href="#faults", class_="skip"),
            tag(
                "header",
                tag("p", "telnyx-mock · receiver contract", class_="brand"),
                tag("h1", tag("span", sign(state), class_="seal"), verdict),
                tag("p", tag("code", run.target), class_="target"),
                tag("p", meaning, class_="meaning"),
                class_=state.style,
            ),
            _contents(summary),
            tag(
                "main",
                _trouble(run),
                _warnings(summary),
                _overview(run, summary, results),
                faults_section(summary),
                matrix_section(results, summary.faults),
                timing_section(results, run),
                _left_out(summary),
                _about(run),
            ),
            tag("footer", tag("p", f"telnyx-mock {__version__} · run {run.id}")),
            tag("script", script),
        ),
        lang="en",
    )
    return f"<!DOCTYPE html>\n{page}\n".encode(errors="backslashreplace")


def _verdict(run: Run, summary: Summary, results: Sequence[Result]) -> tuple[State, str, str]:
    """How to show the verdict, what it is, and what it means; the same as the exit code says."""
    severities = [fault.finding.severity for fault in summary.faults]
    errors, warnings = severities.count(Severity.ERROR), severities.count(Severity.WARNING)
    if errors:
        meaning = (
            "Telnyx will meet each of these errors, or an attacker will. Each says how to fix it."
        )
        return State.ERROR, f"Failed: {count(errors, 'error')}", meaning
    if run.strict and warnings:
        meaning = "There is no error, but this run counts warnings as errors."
        return State.ERROR, f"Failed: {count(warnings, 'warning')}", meaning
    if run.trouble:
        meaning = "Something kept the run from its end, so there is no verdict."
        return State.INCONCLUSIVE, "Not finished", meaning
    if all(result.outcome is Outcome.SKIPPED for result in results):
        meaning = "No check applied to what was asked for, so there is no verdict."
        return State.INCONCLUSIVE, "Nothing was judged", meaning
    if summary.inconclusive:
        meaning = "No error was found, but not everything could be told."
        return State.INCONCLUSIVE, "Inconclusive", meaning
    meaning = (
        f"The receiver kept every rule in {count(summary.deliveries, 'delivery', 'deliveries')}."
    )
    if warnings:
        meaning = f"No error was found; {count(warnings, 'warning')} should be looked at."
    return State.PASSED, "Passed", meaning


def _contents(summary: Summary) -> Markup:
    links = {"#faults": "What is wrong", "#matrix": "Checks by events"}
    if summary.deliveries:
        links["#timing"] = "Time to answer"
    links["#about"] = "About this run"
    return tag(
        "nav",
        tag("ul", [tag("li", tag("a", text, href=target)) for target, text in links.items()]),
        aria_label="Parts of this report",
    )


def _trouble(run: Run) -> Markup | None:
    if not run.trouble:
        return None
    return tag(
        "section",
        tag("h2", "What could not be run", id="trouble"),
        [tag("pre", tag("code", sentence), tabindex="0") for sentence in run.trouble],
        aria_labelledby="trouble",
        class_="trouble",
    )


def _warnings(summary: Summary) -> Markup | None:
    """What the run as a whole shows, which goes before what is found in it."""
    if not summary.warnings:
        return None
    return tag(
        "section",
        tag("h2", "Before anything else", id="warnings"),
        tag("ul", [tag("li", each) for each in summary.warnings], class_="reasons warning"),
        aria_labelledby="warnings",
    )


def _overview(run: Run, summary: Summary, results: Sequence[Result]) -> Markup:
    severities = Counter(fault.finding.severity for fault in summary.faults)
    began = min((result.started for result in results if result.latencies), default=run.ended)
    tiles = [
        _tile(severities[Severity.ERROR], "error", "errors", State.ERROR),
        _tile(severities[Severity.WARNING], "warning", "warnings", State.WARNING),
        _tile(severities[Severity.ADVICE], "advice", "advice", State.ADVICE),
        _tile(summary.deliveries, "delivery", "deliveries"),
        tag("div", tag("dt", "total time"), tag("dd", duration((run.ended - began) * 1000))),
    ]
    ended = tag("p", tag("b", count(len(results), "check")), " by how they ended", class_="faint")
    return tag(
        "section",
        tag("h2", "Overview", id="overview", class_="unseen"),
        tag("dl", tiles, class_="tiles"),
        tag("div", ended, bar(state_of(result) for result in results), class_="ended"),
        aria_labelledby="overview",
    )


def _tile(number: int, one: str, many: str, state: State | None = None) -> Markup:
    style = state.style if state and number else None
    label = one if number == 1 else many
    return tag("div", tag("dt", label), tag("dd", f"{number:,}"), class_=style)


def _left_out(summary: Summary) -> Markup | None:
    reasons = [reason for reason in summary.skipped if reason]
    if not reasons:
        return None
    return tag(
        "section",
        tag("h2", "What was left out", id="left-out"),
        tag(
            "details",
            tag("summary", count(len(reasons), "reason")),
            tag("ul", [tag("li", reason) for reason in reasons], class_="reasons"),
            class_="folded",
            open=len(reasons) <= 10,
        ),
        aria_labelledby="left-out",
    )


def _about(run: Run) -> Markup:
    ended = time.strftime("%Y-%m-%d %H:%M UTC", time.gmtime(run.ended))
    entries: list[tuple[str, Child]] = [
        ("Receiver", tag("code", run.target)),
        ("Ended", tag("time", ended, datetime=time.strftime("%FT%TZ", time.gmtime(run.ended)))),
        ("Seed", join(tag("code", run.seed), ", which generates the same webhooks again")),
    ]
    if run.command:
        again = tag("pre", tag("code", verbatim(run.command)), tabindex="0")
        copy = tag("button", "Copy", type="button", hidden=True, class_="copy")
        entries.append(("Again", tag("div", again, copy, class_="command")))
    return tag(
        "section",
        tag("h2", "About this run", id="about"),
        tag("dl", [tag("div", tag("dt", name), tag("dd", value)) for name, value in entries]),
        aria_labelledby="about",
        class_="about",
    )


def _file(name: str) -> Markup:
    return raw(files(__package__).joinpath(name).read_text("utf-8"))


def _hash(text: str) -> str:
    digest = base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
    return f"'sha256-{digest}'"
