"""Makes the small receivers of the pages about faults: a correct one, with a few parts that differ.

The correct receivers and the parts are in ``scripts/fault_receivers``.
"""

from __future__ import annotations

import ast
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

FOLDER = Path(__file__).parents[1] / "fault_receivers"
CORRECT = {path.stem: path.read_text() for path in sorted(FOLDER.glob("*.py"))}
"""The source of each correct receiver, by its name."""

PRINTED = FOLDER / "printed"
"""The folder of the reports, as they were printed."""

TARGETS = {"keys": ("receiver:make_app()", "--app-with-keys", "receiver:make_app")}
"""The words of ``check`` that name the app of a receiver, if it is not just ``app``."""

EVENTS = {
    "calls": "call.initiated call.hangup",
    "commands": "call.initiated call.answered call.hangup message.received",
    "keys": "call.initiated call.hangup",
    "texml": "texml.instructions texml.http-request",
}
"""The events with which each receiver is checked."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Example:
    """A receiver that has one fault: the correct one of this name, with *parts* that differ.

    It is checked with *events*, separated by blanks, and with further *options* of ``check``. A report
    gives *advice* no block of its own.
    """

    parts: str
    correct: str = "calls"
    events: str = ""
    options: tuple[str, ...] = ()
    advice: bool = False

    def words(self) -> list[str]:
        """Return the words of the command that checks the receiver, in its folder."""
        events = (self.events or EVENTS[self.correct]).split()
        chosen = [word for event in events for word in ("--events", event)]
        target = TARGETS.get(self.correct, ("receiver:app",))
        return ["check", *target, "--path", "/webhooks", *chosen, *self.options]

    def source(self) -> str:
        """Return the code of the whole receiver."""
        return replaced(CORRECT[self.correct], self.parts)

    def corrected(self) -> str:
        """Return the parts of the correct receiver that differ here."""
        names = [name for name, _ in _parts(self.parts)]
        correct = dict(_parts(CORRECT[self.correct]))
        return "\n\n".join(correct[name] for name in names if name in correct)


def replaced(source: str, parts: str) -> str:
    """Return *source* with each of the *parts* instead of its part of that name.

    A part that *source* lacks goes before the first function, and an import after the first import.
    """
    new = dict(_parts(parts))
    old = dict(_parts(source))
    first_import = next(text for text in old.values() if text.startswith("import "))
    first_function = next(text for text in old.values() if text.startswith(("def ", "@")))
    for name, text in new.items():
        if name not in old and text.startswith(("import ", "from ")):
            source = source.replace(first_import, f"{first_import}\n{text}", 1)
        elif name not in old:
            source = source.replace(first_function, f"{text}\n\n\n{first_function}", 1)
    for name in new.keys() & old.keys():
        source = source.replace(old[name], new[name], 1)
    return source


def _parts(source: str) -> Iterator[tuple[str, str]]:
    """Yield each statement at the top of *source*, with the name that it defines or the text that it is."""
    lines = source.splitlines()
    for node in ast.parse(source).body:
        first = min([node.lineno, *(each.lineno for each in getattr(node, "decorator_list", ()))])
        text = "\n".join(lines[first - 1 : node.end_lineno])
        match node:
            case ast.FunctionDef(name=name) | ast.ClassDef(name=name):
                yield name, text
            case ast.Assign(targets=[target]):
                yield ast.unparse(target), text
            case _:
                yield text, text


def examples() -> dict[str, Example]:
    """Return the example of each kind of fault that has one, by the id of the kind."""
    found: dict[str, Example] = {}
    for path in sorted(FOLDER.glob("*.toml")):
        for name, about in tomllib.loads(path.read_text()).items():
            options = tuple(about.pop("options", "").split())
            found[name] = Example(**about, options=options)
    return found


EXAMPLES = examples()
