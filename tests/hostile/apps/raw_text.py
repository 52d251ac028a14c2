"""Apps that answer, raise, log and print what a terminal obeys, or what reads as something else."""

from __future__ import annotations

import contextlib
import logging
import os
import sys
import warnings
from typing import Any

from tests.foreign_text import HOSTILE
from tests.hostile.case import App, Topic, app, hostile
from tests.receivers.correct import Event, Receiver

OK: dict[str, Any] = {"exit": 0, "no_other_error": True}
FAILS: dict[str, Any] = {"exit": 1, "finds": ("accepts-sample",), "says": ("\\x1b[2J",)}


@app(Topic.RAW_TEXT, **OK)
class HostileAnswers(Receiver):
    """It is correct, and its bodies and headers are escape sequences."""

    def headers(self) -> list[tuple[bytes, bytes]]:
        return [(b"content-type", b"text/plain\x1b[2J"), (b"x-\x9b5n", HOSTILE.encode())]

    def body(self) -> bytes:
        return HOSTILE.encode()


@app(Topic.RAW_TEXT, **OK)
class LoudEverywhere(Receiver):
    """It is correct, and writes escape sequences to the descriptors from 3 to 99."""

    def act(self, event: Event) -> int:
        for number in range(3, 100):
            with contextlib.suppress(OSError):
                os.write(number, HOSTILE.encode())
        return 200


@app(Topic.RAW_TEXT, **OK)
class Loud(Receiver):
    """It is correct, and prints, logs and warns in escape sequences, also by descriptor."""

    def act(self, event: Event) -> int:
        print(HOSTILE)
        sys.stderr.write(HOSTILE)
        for number in (1, 2):
            os.write(number, HOSTILE.encode())
        logging.getLogger("shop").error(HOSTILE)
        warnings.warn(HOSTILE, stacklevel=1)
        return super().act(event)


@app(Topic.RAW_TEXT, quick=True, **FAILS)
class HostileException(Receiver):
    """It raises an exception whose text is escape sequences."""

    def act(self, event: Event) -> int:
        raise RuntimeError(HOSTILE)


@app(Topic.RAW_TEXT, exit=1, finds=("accepts-sample",), says=("Bad\\x1b[2J",))
class HostileExceptionName(Receiver):
    """It raises an exception whose name is an escape sequence."""

    def act(self, event: Event) -> int:
        raise type("Bad\x1b[2J", (Exception,), {})


@app(Topic.RAW_TEXT, **FAILS)
class HalfAPair(Receiver):
    """It raises an exception with halves of surrogate pairs, which no encoding can write."""

    def act(self, event: Event) -> int:
        raise RuntimeError(
            f"\x1b[2J\ud800 {os.fsdecode(HOSTILE.encode('latin-1', 'ignore'))} \udfff"
        )


@app(Topic.RAW_TEXT, exit=1, finds=("accepts-sample",))
class UnspeakableException(Receiver):
    """It raises an exception that cannot say what it is."""

    def act(self, event: Event) -> int:
        class Unspeakable(Exception):
            def __str__(self) -> str:
                raise RuntimeError(HOSTILE)

        raise Unspeakable


@app(Topic.RAW_TEXT, megabytes=400, **FAILS)
class LongException(Receiver):
    """It raises an exception with a text of 2 MB."""

    def act(self, event: Event) -> int:
        raise RuntimeError(HOSTILE * 40_000)


@app(Topic.RAW_TEXT, exit=1, finds=("accepts-sample",), says=("\\x1b[2J",))
class HostileRefusal(Receiver):
    """It fails at each genuine webhook, and explains that in escape sequences."""

    def body(self) -> bytes:
        return HOSTILE.encode()

    def act(self, event: Event) -> int:
        return 500


@app(Topic.RAW_TEXT, exit=1, says=("\\x1b[2J",))
class HostileLater(Receiver):
    """It answers correctly, and then raises an exception whose text is escape sequences."""

    async def afterwards(self) -> None:
        raise RuntimeError(HOSTILE)


def _loading(name: str, does: str, text: str, target: str, says: str, options: str = "") -> None:
    hostile(
        name,
        does,
        Topic.RAW_TEXT,
        App(target=target, files={"shop.py": f"HOSTILE = {HOSTILE!r}\n{text}"}),
        options=options,
        exit=2,
        says=(says,),
    )


_loading(
    "a hostile import",
    "Its import raises an exception whose text is escape sequences.",
    "raise RuntimeError(HOSTILE)\n",
    "shop:app",
    "could not be loaded: RuntimeError: \\x1b[2J",
)
_loading(
    "a hostile exit",
    "Its import ends the process with escape sequences.",
    "raise SystemExit(HOSTILE)\n",
    "shop:app",
    "could not be loaded: SystemExit: \\x1b[2J",
)
_loading(
    "a hostile factory",
    "Its factory raises an exception whose text is escape sequences.",
    "def make():\n    raise OSError(HOSTILE)\n",
    "shop:make()",
    "could not be loaded: OSError: \\x1b[2J",
)
_loading(
    "hostile names",
    "Its app has another name, and the names that it has are escape sequences.",
    "globals()['ap' + HOSTILE] = globals()['ap\\x1b[2J'] = 1\n",
    "shop:app",
    "Known: HOSTILE, ap\\x1b[2J",
)
_loading(
    "a hostile setup",
    "The function that prepares it raises an exception whose text is escape sequences.",
    "def setup():\n    raise OSError(HOSTILE)\n\n\ndef app(environ, start_response):\n    ...\n",
    "shop:app",
    "\\x1b[2J",
    "--setup shop:setup",
)
