"""Draws the transcript of a simulation as a sequence diagram, in SVG: the people, Telnyx and the app."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from telnyx_mock.reports.html.charts import Chart, Shape
from telnyx_mock.simulator.transcript import Entry, Kind, columns
from telnyx_mock.visible import visible_line

TIMES, LANE, ROW, TOP = 84, 270, 34, 46
"""The width for the times, the distance of two lines of life, the height of a row, and of the names."""

LONGEST = 37
"""The most characters above an arrow; the table has the whole text."""

_PERCEIVED = ("hears: ", "receives: ")
_HEAD = 7
_LINE = re.compile(r"\s*(?P<at>\d+\.\d+) s  (?P<who>\S*(?: \(call \d+\))?)\s+(?P<what>.*)")
_KINDS: dict[str, Kind] = {"Telnyx": "webhook", "app": "command", "": "note"}


def sequence(entries: Sequence[Entry]) -> Chart:
    """Return the drawing of *entries*; its rows have the same as a table."""
    own = entries[0].telephone if entries else ""
    people = dict.fromkeys(entry.telephone for entry in entries if entry.kind == "person")
    lanes = {
        name: TIMES + LANE // 4 + at * LANE for at, name in enumerate([*people, "Telnyx", "app"])
    }
    lines = [columns(entry, own=own) for entry in entries]
    height = TOP + ROW * (len(entries) + 1)
    shapes = [*_lanes(lanes, height)]
    for number, (entry, (at, _, what)) in enumerate(zip(entries, lines, strict=True), 1):
        y = TOP + ROW * number
        shapes.append(Shape("text", {"x": TIMES - 24, "y": y, "text-anchor": "end"}, at))
        shapes += _row(lanes, entry, visible_line(what), y)
    rows = [(at, visible_line(f"{who}: {what}" if who else what)) for at, who, what in lines]
    says = f"Each arrow says who speaks to whom. {len(people)} telephones, Telnyx and the app; times are virtual."
    width = max(lanes.values()) + LANE // 2
    return Chart("Sequence", says, shapes, rows, width, height)


def sequence_of_story(story: Sequence[str]) -> Chart:
    """Return the drawing of a *story*, the lines of a transcript."""
    return sequence([_entry(line) for line in story])


def _entry(line: str) -> Entry:
    found = _LINE.fullmatch(line)
    if found is None:  # such as the line for those that are left out
        return Entry(0.0, "note", "", line.strip())
    at, who, what = float(found["at"]), found["who"], found["what"]
    kind = _KINDS.get(who, "person")
    return Entry(at, kind, who if kind == "person" else "", what)


def _lanes(lanes: dict[str, int], height: int) -> Iterator[Shape]:
    for name, x in lanes.items():
        yield Shape("line", {"x1": x, "y1": TOP - 16, "x2": x, "y2": height, "class": "axis"})
        place: dict[str, object] = {"x": x, "y": TOP - 26, "text-anchor": "middle", "class": "who"}
        yield Shape("text", place, visible_line(name))


def _row(lanes: dict[str, int], entry: Entry, what: str, y: int) -> Iterator[Shape]:
    match entry.kind:
        case "webhook":
            start, end = lanes["Telnyx"], lanes["app"]
        case "command":
            start, end = lanes["app"], lanes["Telnyx"]
        case "note":
            start = end = lanes["Telnyx"]
        case _:
            start, end = lanes[entry.telephone], lanes["Telnyx"]
            if entry.text.startswith(_PERCEIVED):
                start, end = end, start
    text = what if len(what) <= LONGEST else f"{what[: LONGEST - 1]}\N{HORIZONTAL ELLIPSIS}"
    style = f"said {entry.kind}"
    if "(refused" in what:
        style += " refused"
    middle = (start + end) / 2 if start != end else start
    place: dict[str, object] = {"x": middle, "y": y - 5, "text-anchor": "middle", "class": style}
    yield Shape("text", place, text)
    if start == end:
        return
    back = _HEAD if end < start else -_HEAD
    yield Shape("line", {"x1": start, "y1": y, "x2": end, "y2": y, "class": style})
    corners = f"{end},{y} {end + back},{y - 4} {end + back},{y + 4}"
    yield Shape("polygon", {"points": corners, "class": style})
