"""Writes down an exception of the app within a limit of size, because a run keeps hundreds of them."""

from __future__ import annotations

import traceback
from collections import deque
from collections.abc import Iterable
from pathlib import Path

from telnyx_mock.hidden import without_secrets

_LONGEST = 4_000
"""The most characters of one line, and of the text of one exception."""

_HALF = 20_000
"""The most characters of the beginning, and of the end, of a traceback."""

_TRANSPORTS = str(Path(__file__).parent)


def traceback_of(error: BaseException, *, skip: int = 0) -> str:
    """Return the traceback of *error* as Python prints it, without the outermost *skip* frames.

    It ends where the app called us: if we raised *error*, it says what the app did wrong. What is too
    long is cut.
    """
    frames = error.__traceback__
    for _ in range(skip):
        frames = frames.tb_next if frames is not None and frames.tb_next is not None else frames
    found = traceback.TracebackException(type(error), error, frames, compact=True)
    while found.stack and found.stack[-1].filename.startswith(_TRANSPORTS):
        found.stack.pop()
    return _without_middle(cut(part) for part in found.format())


def shortened(text: str) -> str:
    """Return *text* with long lines cut, and without its middle if it is too long."""
    return _without_middle(cut(line) for line in text.splitlines(keepends=True))


def cut(text: str) -> str:
    """Return the beginning of *text*, and its length, if it is too long."""
    if len(text) <= _LONGEST:
        return text
    # A secret at the cut would be divided. More of the text is looked at, but not all of 30 MB.
    shown = without_secrets(text[: 4 * _LONGEST])[:_LONGEST]
    end = "\n" if text.endswith("\n") else ""
    return f"{shown.rstrip()}… ({len(text) - len(end):,} characters){end}"


def _without_middle(parts: Iterable[str]) -> str:
    head: list[str] = []
    tail: deque[str] = deque()
    begun = ended = left_out = 0
    for part in parts:
        if not tail and begun + len(part) <= _HALF:
            head.append(part)
            begun += len(part)
            continue
        tail.append(part)
        ended += len(part)
        while ended > _HALF:
            left_out += len(tail[0])
            ended -= len(tail.popleft())
    if left_out:
        head.append(f"  … ({left_out:,} characters left out)\n")
    return "".join((*head, *tail))
