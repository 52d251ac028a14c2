"""Renders the report as one HTML page, with the verdict first.

The page needs no network and no script: it is one file that includes its style, and its security
policy forbids everything else. The parts that need the script (a filter, buttons that copy) are
hidden until the script runs.
"""

from __future__ import annotations

import base64
import hashlib
import shlex
import time
from collections.abc import Sequence
from functools import cache
from importlib.resources import files
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from telnyx_mock._version import __version__
from telnyx_mock.contract.report import Report, Verdict
from telnyx_mock.diagnosis.fault import Fault
from telnyx_mock.reports.amounts import NOUNS, count, duration
from telnyx_mock.reports.html.charts import timing
from telnyx_mock.reports.html.matrix import matrix
from telnyx_mock.reports.html.sequence import sequence_of_story
from telnyx_mock.reports.html.states import State, shares, state_of
from telnyx_mock.reports.reliance import by_member, unknown
from telnyx_mock.reports.summary import Summary
from telnyx_mock.severity import Severity
from telnyx_mock.visible import visible


def rendered(report: Report, *options: str) -> bytes:
    """Return *report* as HTML; for *options* see :func:`telnyx_mock.reports.html.html_report`."""
    results = report.results
    summary = Summary.of(results)
    words = (*report.settings.words(), *report.words, *options)
    command = ["telnyx-mock", report.command, report.target, *words]
    if report.known_from:
        command += ["--baseline", report.known_from]
    template = environment().get_template("page.html")
    page = template.render(
        report=report,
        command=shlex.join(command),
        summary=summary,
        verdict=_verdict(report, summary),
        faults=_by_severity(summary.faults),
        started=min((each.started for each in results if each.deliveries), default=report.ended),
        matrix=list(matrix(results, summary.faults)),
        timing=timing(results, report.settings.deadline * 1000),
        reads=by_member(results),
        unread=unknown(results),
        version=__version__,
        style=own_file("style.css"),
        script=own_file("script.js"),
    )
    return page.encode(errors="backslashreplace")


def _verdict(report: Report, summary: Summary) -> tuple[State, str, str]:
    """Return the style, the name and the meaning of the verdict. It agrees with the exit code."""
    warnings = count(summary.number(Severity.WARNING), "warning")
    match report.verdict:
        case Verdict.FAILED if errors := summary.number(Severity.ERROR):
            meaning = (
                "Telnyx or an attacker will cause each of these errors. Each card says how to fix "
                "its error."
            )
            return State.ERROR, f"Failed: {count(errors, 'error')}", meaning
        case Verdict.FAILED:
            meaning = "There is no error, but this run counts warnings as errors."
            return State.ERROR, f"Failed: {warnings}", meaning
        case Verdict.STOPPED if errors := summary.number(Severity.ERROR):
            meaning = "The run stopped early, so this report is incomplete."
            return State.ERROR, f"Not judged: {count(errors, 'error')} so far", meaning
        case Verdict.STOPPED:
            meaning = "The run stopped early, so this report is incomplete. There is no verdict."
            return State.INCONCLUSIVE, "Not judged", meaning
        case Verdict.NOT_JUDGED:
            meaning = f"There is no verdict, because {report.unjudged_because}."
            return State.INCONCLUSIVE, "Not judged", meaning
        case Verdict.INCONCLUSIVE:
            meaning = "No error was found, but some checks were inconclusive."
            return State.INCONCLUSIVE, "Inconclusive", meaning
        case Verdict.PASSED if summary.number(Severity.WARNING):
            return State.PASSED, "Passed", f"No error was found, but read the {warnings}."
        case _ if report.known:
            known = count(len(report.known), "known fault")
            return State.PASSED, "Passed", f"No new error was found; {known} set aside."
        case _:
            deliveries = count(summary.deliveries, "delivery", "deliveries")
            return State.PASSED, "Passed", f"No error and no warning in {deliveries}."


def _by_severity(faults: Sequence[Fault]) -> dict[Severity, list[tuple[int, Fault]]]:
    """Return the *faults* with their numbers, under each severity."""
    groups: dict[Severity, list[tuple[int, Fault]]] = {severity: [] for severity in NOUNS}
    for number, fault in enumerate(faults, 1):
        groups[fault.severity].append((number, fault))
    return groups


@cache
def environment() -> Environment:
    """Return the templates. They escape all text, and a misspelt name in a template is an error."""
    environment = Environment(
        loader=PackageLoader(__package__),
        autoescape=True,
        finalize=_visible,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.globals |= {"NOUNS": NOUNS, "State": State}
    environment.filters |= {
        "count": count,
        "duration": duration,
        "digest": _digest,
        "sequence": sequence_of_story,
        "shares": shares,
        "state": state_of,
        "thousands": "{:,}".format,
        "utc": lambda seconds, pattern: time.strftime(pattern, time.gmtime(seconds)),
    }
    return environment


def _visible(value: Any) -> Any:
    """Return *value* itself if it is markup, or else with escapes for invisible characters."""
    if isinstance(value, Markup):
        return value
    return visible(str(value))


def own_file(name: str) -> Markup:
    return Markup(files(__package__).joinpath(name).read_text("utf-8"))  # noqa: S704 - of the package


def _digest(text: str) -> str:
    """Return the hash of *text* in the form that a Content-Security-Policy uses for a source."""
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"
