"""How long answers took: a distribution and a timeline, drawn as SVG."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from statistics import median

from telnyx_mock.contract.engine.finding import Result
from telnyx_mock.reports.html.markup import Child, Markup, tag
from telnyx_mock.reports.html.words import count, duration
from telnyx_mock.reports.run import Run

__all__ = ["timing_section"]

WIDTH, HEIGHT = 480, 240
LEFT, RIGHT, TOP, BOTTOM = 66, 444, 24, 204
"""Where the drawing is in its picture; labels stand outside."""

SLOTS = 70
"""How many parts the time of a run is divided into."""


def timing_section(results: Sequence[Result], run: Run) -> Markup | None:
    """How long the receiver took to answer; nothing where it was never asked."""
    latencies = sorted(latency for result in results for latency in result.latencies)
    if not latencies:
        return None
    deadline = run.deadline * 1000
    late = sum(latency > deadline for latency in latencies)
    figures = {
        "fastest": duration(latencies[0]),
        "median": duration(median(latencies)),
        "95 %": duration(_quantile(latencies, 0.95)),
        "99 %": duration(_quantile(latencies, 0.99)),
        "slowest": duration(latencies[-1]),
        f"over {duration(deadline)}": f"{late:,}",
    }
    return tag(
        "section",
        tag("h2", "Time to answer", id="timing"),
        tag(
            "dl",
            [tag("div", tag("dt", name), tag("dd", value)) for name, value in figures.items()],
            class_="figures",
        ),
        tag("div", _distribution(latencies), _timeline(results, deadline), class_="charts"),
        aria_labelledby="timing",
    )


def _quantile(ordered: Sequence[float], share: float) -> float:
    return ordered[min(len(ordered) - 1, math.ceil(share * len(ordered)) - 1)]


def _distribution(ordered: Sequence[float]) -> Markup:
    """How many answers took how long, in steps of 1, 2 and 5."""
    edges = _edges(ordered[0], ordered[-1])
    counts = [0] * (len(edges) - 1)
    step = 0
    for latency in ordered:
        while step < len(counts) - 1 and latency >= edges[step + 1]:
            step += 1
        counts[step] += 1
    width = (RIGHT - LEFT) / len(counts)
    drawn: list[Child] = []
    for number, amount in enumerate(counts):
        left = LEFT + number * width
        height = (BOTTOM - TOP) * amount / max(counts)
        if amount:
            drawn.append(
                tag(
                    "rect",
                    x=_at(left + 2), y=_at(BOTTOM - max(height, 1.5)),
                    width=_at(width - 4), height=_at(max(height, 1.5)), rx=2, class_="mass",
                )
            )  # fmt: skip
            drawn.append(_label(left + width / 2, BOTTOM - height - 6, f"{amount:,}", "middle"))
    every = math.ceil(len(edges) / 8)
    drawn += [
        _label(
            LEFT + number * width,
            BOTTOM + 20,
            duration(edge),
            "middle",
            "spare" if number // every % 2 else None,
        )
        for number, edge in enumerate(edges)
        if number % every == 0
    ]
    drawn.append(_line(LEFT, BOTTOM, RIGHT, BOTTOM, "axis"))
    rows = [
        (f"{duration(low)} to {duration(high)}", f"{amount:,}")
        for low, high, amount in zip(edges, edges[1:], counts, strict=False)
    ]
    says = f"{count(len(ordered), 'answer')}, half of them within {duration(median(ordered))}."
    return _figure("Distribution", says, drawn, ("Time", "Answers"), rows)


def _edges(low: float, high: float) -> list[float]:
    """Round steps that hold everything from *low* to *high* milliseconds, up to 83 minutes."""
    steps = [factor * 10.0**power for power in range(-2, 7) for factor in (1, 2, 5)]
    first = max([number for number, edge in enumerate(steps) if edge <= low], default=0)
    last = next((number for number, edge in enumerate(steps) if edge > high), len(steps) - 1)
    return [float(f"{edge:.1g}") for edge in steps[first : max(last, first + 1) + 1]]


def _timeline(results: Sequence[Result], deadline: float) -> Markup:
    """How long answers took in the course of the run: from the fastest to the slowest, and half."""
    moments = sorted(_moments(results))
    start, end = moments[0][0], max(moments[-1][0], moments[0][0] + 0.001)
    slots: dict[int, list[float]] = {}
    for moment, latency in moments:
        slots.setdefault(int((moment - start) / (end - start) * (SLOTS - 1)), []).append(latency)
    fastest = min(latency for _, latency in moments)
    slowest = max(latency for _, latency in moments)
    low = math.floor(math.log10(max(fastest, 0.01)))
    high = max(math.ceil(math.log10(max(slowest, deadline, 0.02))), low + 1)

    def height(latency: float) -> float:
        share = (math.log10(max(latency, 0.01)) - low) / (high - low)
        return BOTTOM - share * (BOTTOM - TOP)

    drawn: list[Child] = []
    for power in range(low, high + 1):
        y = height(10.0**power)
        drawn += [
            _line(LEFT, y, RIGHT, y, "axis" if power == low else "grid"),
            _label(LEFT - 8, y + 4, duration(10.0**power), "end"),
        ]
    width = (RIGHT - LEFT) / SLOTS
    for slot, latencies in sorted(slots.items()):
        x = LEFT + (slot + 0.5) * width
        top, bottom = height(max(latencies)), height(min(latencies))
        drawn += [
            tag(
                "rect",
                x=_at(x - width * 0.35), y=_at(top - 1),
                width=_at(width * 0.7), height=_at(bottom - top + 2), rx=1.5, class_="range",
            ),
            tag("circle", cx=_at(x), cy=_at(height(median(latencies))), r=2, class_="half"),
        ]  # fmt: skip
    y = height(deadline)
    drawn += [
        _line(LEFT, y, RIGHT, y, "deadline"),
        _label(RIGHT, y - 6, f"deadline {duration(deadline)}", "end", "deadline"),
        _label(LEFT, BOTTOM + 20, "start", "start"),
        _label(RIGHT, BOTTOM + 20, f"after {duration((end - start) * 1000)}", "end"),
    ]
    says = (
        f"Over {duration((end - start) * 1000)}. Bars reach from the fastest to the slowest answer "
        "of a moment, dots are the median."
    )
    return _figure("In the course of the run", says, drawn)


def _moments(results: Sequence[Result]) -> Iterator[tuple[float, float]]:
    """When each delivery was made, spread evenly over its check, and how long it took."""
    for result in results:
        for number, latency in enumerate(result.latencies):
            yield result.started + result.seconds * number / len(result.latencies), latency


def _figure(
    title: str,
    says: str,
    drawn: Child,
    head: Sequence[str] = (),
    rows: Sequence[tuple[str, ...]] = (),
) -> Markup:
    table = None
    if rows:
        table = tag(
            "details",
            tag("summary", "As a table"),
            tag(
                "table",
                tag("thead", tag("tr", [tag("th", name, scope="col") for name in head])),
                tag(
                    "tbody",
                    [
                        tag(
                            "tr",
                            tag("th", row[0], scope="row"),
                            [tag("td", each) for each in row[1:]],
                        )
                        for row in rows
                    ],
                ),
            ),
            class_="folded",
        )
    return tag(
        "figure",
        tag("figcaption", tag("b", title), " ", says),
        tag(
            "svg", drawn,
            viewBox=f"0 0 {WIDTH} {HEIGHT}", role="img", aria_label=f"{title}. {says}",
        ),
        table,
    )  # fmt: skip


def _line(x1: float, y1: float, x2: float, y2: float, style: str) -> Markup:
    return tag("line", x1=_at(x1), y1=_at(y1), x2=_at(x2), y2=_at(y2), class_=style)


def _label(x: float, y: float, text: str, anchor: str, style: str | None = None) -> Markup:
    return tag("text", text, x=_at(x), y=_at(y), text_anchor=anchor, class_=style)


def _at(place: float) -> str:
    return f"{place:.1f}".removesuffix(".0")
