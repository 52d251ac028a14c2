"""Draws how long answers took, in SVG: a distribution and a timeline."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from statistics import median

from telnyx_mock.contract.engine.result import Result
from telnyx_mock.reports.amounts import count, duration

WIDTH, HEIGHT = 480, 240
LEFT, RIGHT, TOP, BOTTOM = 66, 444, 24, 204
"""The edges of the drawing area in the picture; labels stand outside."""

SLOTS = 70
"""How many bars the timeline has."""


@dataclass(frozen=True, slots=True)
class Shape:
    """An element of SVG: its *name*, its *attributes*, and the *text* in it."""

    name: str
    attributes: dict[str, object]
    text: str = ""


@dataclass(frozen=True, slots=True)
class Chart:
    """A drawing with a caption; *rows* have the same data as a table."""

    title: str
    says: str
    shapes: list[Shape]
    rows: list[tuple[str, str]] = field(default_factory=list)
    width: int = WIDTH
    height: int = HEIGHT


@dataclass(frozen=True, slots=True)
class Timing:
    """How long the receiver took to answer: *figures* by name, and *charts*."""

    figures: dict[str, str]
    charts: tuple[Chart, ...]


def timing(results: Sequence[Result], deadline: float) -> Timing | None:
    """Return how long the answers took; None if none came. *deadline* is in milliseconds."""
    latencies = sorted(latency for result in results for latency in result.latencies)
    if not latencies:
        return None
    late = sum(latency > deadline for latency in latencies)
    figures = {
        "fastest": duration(latencies[0]),
        "median": duration(median(latencies)),
        "95 %": duration(_quantile(latencies, 0.95)),
        "99 %": duration(_quantile(latencies, 0.99)),
        "slowest": duration(latencies[-1]),
        f"over {duration(deadline)}": f"{late:,}",
    }
    return Timing(figures, (_distribution(latencies), _timeline(results, deadline)))


def _quantile(ordered: Sequence[float], share: float) -> float:
    return ordered[min(len(ordered) - 1, math.ceil(share * len(ordered)) - 1)]


def _distribution(ordered: Sequence[float]) -> Chart:
    """Draw how many answers took how long, in steps of 1, 2 and 5."""
    edges = _edges(ordered[0], ordered[-1])
    counts = [0] * (len(edges) - 1)
    step = 0
    for latency in ordered:
        while step < len(counts) - 1 and latency >= edges[step + 1]:
            step += 1
        counts[step] += 1
    width = (RIGHT - LEFT) / len(counts)
    shapes = []
    for number, amount in enumerate(counts):
        left = LEFT + number * width
        height = (BOTTOM - TOP) * amount / max(counts)
        if amount:
            shapes += [
                _bar(left + 2, BOTTOM - max(height, 1.5), width - 4, max(height, 1.5), 2, "mass"),
                _label(left + width / 2, BOTTOM - height - 6, f"{amount:,}", "middle"),
            ]
    every = math.ceil(len(edges) / 8)
    for number, edge in list(enumerate(edges))[::every]:
        is_spare = number // every % 2  # the style sheet hides it in a narrow window
        text, place = duration(edge), LEFT + number * width
        shapes.append(_label(place, BOTTOM + 20, text, "middle", "spare" if is_spare else None))
    shapes.append(_line(LEFT, BOTTOM, RIGHT, BOTTOM, "axis"))
    rows = [
        (f"{duration(low)} to {duration(high)}", f"{amount:,}")
        for low, high, amount in zip(edges, edges[1:], counts, strict=False)
    ]
    says = f"{count(len(ordered), 'answer')}, half of them within {duration(median(ordered))}."
    return Chart("Distribution", says, shapes, rows)


def _edges(low: float, high: float) -> list[float]:
    """Return the round numbers of milliseconds from *low* to *high*, none above 83 minutes."""
    steps = [factor * 10.0**power for power in range(-2, 7) for factor in (1, 2, 5)]
    first = max([number for number, edge in enumerate(steps) if edge <= low], default=0)
    last = next((number for number, edge in enumerate(steps) if edge > high), len(steps) - 1)
    return [float(f"{edge:.1g}") for edge in steps[first : max(last, first + 1) + 1]]


def _timeline(results: Sequence[Result], deadline: float) -> Chart:
    """Draw the fastest, the slowest and the median answer in each part of the run."""
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

    shapes: list[Shape] = []
    for power in range(low, high + 1):
        y = height(10.0**power)
        shapes += [
            _line(LEFT, y, RIGHT, y, "axis" if power == low else "grid"),
            _label(LEFT - 8, y + 4, duration(10.0**power), "end"),
        ]
    width = (RIGHT - LEFT) / SLOTS
    for slot, latencies in sorted(slots.items()):
        x = LEFT + (slot + 0.5) * width
        top, middle, bottom = (height(of(latencies)) for of in (max, median, min))
        shapes += [
            _bar(x - width * 0.35, top - 1, width * 0.7, bottom - top + 2, 1.5, "range"),
            Shape("circle", {"cx": _at(x), "cy": _at(middle), "r": 2, "class": "half"}),
        ]
    y = height(deadline)
    shapes += [
        _line(LEFT, y, RIGHT, y, "deadline"),
        _label(RIGHT, y - 6, f"deadline {duration(deadline)}", "end", "deadline"),
        _label(LEFT, BOTTOM + 20, "start", "start"),
        _label(RIGHT, BOTTOM + 20, f"after {duration((end - start) * 1000)}", "end"),
    ]
    says = (
        f"Over {duration((end - start) * 1000)}. Each bar goes from the fastest to the slowest "
        "answer in a part of the run; the dot is the median."
    )
    return Chart("During the run", says, shapes)


def _moments(results: Sequence[Result]) -> Iterator[tuple[float, float]]:
    """Return the time and latency of each delivery; those of a check are spread evenly."""
    for result in results:
        for number, latency in enumerate(result.latencies):
            yield result.started + result.seconds * number / len(result.latencies), latency


def _bar(x: float, y: float, width: float, height: float, radius: float, style: str) -> Shape:
    size = {"x": _at(x), "y": _at(y), "width": _at(width), "height": _at(height), "rx": radius}
    return Shape("rect", {**size, "class": style})


def _line(x1: float, y1: float, x2: float, y2: float, style: str) -> Shape:
    ends = {"x1": _at(x1), "y1": _at(y1), "x2": _at(x2), "y2": _at(y2)}
    return Shape("line", {**ends, "class": style})


def _label(x: float, y: float, text: str, anchor: str, style: str | None = None) -> Shape:
    place = {"x": _at(x), "y": _at(y), "text-anchor": anchor}
    return Shape("text", {**place, "class": style}, text)


def _at(place: float) -> str:
    return f"{place:.1f}".removesuffix(".0")
