"""Runs to report on, made by hand."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Any

from telnyx_mock.contract.engine.finding import Finding
from telnyx_mock.contract.engine.reason import Reason, Why
from telnyx_mock.contract.engine.result import Outcome, Result
from telnyx_mock.contract.report import Report
from telnyx_mock.reports.html import html_report
from telnyx_mock.settings import Settings
from telnyx_mock.severity import Severity

ERROR, WARNING, ADVICE = Severity.ERROR, Severity.WARNING, Severity.ADVICE


def finding(
    check: str = "accepts-null",
    event: str = "call.initiated",
    severity: Severity = ERROR,
    **more: object,
) -> Finding:
    values: dict[str, object] = {
        "message": f"{event} with payload.client_state null made the receiver fail with 500.",
        "expected": "200",
        "observed": "500 Internal Server Error",
        "status": 500,
        "why": "Real deliveries carry null for what was never set.",
        "source": "https://developers.telnyx.com/docs",
        "fix": "Treat null as you treat a missing field.",
        "curl": "curl -sS -i -X POST https://localhost/ --data-binary '{\"data\":{}}'",
        "reproduce": f"telnyx-mock send {event} app:app --set payload.client_state=null",
        "replay": "telnyx-mock replay 1a2b.7",
        "decided": ("payload.client_state = null",),
        "traceback": "Traceback (most recent call last):\n  File 'app.py', line 3\nTypeError",
        "answer": '{"detail": "no such state"}',
    }
    return Finding(rule=check, severity=severity, event=event, **{**values, **more})  # type: ignore[arg-type]


def result(
    check: str,
    event: str,
    *findings: Finding,
    outcome: Outcome = Outcome.PASSED,
    reason: Reason | None = None,
    latencies: tuple[float, ...] = (0.31, 4.5, 12.0),
    started: float = 1_700_000_000.0,
) -> Result:
    if any(each.severity is ERROR for each in findings):
        outcome = Outcome.FAILED
    return Result(check, ERROR, event, outcome, findings, reason, latencies, started, 0.5)


def report_on(results: Sequence[Result], *, problem: str = "", **settings: Any) -> Report:
    """The report on a run that led to *results*, with these *settings*."""
    return Report(
        run_id="cafe",
        target="shop:app",
        settings=Settings(seed=7, **settings),
        seed=7,
        results=tuple(results),
        ended=1_700_000_009.0,
        problem=problem,
    )


def faulty() -> list[Result]:
    """Something of everything, about several families and both kinds of body."""
    return [
        result("serves-something", ""),
        result("accepts-sample", "call.initiated"),
        result("accepts-null", "call.initiated", finding()),
        result("accepts-null", "call.hangup", finding(event="call.hangup", decided=("x = null",))),
        result(
            "accepts-null",
            "message.received",
            outcome=Outcome.INCONCLUSIVE,
            reason=Reason(Why.BUSY, "message.received"),
        ),
        result("accepts-unknown-event", "call.initiated"),
        result(
            "refuses-timestamp-future-1h",
            "message.received",
            finding("refuses-timestamp-future-1h", "message.received", WARNING, traceback=""),
        ),
        result(
            "survives-json-nul",
            "call.initiated",
            finding("survives-json-nul", severity=ADVICE, observed="500", traceback=""),
        ),
        result(
            "accepts-sample",
            "fax.queued",
            outcome=Outcome.SKIPPED,
            reason=Reason(Why.FAMILY_NOT_SERVED, "fax"),
            latencies=(),
        ),
        result("answers-in-time", "call.initiated", latencies=(2500.0, 0.0), started=1_700_000_004),
    ]


@dataclass
class Element:
    name: str
    attributes: dict[str, str | None]
    parent: Element | None = None
    children: list[Element | str] = field(default_factory=list)

    def __iter__(self) -> Iterator[Element]:
        """The element and all that are in it."""
        yield self
        for child in self.children:
            if isinstance(child, Element):
                yield from child

    def all(self, *names: str) -> list[Element]:
        return [element for element in self if element.name in names]

    def with_class(self, name: str) -> list[Element]:
        return [each for each in self if name in (each.attributes.get("class") or "").split()]

    @property
    def text(self) -> str:
        return "".join(child if isinstance(child, str) else child.text for child in self.children)


class Parser(HTMLParser):
    """Reads a page strictly: whatever is opened is closed, in order."""

    def __init__(self) -> None:
        super().__init__()
        self.root = self.here = Element("", {})

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        assert len(attrs) == len(dict(attrs)), f"an attribute of {tag} is there twice"
        element = Element(tag, dict(attrs), self.here)
        self.here.children.append(element)
        self.here = element

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.here.children.append(Element(tag, dict(attrs), self.here))

    def handle_endtag(self, tag: str) -> None:
        assert tag == self.here.name, f"</{tag}> closes <{self.here.name}>"
        assert self.here.parent is not None
        self.here = self.here.parent

    def handle_data(self, data: str) -> None:
        self.here.children.append(data)


def page(results: Sequence[Result], **about: Any) -> Element:
    """The HTML report on *results*, parsed."""
    return parsed(html_report(report_on(results, **about)))


def parsed(page: bytes) -> Element:
    parser = Parser()
    parser.feed(page.decode())
    parser.close()
    assert parser.here is parser.root, f"<{parser.here.name}> is not closed"
    return parser.root
