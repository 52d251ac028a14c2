"""Writes a played flow as a sequence diagram of Mermaid: the people, Telnyx and the app."""

from __future__ import annotations

import re
from collections.abc import Iterable

from telnyx_mock.simulator.transcript import Entry, columns
from telnyx_mock.visible import visible_line

_SPECIAL = re.compile(r"[^\w\s.,:!?()/'+=@*-]", re.ASCII)
"""What Mermaid or a browser could take for more than text, and all that is not ASCII."""

_PERCEIVED = ("hears: ", "receives: ")


def mermaid(entries: Iterable[Entry]) -> str:
    """Return *entries* as the text of a diagram, in which entities stand for special characters.

    What concerns another number than the first entry names it.
    """
    entries = list(entries)
    own = entries[0].telephone if entries else ""
    numbers = dict.fromkeys(entry.telephone for entry in entries if entry.kind == "person")
    people = {number: f"p{at}" for at, number in enumerate(numbers, 1)}
    lines = ["sequenceDiagram"]
    lines += [f"    actor {name} as {_text(number)}" for number, name in people.items()]
    lines += ["    participant Telnyx", "    participant app"]
    return "\n".join([*lines, *(f"    {_line(entry, people, own)}" for entry in entries), ""])


def _line(entry: Entry, people: dict[str, str], own: str) -> str:
    text = _text(columns(entry, own=own)[2])
    match entry.kind:
        case "webhook":
            return f"Telnyx->>app: {text}"
        case "command":
            return f"app->>Telnyx: {text}"
        case "note":
            return f"Note over Telnyx: {text}"
    person = people[entry.telephone]
    if entry.text.startswith(_PERCEIVED):
        return f"Telnyx-->>{person}: {text}"
    return f"{person}->>Telnyx: {text}"


def _text(text: str) -> str:
    return _SPECIAL.sub(lambda match: f"#{ord(match[0])};", visible_line(text))
