"""Shows a line of the app's source with carets beneath what matters in it, as a compiler does."""

from __future__ import annotations

import io
import re
import tokenize
import unicodedata
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from telnyx_mock.contract.app_facts import Place
from telnyx_mock.delivery.delivery import crash_places
from telnyx_mock.hidden import without_secrets
from telnyx_mock.transports.own_code import is_library, shown_path
from telnyx_mock.visible import visible, visible_line

WIDTH = 110
"""The most columns of a terminal that a place and its source take."""

EDGE = " | "
"""What stands between a place and its source."""

_LEAST = 30
"""The columns that a source may take at least, however long its place is."""

_TAB = "    "
_CUT = "…"
_LONGEST = 10_000
"""The most characters of a line that is shown; no person writes a longer one."""

_FRAME = re.compile(
    r'^(?P<edge>[ |]*)  File "(?P<file>[^"\n]+)", line (?P<line>[0-9]{1,9})(?:, in (?P<function>.*))?\n'
    r"(?:(?P=edge)    (?P<text>\S.*)\n)?"
    r"(?:(?P=edge)    (?P<marks>[ ~]*\^[\^~]*)(?:\n|$))?",
    re.MULTILINE,
)
"""A frame of a traceback as Python prints it; in an exception group, each line has an edge."""


@dataclass(frozen=True, slots=True)
class Excerpt:
    """A *place* (a path and a line), its *source* in one line, and *carets* and a *note* for beneath it.

    All are safe to show. *source* and *carets* are empty if the file is not there, is not Python, or has
    changed since.
    """

    place: str
    source: str = ""
    carets: str = ""
    note: str = ""

    def lines(self) -> list[str]:
        """Return the excerpt as lines: place and source, and the carets with the note after them."""
        under = " ".join(filter(None, (self.carets, self.note)))
        if not self.source:
            return [f"{self.place}{EDGE}{under}" if under else self.place]
        return [f"{self.place}{EDGE}{self.source}", f"{' ' * len(self.place)}{EDGE}{under}"]


def excerpt(
    file: str,
    line: int,
    columns: tuple[int, int] | None = None,
    *,
    text: str = "",
    note: str = "",
    width: int = WIDTH,
) -> Excerpt:
    """Return the excerpt of *line* in *file*, with carets beneath *columns* of the line.

    *columns* are counted in characters from 0; without them, the carets are beneath the whole statement.
    *width* is the number of columns for all. If *text* is given, it is what the line was, without the blanks around it: the file may have changed.
    """
    place = visible_line(f"{shown_path(file)}:{line}")
    found = _line(file, line)
    if not found.strip() or (text and found.strip() != text.strip()):
        return Excerpt(place)
    if without_secrets(found) != found:  # the columns are no longer those of the line
        found, columns = without_secrets(found), None
    first, end = columns or _statement(found)
    first, end = max(first, 0), min(end, len(found))
    if not found[first:end].strip():
        return Excerpt(place, note=note)
    room = max(width - len(place) - len(EDGE), _LEAST)
    return Excerpt(place, *_fitted(found, first, end, room, len(note)), note)


def excerpt_of(place: Place, width: int = WIDTH) -> Excerpt:
    """Return the excerpt of a *place* in the code of the app."""
    return excerpt(place.file, place.line, place.columns, width=width)


def excerpt_of_crash(traceback: str, note: str = "", width: int = WIDTH) -> Excerpt | None:
    """Return the excerpt of the last place outside of libraries in *traceback*; None if it has none.

    The carets are those of the traceback, if it has some.
    """
    frames = [each for each in _FRAME.finditer(traceback) if not is_library(each["file"])]
    if not frames:
        return None
    frame = frames[-1]
    file, line, text = frame["file"], int(frame["line"]), frame["text"] or ""
    columns = None
    if frame["marks"] and len(frame["marks"]) <= _displayed(text):
        found = _line(file, line)
        indent = len(found) - len(found.lstrip())
        first, end = _marked(text, frame["marks"])
        columns = indent + first, indent + end
    return excerpt(file, line, columns, text=text, note=note, width=width)


