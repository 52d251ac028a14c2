"""Hostile text, a terminal to show it on, and what of the shown text is raw."""

from __future__ import annotations

import os
import pty
import re
import socket
import subprocess
import sys
import threading
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

ESCAPES = "\x1b[2J\x1b[31mred\x1b]0;owned\x07\x1bPq\x1b\\\x9b5n\x9d0;owned\x9c"
"""CSI, OSC and DCS, each in 7 and in 8 bits."""

MISLEADING = "\u202eexe.\u202c\u2066\u2069\u200f\u061ca\u200bb\ufeff\u2028c\x85d\xad\U000e0041"
"""Characters that change the order of the others, are invisible, or begin a line."""

CONTROLS = "\r\x08\x7f\x0b\x0c\x1c"

HOSTILE = f"{ESCAPES}{CONTROLS}{MISLEADING}"

OUR_OWN = re.compile("\x1b\\[(?:[0127]|3[1-6])m|\r\x1b\\[K|\r\n|[\n\t]")
"""The codes of our colours, of the progress line, and the ends of lines on a terminal."""

LINES = re.compile("[\n\t]")
"""What a pipe may get."""

_ARABIC_SIGNS = (
    "\u0600\u0601\u0602\u0603\u0604\u0605\u06dd\u070f\u0890\u0891\u08e2\U000110bd\U000110cd"
)
"""They format numbers, so they are no letters, but they are seen."""


def raw(shown: str, own: re.Pattern[str] = OUR_OWN) -> set[str]:
    """Return the characters of *shown* that a terminal obeys or hides, other than our *own*."""
    return {
        each
        for each in own.sub("", shown)
        if unicodedata.category(each) in ("Cc", "Cf", "Cs", "Zl", "Zp")
        and each not in _ARABIC_SIGNS
    }


def assert_clear(error: Exception) -> None:
    """An error is one line, with nothing in it that a terminal obeys."""
    assert "\n" not in str(error)
    assert raw(str(error)) == set()


def on_terminal(
    module: str, words: Sequence[str], environment: Mapping[str, str], project: Path
) -> tuple[int, str]:
    """Run *module* on a terminal. Return its exit code, and what the terminal gets."""
    ours, theirs = pty.openpty()
    command = [sys.executable, "-m", module, *words]
    process = subprocess.Popen(
        command, env=environment, cwd=project, stdin=theirs, stdout=theirs, stderr=theirs
    )
    os.close(theirs)
    shown = b""
    try:
        while piece := os.read(ours, 4096):
            shown += piece
    except OSError:  # how Linux tells that the other end is closed
        pass
    os.close(ours)
    return process.wait(60), shown.decode()


@contextmanager
def serving(answer: bytes) -> Iterator[str]:
    """Yield the address of a server that gives this *answer* to each connection."""
    with socket.create_server(("127.0.0.1", 0)) as server:

        def serve() -> None:
            while True:
                try:
                    connection, _ = server.accept()
                except OSError:
                    return
                with connection:
                    connection.recv(1 << 16)
                    connection.sendall(answer)

        thread = threading.Thread(target=serve)
        thread.start()
        yield f"http://127.0.0.1:{server.getsockname()[1]}/"
        server.shutdown(socket.SHUT_RDWR)
        thread.join()