def crash_line(traceback: str) -> str:
    """Return what was raised last in *traceback*, and the line of the app that did it, as text.

    It has no number of the line and no folder, so it stays the same while other lines change, and from
    wherever the run starts. It is empty if no place outside of libraries is known.
    """
    frames = [each for each in _FRAME.finditer(traceback) if not is_library(each["file"])]
    if not frames:
        return ""
    raised = crash_places(traceback)[-1:]
    kind = raised[0].partition(" at ")[0] if raised else "exception"
    frame = frames[-1]
    file, function = Path(frame["file"]).name, frame["function"] or ""
    return visible_line(f"{kind} at {file}, in {function}: {frame['text'] or ''}")


def _marked(text: str, marks: str) -> tuple[int, int]:
    """Return the columns of *text* beneath which a traceback has the *marks* ``^``.

    Python 3.13 marks only the arguments of a call, and what is called with ``~``; both count.
    """
    columns = [at for at, each in enumerate(text) for _ in range(_width(each))]
    first, end = marks.index("^"), marks.rindex("^") + 1
    if text[columns[first] :].startswith("(") and "~" in marks:
        first = marks.index("~")
    return columns[first], columns[min(end, len(columns)) - 1] + 1


def _line(file: str, number: int) -> str:
    """Return the line of a Python *file* with this *number*; empty if it cannot be read."""
    try:
        if not file.endswith(".py") or not Path(file).is_file():
            return ""
        with tokenize.open(file) as lines:
            return next(islice(lines, number - 1, None), "").rstrip()[:_LONGEST]
    except (OSError, SyntaxError, ValueError):
        return ""


def _statement(line: str) -> tuple[int, int]:
    """Return the columns of *line* without the blanks around it, and without a comment at its end."""
    first, end = len(line) - len(line.lstrip()), len(line)
    try:
        for token in tokenize.generate_tokens(io.StringIO(line.lstrip()).readline):
            if token.type == tokenize.COMMENT and token.start[1]:
                end = first + token.start[1]
    except (tokenize.TokenError, SyntaxError):
        pass  # the statement goes on in the next line
    return first, len(line[:end].rstrip())


def _fitted(line: str, first: int, end: int, room: int, note: int) -> tuple[str, str]:
    """Return the part of *line* around the columns from *first* to *end*, and carets beneath them.

    Both fit into *room*, if they can, and a *note* of so many characters after the carets, too.
    """
    pieces = [_TAB if each == "\t" else visible(each) for each in line]
    begin = len(line) - len(line.lstrip())
    widths = [_width(piece) for piece in pieces]
    last = len(pieces)
    first = max(first, begin)
    most_before = room // 2 if sum(widths[begin:]) > room else room
    most_before = max(0, min(most_before, room - note - len("…^ ")))
    while begin < first and sum(widths[begin:first]) > most_before:
        begin += 1
    before = _CUT if line[:begin].strip() else ""
    while sum(widths[begin:last]) > room - len(before) - (last < len(pieces)) * len(_CUT):
        last -= 1
    after = _CUT if last < len(pieces) else ""
    blank = " " * (len(before) + sum(widths[begin:first]))
    beneath = sum(widths[first : min(end, last)])
    carets = "^" * max(1, min(beneath, room - len(blank) - note - 1))
    return before + "".join(pieces[begin:last]) + after, blank + carets


def _displayed(text: str) -> int:
    return sum(map(_width, text))


def _width(piece: str) -> int:
    """Return how many columns of a terminal *piece* takes."""
    return sum(
        0
        if unicodedata.category(each) in ("Mn", "Me", "Cf")
        else 1 + (unicodedata.east_asian_width(each) in "WF")
        for each in piece
    )
